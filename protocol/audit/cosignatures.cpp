#include "audit/cosignatures.hpp"

namespace moot::audit {
namespace {

constexpr std::string_view node_prefix = "moot/node/";

/// Every key that an event of the organisation ever listed: a cosignature outlives its key.
std::vector<log::VerifierKey> keys_under(const log::LogReader& reader, std::string_view name) {
  std::vector<log::VerifierKey> keys;
  const auto organisation = log::parse_organisation_id(name.substr(node_prefix.size()));
  if (!organisation) return keys;
  const auto identity = reader.identity(*organisation);
  if (!identity) return keys;
  for (const log::EstablishEvent& event : identity->events()) {
    for (const crypto::PublicKeyBytes& key : event.establish.node_keys) {
      keys.push_back({std::string(name), log::SignatureType::cosignature_v1, key});
    }
  }
  return keys;
}

}  // namespace

std::optional<log::VerifierKey> Cosigners::key_of(const log::NoteSignature& signature) {
  if (!signature.name.starts_with(node_prefix)) return std::nullopt;
  auto known = keys_by_name_.find(signature.name);
  if (known == keys_by_name_.end()) {
    // A hostile note names at most limits::note_signatures_max organisations; those not held cost
    // an empty list each.
    known = keys_by_name_.emplace(signature.name, keys_under(reader_, signature.name)).first;
  }
  for (const log::VerifierKey& key : known->second) {
    if (log::key_id(key) == signature.key_id) return key;
  }
  return std::nullopt;
}

std::uint64_t Cosigners::count(const log::Checkpoint& checkpoint, Findings& findings) {
  const auto note = log::parse_note(checkpoint.note);
  if (!note) return 0;
  std::uint64_t count = 0;
  for (const log::NoteSignature& signature : note->signatures) {
    const auto key = key_of(signature);
    if (!key) continue;
    if (log::cosigned_at(*note, *key)) {
      ++count;
    } else {
      findings.at("checkpoint of size " + std::to_string(checkpoint.head.size),
                  "the cosignature of " + signature.name + " does not verify",
                  "a signature by that node's key");
    }
  }
  return count;
}

}  // namespace moot::audit

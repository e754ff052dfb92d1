#include "log/proof.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "log/text.hpp"

namespace moot::log {
namespace {

constexpr std::string_view format_line = "c2sp.org/tlog-proof@v1";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";

/// The rest of a line that begins with this word.
std::optional<std::string_view> behind(std::string_view word, std::string_view line) {
  if (!line.starts_with(word)) return std::nullopt;
  return line.substr(word.size());
}

Result<Hash, Fault> parse_hash(std::string_view line) {
  Hash hash{};
  const auto bytes = crypto::from_base64(line);
  if (!bytes || bytes->size() != hash.size()) return fail(Fault::bad_text);
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

/// The lines up to and with the empty one.
Result<std::vector<Hash>, Fault> take_hashes(std::string_view& text) {
  std::vector<Hash> out;
  for (;;) {
    const auto line = take_line(text);
    if (!line) return fail(Fault::bad_text);
    if (line->empty()) return out;
    if (out.size() == limits::proof_hashes_max) return fail(Fault::too_long);
    const auto hash = parse_hash(*line);
    if (!hash) return fail(hash.error());
    out.push_back(*hash);
  }
}

/// The events' own chain, each at the place where the checkpoint's tree has it.
Result<Identity, Fault> judge_chain(const std::vector<ProofParts::Event>& events,
                                    const Checkpoint& checkpoint) {
  if (events.empty() || events.front().position != 0) return fail(Fault::broken_chain);
  auto identity = Identity::begin(events.front().leaf);
  if (!identity) return fail(identity.error());
  if (identity->organisation() != checkpoint.organisation) return fail(Fault::wrong_organisation);
  for (const ProofParts::Event& event : events) {
    const auto included =
        verify_inclusion(event.position, hash_leaf(event.leaf), event.inclusion, checkpoint.head);
    if (!included) return fail(included.error());
    if (&event == &events.front()) continue;
    const auto extended = identity->extend(event.leaf, event.position, event.rival_leaf);
    if (!extended) return fail(extended.error());
  }
  return identity;
}

const PartCommitment* find_part(const RecordLeaf& record, Part part) {
  const auto found =
      std::find_if(record.parts.begin(), record.parts.end(),
                   [&](const PartCommitment& commitment) { return commitment.part == part; });
  return found == record.parts.end() ? nullptr : &*found;
}

Result<Done, Fault> judge_bodies(const std::vector<ProofParts::Body>& bodies,
                                 const std::optional<RecordLeaf>& record) {
  for (const ProofParts::Body& body : bodies) {
    const PartCommitment* part = record ? find_part(*record, body.part) : nullptr;
    if (part == nullptr || body_commitment(body.salt, body.part, body.body) != part->commitment) {
      return fail(Fault::wrong_commitment);
    }
  }
  return Done();
}

/// The record that the leaf is, if it is one. The leaf is known to be in the organisation's tree.
Result<std::optional<RecordLeaf>, Fault> judge_leaf(ByteView leaf,
                                                    const OrganisationId& organisation) {
  auto entry = decode_entry(leaf);
  if (!entry) return fail(entry.error());
  if (const auto* unknown = std::get_if<UnknownLeaf>(&*entry)) {
    if (unknown->critical) return fail(Fault::not_supported);
    return std::nullopt;
  }
  if (const auto* erase = std::get_if<EraseLeaf>(&*entry)) {
    if (erase->organisation != organisation) return fail(Fault::wrong_organisation);
    return std::nullopt;
  }
  if (const auto* event = std::get_if<Establish>(&*entry)) {
    if (event->seq > 0 && event->organisation != organisation) {
      return fail(Fault::wrong_organisation);
    }
    return std::nullopt;
  }
  auto& record = std::get<RecordLeaf>(*entry);
  if (record.organisation != organisation) return fail(Fault::wrong_organisation);
  return std::optional(std::move(record));
}

}  // namespace

Result<TlogProof, Fault> parse_tlog_proof(std::string_view text) {
  if (text.size() > limits::proof_file_bytes_max) return fail(Fault::too_long);
  if (take_line(text) != format_line) return fail(Fault::bad_text);
  TlogProof out;
  auto line = take_line(text);
  if (!line) return fail(Fault::bad_text);
  if (const auto extra = behind(extra_word, *line)) {
    auto bytes = crypto::from_base64(*extra);
    // Without extra data the line is left out, so that a proof has one text.
    if (!bytes || bytes->empty()) return fail(Fault::bad_text);
    out.extra = std::move(*bytes);
    line = take_line(text);
    if (!line) return fail(Fault::bad_text);
  }
  const auto digits = behind(index_word, *line);
  const auto index = digits ? parse_decimal(*digits) : std::nullopt;
  if (!index) return fail(Fault::bad_text);
  out.index = *index;
  auto hashes = take_hashes(text);
  if (!hashes) return fail(hashes.error());
  out.hashes = std::move(*hashes);
  if (text.empty()) return fail(Fault::bad_text);
  out.checkpoint = text;
  return out;
}

std::string to_text(const TlogProof& proof) {
  MOOT_CHECK(proof.hashes.size() <= limits::proof_hashes_max, proof.hashes.size());
  std::string out(format_line);
  out += '\n';
  if (!proof.extra.empty()) {
    out += extra_word;
    out += crypto::to_base64(proof.extra);
    out += '\n';
  }
  out += index_word;
  out += std::to_string(proof.index);
  out += '\n';
  for (const Hash& hash : proof.hashes) {
    out += crypto::to_base64(hash);
    out += '\n';
  }
  out += '\n';
  out += proof.checkpoint;
  return out;
}

Result<JudgedProof, Fault> judge_proof(std::string_view text) {
  const auto proof = parse_tlog_proof(text);
  if (!proof) return fail(proof.error());
  auto parts = decode_proof_parts(proof->extra);
  if (!parts) return fail(parts.error());
  // Its head is only believed once the chain that it places has named the key that signed it.
  auto checkpoint = read_checkpoint(proof->checkpoint);
  if (!checkpoint) return fail(checkpoint.error());
  const auto identity = judge_chain(parts->events, *checkpoint);
  if (!identity) return fail(identity.error());
  const auto checked = check_checkpoint(proof->checkpoint, *identity);
  if (!checked) return fail(checked.error());
  const auto included =
      verify_inclusion(proof->index, hash_leaf(parts->leaf), proof->hashes, checkpoint->head);
  if (!included) return fail(included.error());
  auto record = judge_leaf(parts->leaf, identity->organisation());
  if (!record) return fail(record.error());
  if (const auto bodies = judge_bodies(parts->bodies, *record); !bodies) {
    return fail(bodies.error());
  }
  JudgedProof out;
  out.checkpoint = std::move(*checkpoint);
  out.index = proof->index;
  out.leaf = parts->leaf;
  out.parts = std::move(*parts);
  out.record = std::move(*record);
  return out;
}

}  // namespace moot::log

#include "audit/cosignatures.hpp"

#include <algorithm>

namespace moot::audit {
namespace {

constexpr std::string_view node_prefix = "moot/node/";

std::optional<log::OrganisationId> organisation_of_node(std::string_view name) {
  if (!name.starts_with(node_prefix)) return std::nullopt;
  const auto organisation = log::parse_organisation_id(name.substr(node_prefix.size()));
  if (!organisation) return std::nullopt;
  return *organisation;
}

/// Every key that an event of the organisation ever listed: a cosignature outlives its key.
std::vector<log::VerifierKey> keys_under(const log::LogReader& reader, std::string_view name) {
  std::vector<log::VerifierKey> keys;
  const auto organisation = organisation_of_node(name);
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

std::string checkpoint_name(log::TreeSize size) {
  return "checkpoint of size " + std::to_string(size);
}

/// A note of this head with one signature; nullopt when the line is none.
std::optional<log::Note> note_with(const log::OrganisationId& organisation, const log::Head& head,
                                   const std::string& line) {
  const auto note = log::parse_note(log::checkpoint_text(organisation, head) + "\n" + line);
  if (!note || note->signatures.size() != 1) return std::nullopt;
  return *note;
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

std::uint64_t Cosigners::take(const log::Checkpoint& checkpoint, Findings& findings) {
  const auto note_of = log::parse_note(checkpoint.note);
  if (!note_of) return 0;
  std::uint64_t count = 0;
  for (const log::NoteSignature& signature : note_of->signatures) {
    const auto key = key_of(signature);
    if (!key) continue;
    if (const auto time_s = log::cosigned_at(*note_of, *key)) {
      ++count;
      note(*organisation_of_node(signature.name), checkpoint.head.size, *time_s, true);
    } else {
      findings.at(checkpoint_name(checkpoint.head.size),
                  "the cosignature of " + signature.name + " does not verify",
                  "a signature by that node's key");
    }
  }
  return count;
}

void Cosigners::take_rows(const Scope& scope, const RecomputedTree& tree, Findings& findings) {
  const std::vector<log::WitnessRow> rows = reader_.witnesses(scope.organisation);
  const std::vector<log::Abandoned> abandoned = reader_.abandoned(scope.organisation);
  std::vector<log::TreeSize> sizes;
  for (const log::WitnessRow& row : rows) sizes.push_back(row.size);
  const auto roots = tree.roots_at(std::move(sizes));
  for (const log::WitnessRow& row : rows) {
    const bool may_be_left_behind =
        std::any_of(abandoned.begin(), abandoned.end(),
                    [&](const log::Abandoned& range) { return row.size > range.first; });
    const std::optional<Hash>& root = roots.at(row.size);
    if (row.first_size > 0) note(row.witness, row.first_size, row.first_time_s, false);
    if (root) {
      take_row(row, {row.size, *root}, may_be_left_behind, scope.organisation, findings);
    } else {
      note(row.witness, row.size, row.time_s, false);
    }
  }
}

void Cosigners::take_row(const log::WitnessRow& row, const log::Head& head, bool may_be_left_behind,
                         const log::OrganisationId& organisation, Findings& findings) {
  const auto note_of = note_with(organisation, head, row.line);
  const auto key = note_of ? key_of(note_of->signatures.front()) : std::nullopt;
  const bool is_by_witness =
      note_of && organisation_of_node(note_of->signatures.front().name) == row.witness;
  if (is_by_witness && !key) return note(row.witness, row.size, row.time_s, false);
  const auto time_s = is_by_witness ? log::cosigned_at(*note_of, *key)
                                    : Result<std::uint64_t, log::Fault>(fail(log::Fault::bad_text));
  if (time_s) return note(row.witness, row.size, *time_s, true);
  if (may_be_left_behind) return note(row.witness, row.size, row.time_s, false);
  findings.at(
      "the signature of the witness " + log::to_text(row.witness),
      "is not over the first " + std::to_string(row.size) + " entries as they are here",
      "what the witness has seen",
      "the witness has seen another history, or what is held is damaged: ask it for its own");
}

void Cosigners::note(const log::OrganisationId& witness, log::TreeSize size, std::uint64_t time_s,
                     bool is_verified) {
  Witnessed& known = witnesses_[witness];
  known.witness = witness;
  if (known.first_size == 0 || size < known.first_size) {
    known.first_size = size;
    known.first_time_s = time_s;
  }
  if (size < known.size) return;
  if (size > known.size) known.is_verified = false;
  known.time_s = size > known.size ? time_s : std::max(known.time_s, time_s);
  known.size = size;
  known.is_verified = known.is_verified || is_verified;
}

std::vector<Witnessed> Cosigners::witnesses() const {
  std::vector<Witnessed> out;
  for (const auto& [organisation, witnessed] : witnesses_) out.push_back(witnessed);
  return out;
}

void check_policy(const Scope& scope, const log::Identity& identity,
                  std::span<const log::Checkpoint> good, const log::WitnessPolicy& policy,
                  LogReport& report, Findings& findings) {
  const auto& events = identity.events();
  const bool is_named =
      policy.logs.empty() || std::any_of(events.begin(), events.end(), [&](const auto& event) {
        const auto key = log::log_verifier_key(scope.organisation, event.establish.log_key);
        return std::any_of(policy.logs.begin(), policy.logs.end(),
                           [&](const auto& of_policy) { return of_policy.key == key; });
      });
  if (!is_named) {
    findings.not_checked("whether your policy is met: it does not name this log");
    return;
  }
  const std::vector<log::WitnessRow> rows = scope.reader.witnesses(scope.organisation);
  for (const log::Checkpoint& checkpoint : good) {
    auto note = log::parse_note(checkpoint.note);
    if (!note) continue;
    for (const log::WitnessRow& row : rows) {
      if (row.size != checkpoint.head.size) continue;
      const auto kept = note_with(scope.organisation, checkpoint.head, row.line);
      if (kept) note->signatures.push_back(kept->signatures.front());
    }
    if (log::is_quorum(policy, log::cosigned_by(policy, *note))) {
      report.policy_met = checkpoint.head.size;
    }
  }
  if (report.policy_met) return;
  findings.not_checked(
      "whether enough of your policy's witnesses have seen this log: no signed state kept here "
      "carries their signatures");
}

}  // namespace moot::audit

#pragma once
#include <map>

#include "audit/roots.hpp"

/// Who has seen what of a log, as far as signatures show it.
namespace moot::audit {

/// Nodes that cosign checkpoints, as far as the identities held here name their keys. Anybody may
/// add a line to a note, so that a line by an unknown key says nothing and is passed over (C2SP
/// signed-note). One thread.
class Cosigners {
 public:
  /// The reader must outlive this.
  explicit Cosigners(const log::LogReader& reader) : reader_(reader) {}

  /// Takes in the known nodes' cosignatures that the checkpoint carries, and answers how many. One
  /// by a known key that does not verify is a problem.
  std::uint64_t take(const log::Checkpoint& checkpoint, Findings& findings);
  /// Takes in what the reader kept of witnesses apart from the notes: a head and a signature each.
  /// One over another root than the log has there is a problem, unless entries were left behind.
  void take_rows(const Scope& scope, const RecomputedTree& tree, Findings& findings);
  /// What was taken in, by organisation.
  std::vector<Witnessed> witnesses() const;

 private:
  /// The key by which a node of this organisation signed so; nullopt when it is not known.
  std::optional<log::VerifierKey> key_of(const log::NoteSignature& signature);
  void take_row(const log::WitnessRow& row, const log::Head& head, bool may_be_left_behind,
                const log::OrganisationId& organisation, Findings& findings);
  void note(const log::OrganisationId& witness, log::TreeSize size, std::uint64_t time_s,
            bool is_verified);

  const log::LogReader& reader_;
  std::map<std::string, std::vector<log::VerifierKey>, std::less<>> keys_by_name_;
  std::map<log::OrganisationId, Witnessed> witnesses_;
};

/// Holds the kept checkpoints (good ones, ascending) against the verifier's own policy.
void check_policy(const Scope& scope, const log::Identity& identity,
                  std::span<const log::Checkpoint> good, const log::WitnessPolicy& policy,
                  LogReport& report, Findings& findings);

}  // namespace moot::audit

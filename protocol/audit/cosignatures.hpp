#pragma once
#include <map>

#include "audit/findings.hpp"

namespace moot::audit {

/// Nodes that cosign checkpoints, as far as the identities held here name their keys. Anybody may
/// add a line to a note, so that a line by an unknown key says nothing and is passed over (C2SP
/// signed-note). One thread.
class Cosigners {
 public:
  /// The reader must outlive this.
  explicit Cosigners(const log::LogReader& reader) : reader_(reader) {}

  /// How many known nodes' cosignatures the checkpoint carries. One by a known key that does not
  /// verify is a problem.
  std::uint64_t count(const log::Checkpoint& checkpoint, Findings& findings);

 private:
  /// The key by which a node of this organisation signed so; nullopt when it is not known.
  std::optional<log::VerifierKey> key_of(const log::NoteSignature& signature);

  const log::LogReader& reader_;
  std::map<std::string, std::vector<log::VerifierKey>, std::less<>> keys_by_name_;
};

}  // namespace moot::audit

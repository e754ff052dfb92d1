#pragma once
#include "log/block.hpp"
#include "log/checkpoint.hpp"

namespace moot::log {

/// C2SP tlog-proof: text, any log.
struct TlogProof {
  Bytes extra;
  LeafIndex index = 0;
  std::vector<Hash> hashes;
  std::string checkpoint;
};
/// Refuses what is over limits::proof_file_bytes_max or proof_hashes_max, and any deviation of
/// form.
Result<TlogProof, Fault> parse_tlog_proof(std::string_view text);
std::string to_text(const TlogProof& proof);

/// What a Moot proof carries in `extra` so that it can be judged with nothing but the
/// organisation's id (docs/protocol.md, Proof files): the leaf, its bodies, and the chain of
/// establish events each with its own inclusion proof. Big-endian:
/// ```
/// u8 version{1,2} | u16 len | leaf
/// | u8 n_bodies{0..2} x {u8 part | salt[16] | u32 len | body}      parts ascending, distinct
/// | u8 n_events{0..64} x {u64 position | u16 len | leaf | u8 n_hashes{0..64} x hash[32]
///                         | in version 2: u16 len | rival leaf, 0: none}
/// ```
struct ProofParts {
  struct Body {
    Part part = Part::public_part;
    Salt salt{};
    Bytes body;
    bool operator==(const Body&) const = default;
  };
  struct Event {
    LeafIndex position = 0;
    Bytes leaf;
    std::vector<Hash> inclusion;
    Bytes rival_leaf;  ///< of the event that this one repudiates; empty: none
    bool operator==(const Event&) const = default;
  };
  Bytes leaf;
  std::vector<Body> bodies;
  std::vector<Event> events;
  bool operator==(const ProofParts&) const = default;
};
/// The counts and lengths must be in range (MOOT_CHECK).
Bytes encode(const ProofParts& parts);
/// The form only; judge_proof says whether it is true.
Result<ProofParts, Fault> decode_proof_parts(ByteView extra);

/// Everything that a proof file shows, checked: chain, checkpoint signature, inclusion of events
/// and leaf, commitments.
struct JudgedProof {
  Checkpoint checkpoint;
  LeafIndex index = 0;
  Bytes leaf;
  ProofParts parts;
  std::optional<RecordLeaf> record;  ///< the leaf, where it is a record
};
/// The chain is the one that the file carries: a file made with a stolen key that has been
/// superseded since, and which leaves the newer event out, can only be told from an honest old one
/// by whoever knows the log. Cosignatures are not judged here (see cosigned_at).
/// Time and memory grow linearly with the text.
Result<JudgedProof, Fault> judge_proof(std::string_view text);

}  // namespace moot::log

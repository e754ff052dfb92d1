#pragma once
#include <string>

#include "log/checkpoint.hpp"
#include "log/identity.hpp"

/// Evidence: a file that proves to anybody, offline, that an organisation's log was forked
/// (docs/protocol.md, Evidence). Being older than another head is never evidence, nor is a missing
/// proof.
namespace moot::log {

/// `fork`: two checkpoints signed by the log key of one establish event that cannot both be true:
/// of one size with different roots, or a larger one whose tree had another root at the smaller's
/// size. `rivals`: two valid establish events of one seq.
enum class EvidenceKind : std::uint8_t { fork = 1, rivals = 2 };

struct Evidence {
  EvidenceKind kind = EvidenceKind::fork;
  OrganisationId organisation;
  std::uint32_t epoch = 0;  ///< seq of the event under which both heads are valid, or of the rivals
  /// The chain up to and including `epoch`; positions are claims. For rivals the first of the two
  /// is its last.
  struct Event {
    LeafIndex position = 0;
    Bytes leaf;
    Bytes rival_leaf;  ///< of the event that this one repudiates; empty: none
    bool operator==(const Event&) const = default;
  };
  std::vector<Event> events;

  // fork: the smaller (or either) first
  std::string first_note;
  std::string second_note;
  Hash root_at_first{};     ///< that the second's tree has at the first's size
  std::vector<Hash> proof;  ///< RFC 9162 consistency from (first size, root_at_first) to the second

  // rivals
  Bytes rival_leaf;
  bool operator==(const Evidence&) const = default;
};

/// The file: the line "moot/evidence/v1", then base64 of
/// ```
/// u8 kind | org[32] | u32 epoch
/// | u8 n_events{1..64} x {u64 position | u16 len | leaf | u16 len | rival leaf, 0: none}
/// | fork:   u16 len | first note | u16 len | second note | root_at_first[32] | u8 n{0..64} x
/// hash[32] | rivals: u16 len | rival leaf
/// ```
/// in one line, with its line feed. At most limits::evidence_bytes_max: nothing is answered when it
/// would be more.
std::optional<Bytes> to_file(const Evidence& evidence);

/// Everything checked: the chain, both signatures under one event, and that both cannot be true
/// (no_contradiction when they can).
struct JudgedEvidence {
  Evidence evidence;
  Head first;   ///< fork only
  Head second;  ///< fork only
};
Result<JudgedEvidence, Fault> judge_evidence(ByteView file);
/// Does this file begin as evidence does?
bool is_evidence(ByteView file);

/// Are these two verified checkpoints (valid under `identity`) a fork, given the root that the
/// larger one's tree has at the smaller's size and the proof of it? Answers the evidence, or
/// nothing when they agree, are valid under different events, or the proof does not hold.
std::optional<Evidence> find_fork(const Identity& identity, const Checkpoint& smaller,
                                  const Checkpoint& larger, const Hash& root_at_smaller,
                                  std::span<const Hash> proof);
/// The two of them, when `rival` is another valid event of the seq of one that `identity` has.
std::optional<Evidence> find_rivals(const Identity& identity, ByteView rival_leaf);

/// Does this evidence of rivals come too late to count, because the officers have gone on from one
/// of the two already? Former officers could otherwise freeze a log for ever with the keys of old.
bool is_late(const Evidence& evidence, const Identity& identity);

/// Is a log with this identity frozen by this evidence? Until an event after its epoch names the
/// branch (a fork), or repudiates the rival.
bool freezes(const Evidence& evidence, const Identity& identity);

}  // namespace moot::log

#pragma once
#include <string_view>

namespace moot::log {

/// Why bytes or a claim about a log were not accepted. Each has a stable word (docs/protocol.md,
/// Faults).
enum class Fault {
  truncated,           ///< ends before its last field
  trailing_bytes,      ///< goes on after its last field
  too_long,            ///< over the limit of its kind
  bad_value,           ///< a field holds what it must not
  bad_checksum,        ///< bech32m checksum: an organisation id was mistyped
  bad_text,            ///< not the text form that it should be
  wrong_organisation,  ///< belongs to another organisation than expected
  unknown_key,         ///< signed by a key that no establish event names for this size
  bad_signature,
  too_few_signatures,  ///< an establish event signed by fewer than k reserve keys
  broken_chain,        ///< seq or previous event id do not follow
  wrong_root,          ///< hashes do not lead to the signed root
  wrong_size,          ///< sizes contradict one another (a log that shrank)
  wrong_commitment,    ///< a body that its leaf does not commit to
  no_contradiction,    ///< evidence of two statements that can both be true
  not_supported,       ///< critical entry of a version or type that this node is too old for
};

/// One plain line for people, without a full stop.
std::string_view describe(Fault fault);
/// The stable word: "bad-signature".
std::string_view word_of(Fault fault);

}  // namespace moot::log

#pragma once
#include "audit/roots.hpp"

/// Identity and checkpoints: who may sign what, and whether what was signed is true.
namespace moot::audit {

/// Rebuilds the chain of key events from the establish leaves of the log itself, whatever the
/// reader says it is, and compares with what the reader says. nullopt when entry 0 does not found
/// this organisation. `positions` ascending.
std::optional<log::Identity> rebuild_identity(const Scope& scope,
                                              std::span<const log::LeafIndex> positions,
                                              Findings& findings);

/// Was each entry written under the event that was in force at its place? `epochs` ascending by
/// entry.
void check_epochs(const log::Identity& identity, std::span<const Stretch::EpochFrom> epochs,
                  Findings& findings);

/// Checks every kept checkpoint, the head and the roots that establish events stand by; counts into
/// `report`.
void check_heads(const Scope& scope, const log::LogState& state, const log::Identity& identity,
                 const RecomputedTree& tree, const Options& options, LogReport& report,
                 Findings& findings);

}  // namespace moot::audit

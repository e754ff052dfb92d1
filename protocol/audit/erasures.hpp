#pragma once
#include "audit/scan.hpp"

/// Erased parts: gone only where an entry of the log says so.
namespace moot::audit {

/// Judges what all stretches say of erased parts, with what the reader keeps of them. Counts into
/// `report`, whose disowned ranges must be known.
void check_erasures(const Scope& scope, std::span<const Stretch> stretches, LogReport& report,
                    Findings& findings);

}  // namespace moot::audit

#pragma once
#include "audit/roots.hpp"

/// Histories that are not, or not alone, the log's: what its officers disowned, what an establish
/// left behind, and evidence that there were two.
namespace moot::audit {

/// Lists the entries that each event does not stand by.
void list_disowned(const Scope& scope, const log::Identity& identity, LogReport& report);
/// Recomputes the root that was signed over abandoned entries. They are listed, not judged: a root
/// that does not follow could not be checked.
void check_abandoned(const Scope& scope, const log::Identity& identity, const RecomputedTree& tree,
                     LogReport& report, Findings& findings);
/// Judges the evidence that is kept of this log. A fork that no later event heals is a problem.
void check_evidence(const Scope& scope, const log::Identity& identity, LogReport& report,
                    Findings& findings);

}  // namespace moot::audit

#pragma once
#include "audit/verifier.hpp"
#include "log/bundle_reader.hpp"

namespace moot::audit {

/// Judges the end of a log that a bundle holds without its beginning: checkpoint, entries from
/// there on, and their bodies. Never better than incomplete: what lies before is believed.
LogReport judge_log_end(const log::BundleReader& bundle, const log::OrganisationId& organisation);

}  // namespace moot::audit

#pragma once
#include <optional>

#include "audit/verifier.hpp"
#include "command/session.hpp"
#include "log/bundle_reader.hpp"

/// How audits are run: on all cores, with progress.
namespace moot::command {

/// Audits what the reader holds. With `expected` only that log: "verification-failed" when it is
/// not there.
Result<audit::Report, Error> audit_reader(const Session& session, const log::LogReader& reader,
                                          audit::Options options,
                                          const std::optional<log::OrganisationId>& expected);
/// The same of a bundle; of logs of which it holds the end only that end is judged.
Result<audit::Report, Error> audit_bundle(const Session& session, const log::BundleReader& bundle,
                                          audit::Options options,
                                          const std::optional<log::OrganisationId>& expected);

/// The value of --expect; nothing when it is empty. "usage" when it is no id.
Result<std::optional<log::OrganisationId>, Error> expected_organisation(const std::string& text);
/// The policy in the file of --policy; nothing when it is empty.
Result<std::optional<log::WitnessPolicy>, Error> policy_in(const std::string& file);

}  // namespace moot::command

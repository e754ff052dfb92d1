#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "log/organisation_id.hpp"

namespace moot::command {

/// A home that was made just now.
struct NewHome {
  log::OrganisationId organisation;
  std::string recovery_code;  ///< of the one reserve key, which is kept nowhere else
};

/// Makes the home of a new organisation: keys, log with its first entry, settings.
///
/// A home made in part would be worse than none: keys without a log, or an organisation whose
/// recovery code nobody saw. So all of it is made in a folder beside it (or inside, when the home
/// is an empty folder already, as a service's is) and then renamed; after any failure nothing of it
/// is left. With `recovery_file` the recovery code is written there first. Errors: "exists" when
/// something is there, "failed", "disk-full".
Result<NewHome, Error> make_home(const config::Paths& paths, const config::Config& config,
                                 const std::optional<std::filesystem::path>& recovery_file);

/// Takes a home back that make_home() made a moment ago and nobody has used.
void unmake_home(const config::Paths& paths);

}  // namespace moot::command

#pragma once
#include <string_view>

namespace moot::command {

/// What scripts branch on (docs/cli.md, Exit codes). Stable.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  verification_failed = 3,  ///< a bad signature, a fork, a wrong hash
  not_found = 4,
  node_not_reachable = 5,
  incomplete = 6,  ///< not in time, or nothing false but not all could be checked
};

/// The exit code that goes with the code of an Error, from the node or from here.
inline ExitCode exit_code_of(std::string_view error_code) {
  if (error_code == "usage") return ExitCode::usage;
  if (error_code == "verification-failed") return ExitCode::verification_failed;
  if (error_code == "not-found") return ExitCode::not_found;
  if (error_code == "not-reachable") return ExitCode::node_not_reachable;
  if (error_code == "incomplete") return ExitCode::incomplete;
  return ExitCode::failed;
}

}  // namespace moot::command

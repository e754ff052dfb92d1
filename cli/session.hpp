#pragma once
#include <iosfwd>
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "command/exit_code.hpp"
#include "config/config.hpp"

namespace moot::command {

/// The options that every command takes.
struct Globals {
  std::string home;
  bool json = false;
  bool quiet = false;
  bool progress = false;
  bool no_progress = false;
};

/// What a command works with. The streams are borrowed from the caller of run().
struct Session {
  Globals globals;
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;

  /// Where everything of this node is; the home without a slash at its end.
  config::Paths paths() const;
  bool shows_progress() const {
    if (globals.quiet || globals.no_progress) return false;
    return globals.progress || err_is_terminal;
  }
  /// A line for people on `err`, left out with --quiet and --json.
  void hint(const std::string& text) const;
};

/// How a command ended: an exit code, or the error to show (its code decides the exit code).
using Ran = Result<ExitCode, Error>;

}  // namespace moot::command

#pragma once
#include <iosfwd>
#include <span>
#include <string>

namespace moot::command {

/// One call of `moot`: parses the arguments (without the program's name), does the command, writes
/// people's text or JSON to `out` and progress, hints and errors to `err`, and answers the exit
/// code. No exception leaves it. The library of crypto must have been started. `moot run` replaces
/// the process.
int run(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace moot::command

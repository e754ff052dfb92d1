#pragma once
#include <chrono>
#include <iosfwd>

#include "command/session.hpp"
#include "control/control.hpp"

namespace moot::command {

/// Asks the running node and prints what it says: its JSON, or with `print` in words. The exit code
/// is 6 when the answer is incomplete.
Ran ask_and_print(Session& session, const control::Request& request,
                  std::chrono::milliseconds patience,
                  void (*print)(std::ostream&, std::string_view));

}  // namespace moot::command

#pragma once
#include <iosfwd>

#include "base/problem.hpp"

namespace moot::command {

/// Writes an error: for people what happened, its problems and `Hint:` what to do; with `as_json`
/// one line
/// {"error":{"code","message","hint","problems":[{"where","found","allowed","hint"}]}}.
void report_error(std::ostream& err, const Error& error, bool as_json);

/// The lines for people of some problems, indented, at most `shown_max` of them and then how many
/// more there are.
void print_problems(std::ostream& to, const std::vector<Problem>& problems, std::size_t shown_max);

}  // namespace moot::command

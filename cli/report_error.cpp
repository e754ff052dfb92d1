#include "command/report_error.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "command/json_text.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

constexpr std::size_t problems_shown_max = 50;  // more scroll the first ones away; --json has all

}  // namespace

void print_problems(std::ostream& to, const std::vector<Problem>& problems, std::size_t shown_max) {
  const std::size_t shown = std::min(shown_max, problems.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Problem& problem = problems[i];
    to << "  " << printable(problem.where) << '\n';
    if (!problem.found.empty()) to << "    found:   " << printable(problem.found) << '\n';
    if (!problem.allowed.empty()) to << "    allowed: " << printable(problem.allowed) << '\n';
    if (!problem.hint.empty()) to << "    Hint: " << printable(problem.hint) << '\n';
  }
  if (shown < problems.size()) {
    to << "  … and " << counted(problems.size() - shown, "more problem", "more problems") << '\n';
  }
}

void report_error(std::ostream& err, const Error& error, bool as_json) {
  if (as_json) {
    nlohmann::ordered_json problems = nlohmann::ordered_json::array();
    for (const Problem& problem : error.problems) {
      problems.push_back({{"where", problem.where},
                          {"found", problem.found},
                          {"allowed", problem.allowed},
                          {"hint", problem.hint}});
    }
    const nlohmann::ordered_json document = {{"error",
                                              {{"code", error.code},
                                               {"message", error.message},
                                               {"hint", error.hint},
                                               {"problems", std::move(problems)}}}};
    err << json_text(document) << '\n';
    return;
  }
  err << "moot: " << printable(error.message) << '\n';
  print_problems(err, error.problems, problems_shown_max);
  if (!error.hint.empty()) err << "Hint: " << printable(error.hint) << '\n';
}

}  // namespace moot::command

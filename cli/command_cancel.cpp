#include <memory>

#include "command/ask_and_print.hpp"
#include "command/client.hpp"
#include "command/record_answers.hpp"
#include "command/registry.hpp"

namespace moot::command {

void add_cancel(Registry& registry) {
  const auto number = std::make_shared<std::uint64_t>(0);
  CLI::App& app = registry.add(
      "cancel",
      "Takes back what was saved and is not yet public: one publish by its number (`moot status` "
      "lists them),\nor all of them. What is public cannot be taken back: see `moot withdraw` and "
      "`moot erase`.",
      "  moot cancel 3\n  moot cancel", [number](Session& session) {
        return ask_and_print(session, control::CancelRequest{.number = *number}, answer_patience,
                             print_cancelled);
      });
  app.add_option("number", *number, "Which one; without it all")
      ->check(CLI::PositiveNumber)
      ->type_name("NUMBER");
}

}  // namespace moot::command

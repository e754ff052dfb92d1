#include <memory>

#include "command/ask_and_print.hpp"
#include "command/client.hpp"
#include "command/record_answers.hpp"
#include "command/registry.hpp"

namespace moot::command {

void add_withdraw(Registry& registry) {
  const auto record = std::make_shared<std::string>();
  CLI::App& app = registry.add(
      "withdraw",
      "Says that one of your records is no longer valid: the service has closed, the page is gone. "
      "Earlier\nversions stay readable in the history at every node. It does not erase: see `moot "
      "erase`.",
      "  moot withdraw 5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c11", [record](Session& session) {
        return ask_and_print(session, control::WithdrawRequest{.record = *record}, publish_patience,
                             print_withdrawn);
      });
  app.add_option("record", *record, "The record's UUID")->required()->type_name("RECORD");
}

}  // namespace moot::command

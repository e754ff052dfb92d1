#include <memory>

#include "command/own_statement.hpp"
#include "command/registry.hpp"

namespace moot::command {

void add_close(Registry& registry) {
  struct Options {
    std::string reason;
    std::string date;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& app = registry.add(
      "close",
      "Winds up: publishes that your organisation has closed, so that everybody who follows it "
      "knows that its\nrecords are no longer looked after. They stay readable: withdraw or erase "
      "what should not. Let the node\nrun until `moot status` shows that others have seen it, and "
      "hand its keys to whoever keeps your papers.",
      "  moot close --reason \"Merged into Barn Trust\" --date 2026-03-31",
      [options](Session& session) {
        Json fields = {{"event", "closed"}, {"reason", options->reason}};
        if (!options->date.empty()) fields["date"] = options->date;
        return publish_statement(session, std::move(fields),
                                 "Your organisation says from now on that it has closed. `moot "
                                 "withdraw` on this record takes it back.");
      });
  app.add_option("--reason", options->reason, "Why, in a line; everybody sees it")
      ->required()
      ->type_name("TEXT");
  app.add_option("--date", options->date, "Since when; today")->type_name("YYYY-MM-DD");
}

}  // namespace moot::command

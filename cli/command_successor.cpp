#include <memory>

#include "command/own_statement.hpp"
#include "command/registry.hpp"
#include "log/organisation_id.hpp"

namespace moot::command {

void add_successor(Registry& registry) {
  struct Options {
    std::string of;
    std::string registration;
    std::string reason;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& app = registry.add(
      "successor",
      "When all keys of an organisation are lost it cannot go on under its id. Make a new one "
      "(`moot init`),\nand say with this that it goes on from the old one. Each follower decides "
      "whether to believe it\n(`moot follow NEW --instead-of OLD`): tell them on the telephone. "
      "Both histories stay.",
      "  moot successor --of moot1… --registration GB-CHC-123456",
      [options](Session& session) -> Ran {
        const auto old = log::parse_organisation_id(options->of);
        if (!old) {
          return fail(Error{.code = "usage",
                            .message = "`" + options->of + "` is no organisation id",
                            .hint = "copy the old organisation's whole id, from moot1 on",
                            .problems = {}});
        }
        Json fields = {{"event", "successor"}, {"succeeds", log::to_text(*old)}};
        if (!options->registration.empty()) fields["registration"] = options->registration;
        if (!options->reason.empty()) fields["reason"] = options->reason;
        return publish_statement(
            session, std::move(fields),
            "Everybody who follows this organisation is told, and decides. Give them your new "
            "address (`moot status`), and let them ask somebody whom they know.");
      });
  app.add_option("--of", options->of, "The organisation id of the one whose keys are lost")
      ->required()
      ->type_name("ORG-ID");
  app.add_option("--registration", options->registration,
                 "The registration number that both have; nobody checks it")
      ->type_name("NUMBER");
  app.add_option("--reason", options->reason, "What happened, in a line")->type_name("TEXT");
}

}  // namespace moot::command

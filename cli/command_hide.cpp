#include <memory>

#include "command/ask_and_print.hpp"
#include "command/client.hpp"
#include "command/record_answers.hpp"
#include "command/registry.hpp"

namespace moot::command {
namespace {

struct HideOptions {
  std::string record;
  std::string organisation;
  std::string reason;
};

Ran run_hide(Session& session, const HideOptions& options, bool takes_back) {
  return ask_and_print(session,
                       control::HideRequest{.organisation = options.organisation,
                                            .record = options.record,
                                            .reason = options.reason,
                                            .take_back = takes_back},
                       answer_patience, print_hidden);
}

void add_options(CLI::App& app, HideOptions& options) {
  app.add_option("record", options.record, "The record's UUID")->required()->type_name("RECORD");
  app.add_option("--organisation,--org", options.organisation,
                 "Whose, when several logs carry it: an id or a name")
      ->type_name("ORG");
}

}  // namespace

void add_hide(Registry& registry) {
  const auto options = std::make_shared<HideOptions>();
  CLI::App& app =
      registry.add("hide",
                   "Holds back another organisation's record at this node only: its text is "
                   "dropped here, is not "
                   "served,\nand is not taken again. The proofs of its history still hold. For a "
                   "court order, or "
                   "when somebody\nis in danger now and the publisher does not answer.",
                   "  moot hide 5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c11 --org hall --reason safety",
                   [options](Session& session) { return run_hide(session, *options, false); });
  add_options(app, *options);
  app.add_option("--reason", options->reason, "court, safety or data-protection")
      ->required()
      ->check(CLI::IsMember({"court", "safety", "data-protection"}))
      ->type_name("REASON");
}

void add_unhide(Registry& registry) {
  const auto options = std::make_shared<HideOptions>();
  CLI::App& app =
      registry.add("unhide", "Undoes `moot hide`: the text comes again from a peer that has it.",
                   "  moot unhide 5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c11",
                   [options](Session& session) { return run_hide(session, *options, true); });
  add_options(app, *options);
}

}  // namespace moot::command

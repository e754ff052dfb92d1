#include <memory>

#include "command/ask_and_print.hpp"
#include "command/client.hpp"
#include "command/read.hpp"
#include "command/record_answers.hpp"
#include "command/registry.hpp"
#include "query/words.hpp"

namespace moot::command {
namespace {

struct EraseOptions {
  std::string record;
  std::string part;
  std::string reason;
  bool now = false;
  bool dry_run = false;
  bool list = false;
  std::uint64_t from = 0;
};

std::vector<std::string> all_reasons() {
  std::vector<std::string> words;
  for (auto reason = static_cast<int>(log::EraseReason::data_protection);
       reason <= static_cast<int>(log::EraseReason::abuse); ++reason) {
    words.emplace_back(query::word_of(static_cast<log::EraseReason>(reason)));
  }
  return words;
}

std::uint8_t reason_of(const std::string& word) {
  std::uint8_t reason = 1;
  for (const std::string& one : all_reasons()) {
    if (one == word) return reason;
    ++reason;
  }
  return 0;  // the node refuses it
}

std::uint8_t mask_of(const std::string& part) {
  if (part == "public") return 1;
  return part == "personal" ? 2 : 3;
}

Error usage(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Ran run_erase(Session& session, const EraseOptions& options) {
  if (options.list) {
    auto query = question(control::What::erased);
    query.from = options.from;
    return ask_and_print(session, query, answer_patience, print_erased_list);
  }
  if (options.record.empty() || options.part.empty() || options.reason.empty()) {
    return fail(usage("`moot erase` needs a record, --part and --reason",
                      "for example: moot erase RECORD --part personal --reason data-protection"));
  }
  // With --now the whole store is written anew before the answer.
  const auto patience = options.now ? compact_patience : publish_patience;
  return ask_and_print(session,
                       control::EraseRequest{.record = options.record,
                                             .part_mask = mask_of(options.part),
                                             .reason = reason_of(options.reason),
                                             .now = options.now,
                                             .dry_run = options.dry_run},
                       patience, print_erased);
}

}  // namespace

void add_erase(Registry& registry) {
  const auto options = std::make_shared<EraseOptions>();
  CLI::App& app = registry.add(
      "erase",
      "Erases the text of one of your records, in all its versions, at every node that holds it. "
      "They hide\nit as soon as they hear of it, and destroy it after a hold (72 hours; personal "
      "parts 24), so that a\nthief of this node's key cannot empty everybody's store. That "
      "something was removed, when and for\nwhich reason stays visible. `moot erase --list` shows "
      "what was erased and who has answered.",
      "  moot erase 5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c11 --part personal --reason data-protection\n"
      "  moot erase --list",
      [options](Session& session) { return run_erase(session, *options); });
  app.add_option("record", options->record, "The record's UUID")->type_name("RECORD");
  app.add_option("--part", options->part, "What of it: the public part, the personal one, or all")
      ->check(CLI::IsMember({"public", "personal", "all"}))
      ->type_name("public|personal|all");
  app.add_option("--reason", options->reason, "Why; everybody sees this word")
      ->check(CLI::IsMember(all_reasons()))
      ->type_name("REASON");
  app.add_flag("--now", options->now,
               "Destroy it here at once, without the hold; other nodes keep to theirs");
  app.add_flag("--dry-run", options->dry_run, "Say what would be erased, and erase nothing");
  CLI::Option* list =
      app.add_flag("--list", options->list, "List what was erased, and who has answered");
  app.add_option("--from", options->from, "With --list: begin at this entry")
      ->needs(list)
      ->type_name("ENTRY");
}

void add_compact(Registry& registry) {
  registry.add("compact",
               "Writes the node's store anew, so that nothing of what was destroyed is left in the "
               "freed parts of\nits file. The node does so by itself within a week after something "
               "was destroyed (`store.scrub_every`\nin the settings). It needs free room of the "
               "store's size, and nothing is published meanwhile.",
               "  moot compact", [](Session& session) {
                 return ask_and_print(session, control::CompactRequest{}, compact_patience,
                                      print_compacted);
               });
}

}  // namespace moot::command

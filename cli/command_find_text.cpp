#include <memory>

#include "command/ask_and_print.hpp"
#include "command/client.hpp"
#include "command/record_answers.hpp"
#include "command/registry.hpp"

namespace moot::command {

void add_find_text(Registry& registry) {
  struct Options {
    std::vector<std::string> words;
    std::uint64_t limit = 0;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& app = registry.add(
      "find-text",
      "Looks for these words, side by side, in every text that this node holds: of all "
      "organisations, in all\nversions, personal parts too. For requests of people about whom "
      "something may be held. Upper and lower\ncase are alike. It reads everything, so it can take "
      "a while.",
      "  moot find-text jane doe\n  moot find-text 07700 900123 --json",
      [options](Session& session) {
        std::string text;
        for (const std::string& word : options->words) text += (text.empty() ? "" : " ") + word;
        return ask_and_print(session,
                             control::FindTextRequest{.text = text, .limit = options->limit},
                             compact_patience, print_found_text);
      });
  app.add_option("words", options->words, "What to look for")->required()->type_name("WORDS");
  app.add_option("--limit", options->limit, "List at most so many places")->type_name("COUNT");
}

}  // namespace moot::command

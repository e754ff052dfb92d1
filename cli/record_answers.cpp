#include "command/record_answers.hpp"

#include <ostream>

#include "command/answer_words.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

/// `public`, `public and personal`.
std::string shown_parts(const Json& object) {
  std::vector<std::string> parts;
  for (const Json& part : field_at(object, "parts")) {
    if (part.is_string()) parts.push_back(printable(part.get_ref<const std::string&>()));
  }
  return joined(parts);
}

std::string holders_in(const Json& document, std::string_view state) {
  return names_in(field_at(document, "holders"),
                  [&](const Json& holder) { return text_at(holder, "state") == state; });
}

/// What becomes of the text here.
std::string fate_words(const Json& document) {
  if (text_at(document, "state") == "destroyed") return "It is destroyed here";
  if (is_true_at(document, "mass")) {
    return "So much was erased at once that every node hides it, and destroys it only when the "
           "officers confirm it by changing the keys (`moot keys rotate`): a thief of this node's "
           "key must not be able to empty everybody's store";
  }
  return "It is hidden here, and destroyed after " + shown_time(document, "destroy_at");
}

void print_reach(std::ostream& to, const Json& document) {
  const std::string hidden = holders_in(document, "hidden");
  const std::string waiting = holders_in(document, "not-yet");
  to << fate_words(document) << ".\n";
  if (!hidden.empty()) to << "Removed from view at: " << hidden << ".\n";
  if (!waiting.empty()) to << "Not yet answered: " << waiting << ".\n";
  if (hidden.empty() && waiting.empty()) {
    to << "No other organisation has told this node that it holds your log.\n";
  }
  to << "Nobody can reach copies that were carried away by hand (USB sticks, printed pages), nor\n"
        "other web sites and search engines that copied it: ask those yourself.\n";
}

}  // namespace

void print_withdrawn(std::ostream& to, std::string_view json_lines) {
  for (const Json& line : parse_json_lines(json_lines)) {
    if (line.contains("record") && line.contains("entry")) {
      to << "Withdrawn: " << shown(line, "record") << " (" << shown(line, "kind")
         << "), from entry " << shown_number(line, "entry") << " on.\n";
    } else if (text_at(line, "state") == "queued" && line.contains("words")) {
      to << "Saved, not yet public: " << shown(line, "words") << '\n';
    }
  }
  to << "This says that it is no longer valid. It does NOT erase: earlier versions stay readable "
        "at\n"
        "every node. `moot erase RECORD` removes their text everywhere.\n";
}

void print_erased(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  const std::size_t versions = field_at(document, "entries").size();
  const bool is_dry_run = is_true_at(document, "dry_run");
  to << (is_dry_run ? "Would erase the " : "Erased the ") << shown_parts(document) << " text of "
     << shown(document, "kind") << ' ' << shown(document, "record") << " in "
     << counted(versions, "version", "versions") << " (reason: " << shown(document, "reason")
     << ").\n";
  if (is_dry_run) {
    to << "Nothing was erased: this was a dry run.\n";
    return;
  }
  to << "Every node that follows you hides it as soon as it hears of this, and destroys it after "
        "its own hold.\nThat something was removed, when and why stays visible to all.\n";
  print_reach(to, document);
  to << "`moot erase --list` shows who has answered.\n";
}

void print_erased_list(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  Table table({"Record", "Kind", "Part", "Removed", "Reason", "Here", "Answered", "Not yet"});
  for (const Json& one : list_in(document, "erasures")) {
    std::string state = shown(one, "state");
    if (is_true_at(one, "mass")) state += ", officers must confirm";
    table.add({shown(one, "record"), shown(one, "kind"), shown_parts(one), shown_time(one, "time"),
               shown(one, "reason"), state, holders_in(one, "hidden"), holders_in(one, "not-yet")});
  }
  if (table.is_empty()) {
    to << "Nothing was ever erased from this log.\n";
    return;
  }
  table.print(to);
  if (is_true_at(document, "truncated")) to << "There is more: use --from with --json.\n";
}

void print_hidden(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  if (text_at(document, "state") == "shown") {
    to << "No longer held back here: " << shown(document, "record") << " of "
       << shown_organisation(document) << ". Its text comes again from a peer that has it.\n";
    return;
  }
  to << "Held back by this node: " << shown(document, "record") << " of "
     << shown_organisation(document) << " (reason: " << shown(document, "reason")
     << ").\nIts text is gone from here and is not taken again; the history can still be checked. "
        "Other nodes\nstill show it: only "
     << shown_organisation(document) << " can erase it everywhere. `moot unhide` undoes this.\n";
}

void print_found_text(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  const Json& found = field_at(document, "found");
  for (const Json& one : found) {
    to << shown_organisation(one) << "  " << shown(one, "record") << "  " << shown(one, "kind")
       << "  entry " << shown_number(one, "entry") << ", " << shown(one, "part") << " part\n    …"
       << shown(one, "excerpt") << "…\n";
  }
  to << (found.empty() ? "Not found" : counted(found.size(), "place", "places")) << " in "
     << counted(number_at(document, "searched").value_or(0), "text", "texts")
     << " that this node holds, old versions too.\n";
  if (is_true_at(document, "truncated")) to << "There are more places than are listed here.\n";
}

void print_compacted(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  to << "The store was written anew: " << size_text(number_at(document, "bytes_before").value_or(0))
     << " before, " << size_text(number_at(document, "bytes").value_or(0))
     << " now. Nothing of what was destroyed is left in it.\n";
}

void print_confirmed(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  if (!is_true_at(document, "changed")) {
    to << "Nothing waited for this: this node may publish.\n";
    return;
  }
  to << "Noted: this home was not restored from a backup. This node may publish";
  const auto queued = number_at(document, "queued").value_or(0);
  if (queued > 0) to << ", and what waited (" << number_text(queued) << ") is being published";
  to << ".\n";
}

void print_cancelled(std::ostream& to, std::string_view json) {
  for (const Json& one : field_at(document_of(json), "cancelled")) {
    to << "Taken back: number " << shown_number(one, "number") << " ("
       << counted(number_at(one, "records").value_or(0), "record", "records")
       << "). Nobody has seen it.\n";
  }
}

}  // namespace moot::command

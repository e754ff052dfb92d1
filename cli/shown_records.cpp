// Records and entries of a log, for people: print_log() and print_record().
#include <algorithm>
#include <map>
#include <ostream>

#include "command/answer_words.hpp"
#include "command/answers.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

/// What became of the text of a version, when it is not here.
std::string absence_words(const std::string& state) {
  static const std::map<std::string, std::string, std::less<>> words = {
      {"held", ""},
      {"withdrawn", "withdrawn by the organisation"},
      {"erased", "removed by the organisation"},
      {"withheld", "not given to this node"},
      {"missing", "no peer has given its text yet"},
      {"none", "it has no public part"},
  };
  const auto found = words.find(state);
  return found == words.end() ? printable(state) : found->second;
}

/// `removed by the organisation on 2026-11-24 15:10 UTC (safety)`, once for each part.
std::string removal_words(const Json& version) {
  std::vector<std::string> words;
  for (const Json& one : field_at(version, "erased")) {
    const std::string part = text_at(one, "part") == "personal" ? "its personal part was " : "";
    const std::string time = shown_time(one, "time");
    words.push_back(part + "removed by the organisation" + (time.empty() ? "" : " on " + time) +
                    " (" + shown(one, "reason") + ")");
  }
  return joined(words);
}

std::string state_words(const Json& version) {
  const std::string removal = removal_words(version);
  const std::string state = text_at(version, "state");
  const Json& held_back = field_at(version, "held_back");
  if (held_back.is_object() && state != "held") {
    return "held back by this node (" + shown(held_back, "reason") + ")";
  }
  if (state == "erased" && !removal.empty()) return removal;
  const std::string absence = absence_words(state);
  if (removal.empty() || absence.empty()) return absence + removal;
  return absence + "; " + removal;
}

std::string standing_words(const Json& version) {
  const Json& disowned = field_at(version, "disowned");
  if (!disowned.is_object()) return {};
  const std::string time = shown_time(disowned, "time");
  return "no longer stood by by the organisation" + (time.empty() ? "" : " since " + time);
}

void print_facts(std::ostream& to, const std::vector<std::pair<std::string, std::string>>& facts) {
  Table table({});
  for (const auto& [name, value] : facts) {
    if (!value.empty()) table.add({name, value});
  }
  table.print(to);
}

/// `Hall Trust first on …; last confirmed …`, the earliest first.
std::string witness_words(const Json& witness) {
  const std::string first = shown_time(witness, "first_time");
  return shown_organisation(witness) + (first.empty() ? "" : " first on " + first) +
         "; last confirmed " + shown_time(witness, "time");
}

std::vector<std::pair<std::string, std::string>> seen_facts(const Json& document) {
  std::vector<std::pair<std::string, std::string>> facts;
  for (const Json& witness : field_at(document, "witnesses")) {
    facts.emplace_back(facts.empty() ? "Seen by" : " ", witness_words(witness));
  }
  return facts;
}

void print_body(std::ostream& to, const Json& version) {
  const Json& body = field_at(version, "body");
  if (body.is_null()) {
    if (version.contains("body_base64")) to << "Its text is no JSON; --json has it as base64.\n";
    return;
  }
  const std::string text = body.dump(2, ' ', false, Json::error_handler_t::replace);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    to << printable(rest.substr(0, end)) << '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void print_version(std::ostream& to, const Json& version) {
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Record", shown(version, "record")},
      {"Kind", shown(version, "kind")},
      {"Published by", shown(version, "organisation")},
      {"Entry", shown_number(version, "entry")},
      {"Time", shown_time(version, "time")},
      {"State", state_words(version)},
      {"NOTE", standing_words(version)}};
  const auto seen = seen_facts(version);
  facts.insert(facts.end(), seen.begin(), seen.end());
  print_facts(to, facts);
  print_body(to, version);
}

}  // namespace

void print_log(std::ostream& to, std::string_view json_lines) {
  Table table({"Entry", "Time", "What", "Kind", "Record"});
  for (const Json& line : parse_json_lines(json_lines)) {
    const std::string operation = shown(line, "operation");
    std::string what = shown(line, "type");
    if (what == "establish") what = "keys";
    if (what == "erase") what = "removal (" + shown(line, "reason") + ")";
    if (operation == "put") what = "published";
    if (operation == "withdraw") what = "withdrawn";
    for (const Json& part : field_at(line, "parts")) {
      const bool is_removed = text_at(part, "state") == "erased";
      if (is_removed) what += text_at(part, "part") == "public" ? ", removed" : ", partly removed";
    }
    if (line.contains("disowned")) what += ", no longer stood by";
    table.add({shown_number(line, "entry"), shown_time(line, "time"), what, shown(line, "kind"),
               shown(line, "record")});
  }
  table.print(to);
}

void print_record(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  const Json& versions = field_at(document, "versions");
  if (!versions.is_array()) {
    print_version(to, document);
    return;
  }
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Record", shown(document, "record")},
      {"Published by", shown(document, "organisation")},
      {"Versions", number_text(versions.size())}};
  const auto seen = seen_facts(document);
  facts.insert(facts.end(), seen.begin(), seen.end());
  print_facts(to, facts);
  for (const Json& version : versions) {
    to << '\n';
    print_version(to, version);
  }
  if (is_true_at(document, "truncated"))
    to << "\nOlder versions were left out: they are too long.\n";
}

}  // namespace moot::command

#include "command/answers.hpp"

#include <algorithm>
#include <map>
#include <ostream>

#include "command/json_text.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

constexpr std::size_t records_shown_max = 20;  // a screen; --json has all

/// A field for a terminal.
std::string shown(const Json& object, std::string_view key) {
  return printable(text_at(object, key));
}

std::string shown_or(const Json& object, std::string_view key, std::string_view otherwise) {
  std::string text = shown(object, key);
  return text.empty() ? std::string(otherwise) : text;
}

std::string shown_number(const Json& object, std::string_view key) {
  const auto number = number_at(object, key);
  return number ? number_text(*number) : shown(object, key);
}

/// A time that is Unix milliseconds, or RFC 3339 text, which is cut to the minute.
std::string shown_time(const Json& object, std::string_view key) {
  if (const auto number = number_at(object, key)) return time_text(*number);
  std::string text = shown(object, key);
  constexpr std::size_t minutes_end = 16;  // 2024-03-01T09:30
  if (text.size() <= minutes_end || text[10] != 'T' || !text.ends_with('Z')) return text;
  text.resize(minutes_end);
  text[10] = ' ';
  return text + " UTC";
}

/// The array that the document is, or has under the key.
const Json& list_in(const Json& document, std::string_view key) {
  return document.is_array() ? document : field_at(document, key);
}

/// What an organisation is called here, with its id shortened.
std::string shown_organisation(const Json& object) {
  const std::string name = shown(object, "name");
  const std::string id = short_id(text_at(object, "organisation"));
  return name.empty() ? id : name + " (" + id + ")";
}

/// The states of a log in words for people; a word that is not known is shown as it is.
std::string state_words(const std::string& state) {
  static const std::map<std::string, std::string, std::less<>> words = {
      {"waiting", "waiting: nobody connected has it"},
      {"fetching", "being fetched"},
      {"current", "complete"},
      {"frozen", "FROZEN: its signed statements contradict each other"},
      {"store-failed", "the disk refused it; tried again soon"},
      {"running", "running"},
      {"stopped-own-log-ahead", "PUBLISHING STOPPED: others hold more of our log than we do"},
  };
  const auto found = words.find(state);
  return found == words.end() ? printable(state) : found->second;
}

Json document_of(std::string_view json) { return parse_json(json).value_or(Json()); }

void print_facts(std::ostream& to, const std::vector<std::pair<std::string, std::string>>& facts) {
  Table table({});
  for (const auto& [name, value] : facts) {
    if (!value.empty()) table.add({name, value});
  }
  table.print(to);
}

}  // namespace

void print_json(std::ostream& to, std::string_view json) {
  to << json;
  if (!json.empty() && !json.ends_with('\n')) to << '\n';
}

void print_published(std::ostream& to, std::string_view json_lines, bool is_dry_run) {
  Table table({});
  std::uint64_t records = 0;
  std::optional<std::uint64_t> size;
  for (const Json& line : parse_json_lines(json_lines)) {
    if (line.contains("record")) {
      if (records++ >= records_shown_max) continue;
      const std::string entry = shown_number(line, "entry");
      table.add(
          {shown(line, "record"), shown(line, "kind"), entry.empty() ? "" : "entry " + entry});
    } else if (line.contains("checkpoint")) {
      size = number_at(field_at(line, "checkpoint"), "size");
    }
  }
  table.print(to);
  if (records > records_shown_max) {
    to << "… and " << number_text(records - records_shown_max) << " more\n";
  }
  if (is_dry_run) {
    to << "Nothing wrong found in " << counted(records, "record", "records")
       << ". Nothing was published: this was a dry run.\n";
    return;
  }
  to << "Published " << counted(records, "record", "records") << '.';
  if (size) to << " The log has " << counted(*size, "entry", "entries") << " now.";
  to << '\n';
}

void print_status(std::ostream& to, std::string_view json) {
  const Json status = document_of(json);
  for (const Json& warning : field_at(status, "warnings")) {
    if (warning.is_string()) {
      to << "WARNING: " << printable(warning.get_ref<const std::string&>()) << "\n\n";
    }
  }
  const auto size = number_at(field_at(status, "head"), "size");
  const auto bytes = number_at(field_at(status, "store"), "bytes");
  const Json& peers = field_at(status, "peers");
  const auto connected = std::count_if(
      peers.begin(), peers.end(), [](const Json& peer) { return is_true_at(peer, "connected"); });
  print_facts(to, {{"Name", shown(status, "name")},
                   {"Organisation", shown(status, "organisation")},
                   {"Address", shown(status, "address")},
                   {"Home", shown(status, "home")},
                   {"State", state_words(text_at(status, "state"))},
                   {"Our log", size ? counted(*size, "entry", "entries") : ""},
                   {"On disk", bytes ? size_text(*bytes) : ""},
                   {"Peers", number_text(static_cast<std::uint64_t>(connected)) + " connected"}});
  Table logs({"Followed", "Entries", "State", ""});
  for (const Json& log : field_at(status, "logs")) {
    logs.add({shown_organisation(log), shown_number(log, "size"),
              state_words(text_at(log, "state")), shown(log, "detail")});
  }
  if (logs.is_empty()) return;
  to << '\n';
  logs.print(to);
}

void print_peers(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  Table table({"Organisation", "Address", "State", ""});
  for (const Json& peer : list_in(document, "peers")) {
    std::string state = shown(peer, "state");
    if (state == "dialling") state = "not reached";
    if (shown(peer, "direction") == "incoming") state += " (it called us)";
    std::string detail = shown(peer, "last_error");
    if (const auto next = number_at(peer, "next_try_s"); next && *next > 0) {
      if (!detail.empty()) detail += "; ";
      detail += "next try in " + counted(*next, "second", "seconds");
    }
    table.add({shown_organisation(peer), shown(peer, "address"), state, detail});
  }
  if (table.is_empty()) {
    to << "No peers. Follow an organisation by its address, or tell others yours (`moot "
          "status`).\n";
    return;
  }
  table.print(to);
}

void print_organisations(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  Table table({"Organisation", "Name", "Followed", "Address"});
  for (const Json& one : list_in(document, "organisations")) {
    std::string followed = shown(one, "mode") == "head" ? "history only" : "in full";
    if (is_true_at(one, "own")) followed = "our own";
    table.add({shown(one, "organisation"), shown(one, "name"), followed, shown(one, "address")});
  }
  table.print(to);
}

void print_log(std::ostream& to, std::string_view json_lines) {
  Table table({"Entry", "Time", "What", "Kind", "Record"});
  for (const Json& line : parse_json_lines(json_lines)) {
    const std::string operation = shown(line, "operation");
    std::string what = shown(line, "type");
    if (what == "establish") what = "keys";
    if (what == "erase") what = "removal";
    if (operation == "put") what = "published";
    if (operation == "withdraw") what = "withdrawn";
    table.add({shown_number(line, "entry"), shown_time(line, "time"), what, shown(line, "kind"),
               shown(line, "record")});
  }
  table.print(to);
}

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

void print_version(std::ostream& to, const Json& version) {
  print_facts(to, {{"Record", shown(version, "record")},
                   {"Kind", shown(version, "kind")},
                   {"Published by", shown(version, "organisation")},
                   {"Entry", shown_number(version, "entry")},
                   {"Time", shown_time(version, "time")},
                   {"State", absence_words(text_at(version, "state"))}});
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

}  // namespace

void print_record(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  const Json& versions = field_at(document, "versions");
  if (!versions.is_array()) {
    print_version(to, document);
    return;
  }
  print_facts(to, {{"Record", shown(document, "record")},
                   {"Published by", shown(document, "organisation")},
                   {"Versions", number_text(versions.size())}});
  for (const Json& version : versions) {
    to << '\n';
    print_version(to, version);
  }
  if (is_true_at(document, "truncated"))
    to << "\nOlder versions were left out: they are too long.\n";
}

void print_sync(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  Table table({"Log", "Entries", "State", ""});
  for (const Json& log : list_in(document, "logs")) {
    const bool is_synced = is_true_at(log, "synced");
    table.add({shown_organisation(log), shown_number(log, "size"),
               is_synced ? "all here" : state_words(text_at(log, "state")), shown(log, "missing")});
  }
  if (table.is_empty()) {
    to << "Nobody is followed, so there is nothing to fetch.\n";
    return;
  }
  table.print(to);
}

void print_followed(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  to << "Following " << shown_or(document, "organisation", "it");
  const std::string name = shown(document, "name");
  if (!name.empty()) to << " as " << name;
  to << ".\n";
}

void print_unfollowed(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  to << "No longer following " << shown_or(document, "organisation", "it")
     << ". What was fetched stays here.\n";
}

void print_keys(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  to << "Organisation " << shown(document, "organisation") << "\n\nSigning its log:\n";
  Table log({});
  for (const Json& key : field_at(document, "log")) {
    const auto size = number_at(key, "from_size");
    const std::string since = size && *size > 0 ? "  from entry " + number_text(*size - 1) : "  ";
    log.add({since, shown(key, "vkey")});
  }
  log.print(to);
  to << "\nOf its nodes:\n";
  for (const Json& key : field_at(document, "node")) to << "  " << shown(key, "vkey") << '\n';
  const std::size_t officers = field_at(document, "reserve").size();
  to << "\nOfficers' keys: " << officers << ", of which " << shown_number(document, "threshold")
     << " must agree to change any key.\n";
}

}  // namespace moot::command

#include "command/answers.hpp"

#include <algorithm>
#include <map>
#include <ostream>

#include "command/answer_words.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

constexpr std::size_t records_shown_max = 20;  // a screen; --json has all

/// The states of a log in words for people; a word that is not known is shown as it is.
std::string state_words(const std::string& state) {
  static const std::map<std::string, std::string, std::less<>> words = {
      {"waiting", "waiting: nobody connected has it"},
      {"fetching", "being fetched"},
      {"current", "complete"},
      {"frozen", "FROZEN: its signed statements contradict each other"},
      {"store-failed", "the disk refused it; tried again soon"},
      {"running", "running"},
      {"stopped-own-log-ahead",
       "PUBLISHING STOPPED: others hold entries of our log that this home does not have"},
  };
  const auto found = words.find(state);
  return found == words.end() ? printable(state) : found->second;
}

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
  Json queued;
  for (const Json& line : parse_json_lines(json_lines)) {
    if (line.contains("record")) {
      if (records++ >= records_shown_max) continue;
      const std::string entry = shown_number(line, "entry");
      table.add(
          {shown(line, "record"), shown(line, "kind"), entry.empty() ? "" : "entry " + entry});
    } else if (line.contains("checkpoint")) {
      size = number_at(field_at(line, "checkpoint"), "size");
    } else if (text_at(line, "state") == "queued") {
      queued = line;
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
  if (!queued.is_null()) {
    to << "Saved, not yet public: " << shown(queued, "words") << "\n"
       << "It waits as number " << shown_number(queued, "number") << "; `moot cancel "
       << text_at(queued, "number") << "` takes it back.\n";
    return;
  }
  to << "Published " << counted(records, "record", "records") << '.';
  if (size) to << " The log has " << counted(*size, "entry", "entries") << " now.";
  to << '\n';
}

void print_published_wait(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  const std::string state = text_at(document, "state");
  if (state == "cancelled") {
    to << "It was taken back and is not public.\n";
    return;
  }
  if (state == "queued") {
    to << "Not yet public: " << shown(field_at(document, "publishing"), "words") << '\n';
    return;
  }
  const Json& witnesses = field_at(document, "witnesses");
  const std::string names = names_in(witnesses, [](const Json&) { return true; });
  to << "It is public";
  if (!names.empty()) to << ", and seen by " << names;
  to << ".\n";
  if (is_true_at(document, "complete")) return;
  to << "Not in time: " << number_text(witnesses.size()) << " of "
     << shown_number(document, "wanted") << " organisations have confirmed that they hold it.\n";
}

namespace {

/// Who has confirmed the newest of our entries, and when somebody last confirmed any.
std::string seen_words(const Json& head) {
  const Json& witnesses = field_at(head, "witnesses");
  if (!witnesses.is_array() || witnesses.empty()) return "by nobody yet";
  const auto size = number_at(head, "size");
  const std::string names =
      names_in(witnesses, [&](const Json& one) { return number_at(one, "size") == size; });
  if (!names.empty()) return "in its newest state by " + names;
  return "last by " + shown_organisation(witnesses.front()) + ", " +
         shown_number(witnesses.front(), "size") + " entries, " +
         shown_time(witnesses.front(), "time");
}

void print_queued(std::ostream& to, const Json& status) {
  Table queued({"Waiting", "Records", "Since"});
  for (const Json& one : field_at(status, "queued")) {
    queued.add(
        {shown_number(one, "number"), shown_number(one, "records"), shown_time(one, "time")});
  }
  if (queued.is_empty()) return;
  to << "\nSaved, not yet public (`moot cancel NUMBER` takes one back):\n";
  queued.print(to);
}

/// Witnesses outside Moot that the operator has chosen.
void print_outside(std::ostream& to, const Json& head) {
  Table outside({"Outside witness", "Entries", "When", ""});
  for (const Json& one : field_at(head, "outside")) {
    outside.add({shown(one, "name"), shown_number(one, "size"), shown_time(one, "time"),
                 shown(one, "error")});
  }
  if (outside.is_empty()) return;
  to << '\n';
  outside.print(to);
}

/// What is proved against somebody's history.
void print_evidence(std::ostream& to, const Json& of, const std::string& whose) {
  for (const Json& one : field_at(of, "evidence")) {
    to << "\nProof is kept here that the history of " << whose << " was written in two ways"
       << (is_true_at(one, "freezes") ? ", and its officers have not yet said which is right."
                                      : "; its officers have said which is right.")
       << '\n';
  }
}

}  // namespace

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
                   {"Seen", seen_words(field_at(status, "head"))},
                   {"On disk", bytes ? size_text(*bytes) : ""},
                   {"Peers", number_text(static_cast<std::uint64_t>(connected)) + " connected"}});
  print_queued(to, status);
  print_outside(to, field_at(status, "head"));
  Table logs({"Followed", "Entries", "Seen by", "State", ""});
  for (const Json& log : field_at(status, "logs")) {
    logs.add({shown_organisation(log), shown_number(log, "size"),
              number_text(field_at(log, "witnesses").size()), state_words(text_at(log, "state")),
              // The proof is told of below, in words that need no glossary.
              field_at(log, "evidence").empty() ? shown(log, "detail") : std::string()});
  }
  if (!logs.is_empty()) {
    to << '\n';
    logs.print(to);
  }
  print_evidence(to, status, "our own organisation");
  for (const Json& log : field_at(status, "logs")) {
    print_evidence(to, log, shown_organisation(log));
  }
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

namespace {

void print_succession(std::ostream& to, const Json& one) {
  const std::string who = is_true_at(one, "own") ? "Our own organisation" : shown_organisation(one);
  if (const Json& closed = field_at(one, "closed"); !closed.is_null()) {
    to << '\n'
       << who << " says that it has closed (" << shown(closed, "date")
       << "): " << shown_or(closed, "reason", "no reason given") << '\n';
  }
  const Json& succeeds = field_at(one, "succeeds");
  if (succeeds.is_null()) return;
  to << '\n' << who << " says that it succeeds " << shown_organisation(succeeds);
  const std::string registration = shown(succeeds, "registration");
  if (!registration.empty()) to << ", " << registration << " (not checked)";
  if (is_true_at(succeeds, "accepted")) {
    to << ". Accepted here.\n";
  } else if (!is_true_at(one, "own")) {
    to << ". To accept it: `moot follow " << shown(one, "organisation") << " --instead-of "
       << shown(succeeds, "organisation") << "`\n";
  } else {
    to << ".\n";
  }
}

}  // namespace

void print_organisations(std::ostream& to, std::string_view json) {
  const Json document = document_of(json);
  Table table({"Organisation", "Name", "Followed", "Address"});
  for (const Json& one : list_in(document, "organisations")) {
    std::string followed = shown(one, "mode") == "head" ? "history only" : "in full";
    if (is_true_at(one, "own")) followed = "our own";
    table.add({shown(one, "organisation"), shown(one, "name"), followed, shown(one, "address")});
  }
  table.print(to);
  for (const Json& one : list_in(document, "organisations")) print_succession(to, one);
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

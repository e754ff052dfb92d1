#include <algorithm>
#include <memory>
#include <ostream>

#include "base/limits.hpp"
#include "command/json_text.hpp"
#include "command/officers_advice.hpp"
#include "command/own_identity.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "log/rotation.hpp"

namespace moot::command {
namespace {

struct AddOptions {
  std::string name;
  std::string key;
  std::string role;
  std::string until;
  std::string note;
};

Error usage(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

/// What every command here works on.
struct Standing {
  config::Paths paths;
  OwnIdentity own;
  Officers officers;

  const log::Establish& today() const { return own.identity.newest().establish; }
};

Result<Standing, Error> standing_of(const Session& session) {
  const config::Paths paths = session.paths();
  auto own = open_own_identity(paths);
  if (!own) return fail(own.error());
  auto officers = load_officers(paths);
  if (!officers) return fail(officers.error());
  return Standing{.paths = paths, .own = std::move(*own), .officers = std::move(*officers)};
}

Result<crypto::PublicKeyBytes, Error> key_of(const std::string& text) {
  const auto key = log::parse_reserve_key_text(text);
  if (key) return *key;
  return fail(usage("`" + text + "` is no public half of an officer's key: " +
                        std::string(log::describe(key.error())),
                    "the officer's `moot keys public FILE` shows it; it begins with mootpub1"));
}

void print_next(const Session& session, const Standing& standing) {
  const auto open = open_change(standing.paths, standing.officers);
  session.out << "\nNext step: " << printable(next_step(standing.today(), standing.officers, open))
              << ".\n";
}

std::string of_text(std::size_t k, std::size_t n) {
  return n == 1 ? "the one officer" : "any " + std::to_string(k) + " of " + std::to_string(n);
}

Json present_json(const Standing& standing) {
  Json list = Json::array();
  for (const Hash& digest : standing.today().next_digests) {
    const Officer* officer = standing.officers.find_by_digest(digest);
    list.push_back(
        {{"key", officer == nullptr ? Json() : Json(log::reserve_key_text(officer->key))},
         {"name", officer == nullptr ? "" : officer->name},
         {"last_drill", officer == nullptr ? "" : officer->last_drill}});
  }
  return {{"threshold", standing.today().threshold_next}, {"officers", std::move(list)}};
}

Json planned_json(const Standing& standing) {
  Json list = Json::array();
  for (const Officer& officer : standing.officers.officers) {
    list.push_back({{"name", officer.name},
                    {"key", log::reserve_key_text(officer.key)},
                    {"role", officer.role},
                    {"until", officer.until},
                    {"note", officer.note},
                    {"last_drill", officer.last_drill}});
  }
  return {{"threshold", standing.officers.threshold}, {"officers", std::move(list)}};
}

Json standing_json(const Standing& standing) {
  const auto open = open_change(standing.paths, standing.officers);
  Json document = {{"organisation", log::to_text(standing.own.organisation)},
                   {"present", present_json(standing)},
                   {"planned", planned_json(standing)},
                   {"in_force", is_plan_in_force(standing.today(), standing.officers)},
                   {"change", Json()},
                   {"warnings", warnings(standing.today(), standing.officers, today())},
                   {"next_step", next_step(standing.today(), standing.officers, open)}};
  if (open) {
    document["change"] = {{"request", open->request},
                          {"missing", open->missing ? Json(*open->missing) : Json()}};
  }
  return document;
}

void print_standing(const Session& session, const Standing& standing) {
  std::ostream& out = session.out;
  const log::Establish& now = standing.today();
  out << "Who decides today: " << of_text(now.threshold_next, now.next_digests.size()) << ".\n";
  for (const Hash& digest : now.next_digests) {
    const Officer* officer = standing.officers.find_by_digest(digest);
    out << "  "
        << (officer == nullptr      ? "(an officer whose key is not known here)"
            : officer->name.empty() ? "(not named)"
                                    : printable(officer->name))
        << '\n';
  }
  const auto& planned = standing.officers.officers;
  if (is_plan_in_force(now, standing.officers)) {
    out << "\nThey are also those who are to decide after the next change of keys:\n";
  } else {
    out << "\nWho is to decide after the next change of keys: "
        << (planned.empty() ? "nobody is named, so those of today"
                            : of_text(standing.officers.threshold, planned.size()))
        << ".\n";
  }
  Table table({"  NAME", "ROLE", "UNTIL", "LAST TRIED", "KEY"});
  for (const Officer& officer : planned) {
    table.add({"  " + printable(officer.name), printable(officer.role), officer.until,
               officer.last_drill.empty() ? "never" : officer.last_drill,
               short_id(log::reserve_key_text(officer.key))});
  }
  if (!table.is_empty()) table.print(out);
  const auto all = warnings(now, standing.officers, today());
  if (!all.empty()) out << '\n';
  for (const std::string& warning : all) out << "Mind: " << printable(warning) << ".\n";
  print_next(session, standing);
}

Ran show(Session& session, const Standing& standing) {
  if (session.globals.json) {
    session.out << json_text(standing_json(standing)) << '\n';
  } else {
    print_standing(session, standing);
  }
  return ExitCode::done;
}

Ran run_list(Session& session) {
  const auto standing = standing_of(session);
  if (!standing) return fail(standing.error());
  return show(session, *standing);
}

Ran saved(Session& session, const Standing& standing, const std::string& said) {
  const auto done = save_officers(standing.paths, standing.officers);
  if (!done) return fail(done.error());
  if (session.globals.json) {
    session.out << json_text(standing_json(standing)) << '\n';
  } else {
    session.out << said << '\n';
    print_next(session, standing);
  }
  return ExitCode::done;
}

Result<Officer, Error> officer_of(const AddOptions& options) {
  const auto key = key_of(options.key);
  if (!key) return fail(key.error());
  const auto is_empty_or_text = [](const std::string& text) {
    return text.empty() || is_officer_text(text);
  };
  if (!is_officer_text(options.name) || !is_empty_or_text(options.role) ||
      !is_empty_or_text(options.note)) {
    return fail(usage("a name, role or note is one line of up to " +
                          std::to_string(limits::officer_name_bytes_max) + " bytes",
                      "such as `moot officers add \"Ann Lee\" --role treasurer --key mootpub1…`"));
  }
  if (!options.until.empty() && !is_date(options.until)) {
    return fail(usage("--until " + options.until + " is no date", "such as --until 2027-03-31"));
  }
  return Officer{.name = options.name,
                 .key = *key,
                 .role = options.role,
                 .until = options.until,
                 .note = options.note,
                 .last_drill = {}};
}

Ran run_add(Session& session, const AddOptions& options) {
  auto standing = standing_of(session);
  if (!standing) return fail(standing.error());
  auto officer = officer_of(options);
  if (!officer) return fail(officer.error());
  Officers& officers = standing->officers;
  const Officer* namesake = officers.named(officer->name);
  if (namesake != nullptr && namesake->key != officer->key) {
    return fail(Error{.code = "exists",
                      .message = printable(officer->name) + " is named already, with another key",
                      .hint = "`moot officers remove NAME` first, when the key is a new one",
                      .problems = {}});
  }
  const Officer* known = officers.find(officer->key);
  if (known != nullptr) officer->last_drill = known->last_drill;
  std::erase_if(officers.known, [&](const Officer& one) { return one.key == officer->key; });
  const auto same = std::ranges::find(officers.officers, officer->key, &Officer::key);
  const std::string said = printable(officer->name) + " is noted.";
  if (same != officers.officers.end()) {
    *same = std::move(*officer);  // the key's holder under a new name, role or term
  } else if (officers.officers.size() == limits::reserve_keys_max) {
    return fail(usage("there can be at most 16 officers", "`moot officers remove NAME`"));
  } else {
    officers.officers.push_back(std::move(*officer));
  }
  return saved(session, *standing, said);
}

Ran run_remove(Session& session, const std::string& name) {
  auto standing = standing_of(session);
  if (!standing) return fail(standing.error());
  Officers& officers = standing->officers;
  const Officer* officer = officers.named(name);
  if (officer == nullptr) {
    return fail(Error{.code = "not-found",
                      .message = "no officer is named `" + name + "`",
                      .hint = "`moot officers list` shows the names",
                      .problems = {}});
  }
  // The public half is still needed: until the change is in force this key may sign it.
  if (officers.known.size() + officers.officers.size() >= limits::officers_kept_max) {
    officers.known.erase(officers.known.begin());
  }
  officers.known.push_back(*officer);
  const crypto::PublicKeyBytes key = officer->key;
  std::erase_if(officers.officers, [&](const Officer& one) { return one.key == key; });
  return saved(session, *standing,
               printable(name) + " is not to decide after the next change of keys.");
}

Ran run_threshold(Session& session, std::uint32_t threshold) {
  auto standing = standing_of(session);
  if (!standing) return fail(standing.error());
  if (threshold < 1 || threshold > limits::reserve_keys_max) {
    return fail(usage("from 1 to 16 officers can be asked to agree", "2 of 3 is a good choice"));
  }
  standing->officers.threshold = static_cast<std::uint8_t>(threshold);
  return saved(session, *standing,
               counted(threshold, "officer has", "officers have") +
                   " to agree after the next change of keys.");
}

Ran run_known(Session& session, const std::string& text, const std::string& name) {
  auto standing = standing_of(session);
  if (!standing) return fail(standing.error());
  const auto key = key_of(text);
  if (!key) return fail(key.error());
  if (!name.empty() && !is_officer_text(name)) {
    return fail(usage("--name is one line", "such as --name \"Ann Lee\""));
  }
  Officers& officers = standing->officers;
  if (std::ranges::find(standing->today().next_digests, log::reserve_digest(*key)) ==
      standing->today().next_digests.end()) {
    return fail(Error{.code = "refused",
                      .message = "this key is none of those that decide today",
                      .hint = "for one that is to decide from the next change on: `moot officers "
                              "add NAME --key mootpub1…`",
                      .problems = {}});
  }
  if (officers.find(*key) == nullptr) {
    officers.known.push_back(
        {.name = name, .key = *key, .role = {}, .until = {}, .note = {}, .last_drill = {}});
  }
  return saved(session, *standing, "The key is known now.");
}

void add_add(Registry& registry, CLI::App& group) {
  const auto options = std::make_shared<AddOptions>();
  CLI::App& app = registry.add_below(
      group, "add",
      "Notes that somebody is to decide after the next change of keys. With a key that is named "
      "already it\n"
      "changes the name, role and term that are noted for it.",
      "  moot officers add \"Ann Lee\" --key mootpub1… --role treasurer --until 2027-03-31",
      [options](Session& session) { return run_add(session, *options); });
  app.add_option("name", options->name, "The officer's name")->required()->type_name("NAME");
  app.add_option("--key", options->key, "The public half of the officer's key")
      ->required()
      ->type_name("KEY");
  app.add_option("--role", options->role, "Such as treasurer")->type_name("ROLE");
  app.add_option("--until", options->until, "When the term ends: 2027-03-31")->type_name("DATE");
  app.add_option("--note", options->note, "Where the key is kept, say")->type_name("TEXT");
}

}  // namespace

void add_officers(Registry& registry) {
  CLI::App& group = registry.add_group(
      "officers",
      "Who holds an officer's key, and how many of them must agree. This is noted on this node "
      "only, for the\n"
      "next change of keys: `moot keys rotate` puts it to those who decide today.",
      "  moot officers list\n"
      "  moot officers add \"Ann Lee\" --key mootpub1…\n"
      "  moot officers threshold 2");
  registry.add_below(group, "list",
                     "Shows who decides today, who is to decide after the next change of keys, and "
                     "what to do next.",
                     "  moot officers list", run_list);
  add_add(registry, group);

  const auto name = std::make_shared<std::string>();
  registry
      .add_below(group, "remove",
                 "Notes that somebody is not to decide after the next change of keys. Until then "
                 "the key still counts.",
                 "  moot officers remove \"Ann Lee\"",
                 [name](Session& session) { return run_remove(session, *name); })
      .add_option("name", *name, "The officer's name")
      ->required()
      ->type_name("NAME");

  const auto threshold = std::make_shared<std::uint32_t>();
  registry
      .add_below(group, "threshold",
                 "Notes how many officers must agree after the next change of keys.",
                 "  moot officers threshold 2",
                 [threshold](Session& session) { return run_threshold(session, *threshold); })
      .add_option("count", *threshold, "How many must agree")
      ->required()
      ->type_name("K");

  const auto key = std::make_shared<std::string>();
  const auto holder = std::make_shared<std::string>();
  CLI::App& known = registry.add_below(
      group, "known",
      "Tells this node the public half of a key that decides today: a change of keys needs as many "
      "of them as\n"
      "must sign.",
      "  moot officers known mootpub1… --name \"Ann Lee\"",
      [key, holder](Session& session) { return run_known(session, *key, *holder); });
  known.add_option("key", *key, "The public half")->required()->type_name("KEY");
  known.add_option("--name", *holder, "Whose it is")->type_name("NAME");
}

}  // namespace moot::command

#include <memory>
#include <ostream>

#include "command/answers.hpp"
#include "command/json_text.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"

namespace moot::command {
namespace {

struct LogOptions {
  std::string organisation;
  std::uint64_t from = 0;
  std::uint64_t limit = 0;
  bool checkpoint = false;
};

Ran run_checkpoint(Session& session, const LogOptions& options) {
  const auto json =
      read_anywhere(session, question(control::What::checkpoint, options.organisation));
  if (!json) return fail(json.error());
  if (session.globals.json) {
    print_json(session.out, *json);
    return ExitCode::done;
  }
  const auto document = parse_json(*json);
  // The note's bytes as they are: it is read by other programs, and a changed byte breaks the
  // signature.
  session.out << text_at(document.value_or(Json()), "note");
  return ExitCode::done;
}

Ran run_log(Session& session, const LogOptions& options) {
  if (options.checkpoint) return run_checkpoint(session, options);
  control::QueryRequest query = question(control::What::log, options.organisation);
  query.from = options.from;
  query.limit = options.limit;
  const auto lines = read_anywhere(session, query);
  if (!lines) return fail(lines.error());
  if (session.globals.json) {
    print_json(session.out, *lines);
  } else {
    print_log(session.out, *lines);
  }
  return ExitCode::done;
}

/// Puts in what this home calls the witnesses. An answer is shown without when that is not known.
std::string with_names(const Session& session, const std::string& json) {
  auto document = parse_json(json);
  if (!document || !document->contains("witnesses")) return json;
  const auto store =
      store::Store::open(session.paths().store, {.read_only = true, .create = false});
  if (!store) return json;
  for (const store::Follow& follow : (*store)->follows()) {
    for (Json& witness : (*document)["witnesses"]) {
      const bool is_it = text_at(witness, "organisation") == log::to_text(follow.organisation);
      if (is_it && !follow.name.empty()) witness["name"] = follow.name;
    }
  }
  return json_text(*document);
}

struct ShowOptions {
  std::string record;
  std::string organisation;
  bool history = false;
};

Ran run_show(Session& session, const ShowOptions& options) {
  control::QueryRequest query = question(control::What::show, options.organisation, options.record);
  query.history = options.history;
  const auto json = read_anywhere(session, query);
  if (!json) return fail(json.error());
  if (session.globals.json) {
    print_json(session.out, *json);
  } else {
    print_record(session.out, with_names(session, *json));
  }
  return ExitCode::done;
}

}  // namespace

void add_log(Registry& registry) {
  const auto options = std::make_shared<LogOptions>();
  CLI::App& app = registry.add(
      "log",
      "Lists the entries of a log, the node's own unless another is named, in their order. With\n"
      "--checkpoint prints the newest signed statement of the whole log instead, exactly as it "
      "was\n"
      "signed, for other programs to check. Works whether or not the node runs.",
      "  moot log --from 100 --limit 20\n  moot log hall --checkpoint > hall.checkpoint",
      [options](Session& session) { return run_log(session, *options); });
  app.add_option("organisation", options->organisation, "An id or a name; this node's own")
      ->type_name("ORG");
  CLI::Option* from =
      app.add_option("--from", options->from, "The first entry to list")->type_name("ENTRY");
  CLI::Option* limit = app.add_option("--limit", options->limit, "At most so many (default: 1000)")
                           ->check(CLI::PositiveNumber)
                           ->type_name("COUNT");
  app.add_flag("--checkpoint", options->checkpoint, "Print the newest signed statement")
      ->excludes(from)
      ->excludes(limit);
}

void add_show(Registry& registry) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App& app = registry.add("show",
                               "Shows a record: its newest version, who published it and when, or "
                               "with --history every version,\n"
                               "newest first. Works whether or not the node runs.",
                               "  moot show 3b0f7e0c-6a2f-5c1e-9f0d-2f6c1c4a9d11\n"
                               "  moot show 3b0f7e0c-6a2f-5c1e-9f0d-2f6c1c4a9d11 --history --json",
                               [options](Session& session) { return run_show(session, *options); });
  app.add_option("record", options->record, "The record's id")->required()->type_name("RECORD");
  app.add_option("--organisation", options->organisation,
                 "Whose, by id or name; any that this node holds")
      ->type_name("ORG");
  app.add_flag("--history", options->history, "All versions");
}

}  // namespace moot::command

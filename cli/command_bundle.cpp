#include <algorithm>
#include <memory>
#include <ostream>

#include "command/bundle_file.hpp"
#include "command/json_text.hpp"
#include "command/progress.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/report_error.hpp"
#include "command/take_log.hpp"
#include "config/home_lock.hpp"

namespace moot::command {
namespace {

constexpr unsigned bundle_file_mode = 0644;           // made to be handed on
constexpr unsigned personal_bundle_file_mode = 0600;  // holds what is for few

struct WriteOptions {
  std::vector<std::string> organisations;
  std::string output;
  std::uint64_t from = 0;
  bool with_personal = false;
};

Error cannot_bundle(log::BundleFault fault, const NewFile& file) {
  switch (fault) {
    case log::BundleFault::nothing_held:
      return {.code = "not-found",
              .message = "one of these logs is not held whole, or has no entries from there on",
              .hint = "`moot sync --wait` fetches what is missing",
              .problems = {}};
    case log::BundleFault::unreadable:
      return {.code = "failed",
              .message = "what is held of one of these logs cannot be read",
              .hint = "`moot audit` tells what is wrong with it",
              .problems = {}};
    case log::BundleFault::not_written:
      break;
  }
  return file.error();
}

Result<std::vector<log::OrganisationId>, Error> organisations_of(
    const store::Store& store, const std::vector<std::string>& words) {
  std::vector<log::OrganisationId> out;
  for (const std::string& word : words.empty() ? std::vector<std::string>{""} : words) {
    const auto organisation = find_organisation(store, word);
    if (!organisation) return fail(organisation.error());
    out.push_back(*organisation);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Ran run_write(Session& session, const WriteOptions& options) {
  const auto store = open_store(session.paths());
  if (!store) return fail(store.error());
  const auto organisations = organisations_of(**store, options.organisations);
  if (!organisations) return fail(organisations.error());
  auto file = NewFile::create(options.output,
                              options.with_personal ? personal_bundle_file_mode : bundle_file_mode);
  if (!file) return fail(file.error());
  std::uint64_t total = 0;
  std::uint64_t done = 0;
  for (const auto& organisation : *organisations) total += (*store)->state(organisation)->held;
  Progress progress(session);
  const auto written = log::write_bundle(
      **store, *organisations, {.from = options.from, .with_personal = options.with_personal},
      [&](ByteView bytes) { return file->write(bytes); },
      [&](std::uint64_t entries) { progress.count("Written", done += entries, total); });
  progress.clear();
  if (!written) return fail(cannot_bundle(written.error(), *file));
  if (const auto committed = file->commit(); !committed) return fail(committed.error());
  if (session.globals.json) {
    Json document = {{"file", options.output},
                     {"logs", written->logs},
                     {"entries", written->entries},
                     {"bytes", written->bytes}};
    session.out << json_text(document) << '\n';
    return ExitCode::done;
  }
  session.out << counted(written->entries, "entry", "entries") << " of "
              << counted(written->logs, "log", "logs") << " are in " << printable(options.output)
              << " (" << size_text(written->bytes) << ").\n";
  if (options.with_personal) {
    session.out << "It holds personal parts: give it only to whom they are meant for.\n";
  }
  session.hint("anyone can check it: `moot audit " + options.output + " --expect moot1…`");
  return ExitCode::done;
}

Ran run_show(Session& session, const std::string& path) {
  const auto bundle = open_bundle(path);
  if (!bundle) return fail(bundle.error());
  Json logs = Json::array();
  Table table({"Organisation", "From entry", "Entries", "Keys changed", "Evidence"});
  for (const log::OrganisationId& organisation : (*bundle)->organisations()) {
    const auto first = (*bundle)->first_entry(organisation);
    const auto size = (*bundle)->state(organisation)->held;
    const auto changes = (*bundle)->identity(organisation)->events().size() - 1;
    const auto evidence = (*bundle)->evidence(organisation).size();
    logs.push_back({{"organisation", log::to_text(organisation)},
                    {"first", first},
                    {"size", size},
                    {"note", (*bundle)->state(organisation)->head->note},
                    {"events", changes + 1},
                    {"evidence", evidence}});
    table.add({log::to_text(organisation), number_text(first), number_text(size - first),
               changes == 0 ? "never" : counted(changes, "time", "times"),
               evidence == 0 ? "none" : number_text(evidence)});
  }
  if (session.globals.json) {
    session.out << json_text({{"file", path}, {"logs", std::move(logs)}}) << '\n';
    return ExitCode::done;
  }
  table.print(session.out);
  session.hint("this is what it says of itself: `moot audit " + path + "` checks it");
  return ExitCode::done;
}

struct ReadOptions {
  std::string file;
  bool any = false;
};

bool is_wanted(const store::Store& store, const log::OrganisationId& organisation) {
  if (store.own_organisation() == organisation) return true;
  const auto follows = store.follows();
  return std::any_of(follows.begin(), follows.end(), [&](const store::Follow& follow) {
    return follow.organisation == organisation;
  });
}

std::string words_of(const TakenLog& taken) {
  std::string out;
  if (taken.evidence > 0) {
    out +=
        "PROOF was found that this log was signed in two ways that cannot both be true. It is "
        "kept here. ";
  }
  if (taken.is_frozen) {
    return out +
           "Nothing more is taken from this log until its officers have said which history stands.";
  }
  if (taken.is_left_behind) {
    return out + "it is an older history that the officers have left behind; it adds nothing.";
  }
  if (taken.is_rewound) {
    out +=
        "the officers stand by another history than the one that was here, which was set aside "
        "and is kept; ";
  }
  if (taken.added == 0)
    out += taken.bodies > 0 ? "missing texts were filled in; " : "nothing new; ";
  if (taken.added > 0) out += counted(taken.added, "entry was", "entries were") + " added; ";
  return out + counted(taken.held, "is", "are") + " here now.";
}

Json json_of(const TakenLog& taken) {
  return {{"organisation", log::to_text(taken.organisation)},
          {"added", taken.added},
          {"size", taken.held},
          {"rewound", taken.is_rewound},
          {"left_behind", taken.is_left_behind},
          {"evidence", taken.evidence},
          {"frozen", taken.is_frozen}};
}

/// Takes one log; answers its JSON.
Result<Json, Error> read_log(Session& session, store::Store& store, const log::BundleReader& bundle,
                             const log::OrganisationId& organisation, const ReadOptions& options,
                             ExitCode& code) {
  const std::string id = log::to_text(organisation);
  if (!options.any && !is_wanted(store, organisation)) {
    if (!session.globals.json) {
      session.out << short_id(id)
                  << ": left out, it is not followed here (`--any` takes it too).\n";
    }
    return Json{{"organisation", id}, {"skipped", "not-followed"}};
  }
  Progress progress(session);
  TakeOptions take;
  take.progress = [&](std::uint64_t done, std::uint64_t total) {
    progress.count("Taken", done, total);
  };
  const auto taken = take_log(store, bundle, organisation, bundle.first_entry(organisation), take);
  progress.clear();
  if (!taken) return fail(taken.error());
  if (taken->evidence > 0 || taken->is_frozen) code = ExitCode::verification_failed;
  if (!session.globals.json) session.out << short_id(id) << ": " << words_of(*taken) << '\n';
  return json_of(*taken);
}

Ran run_read(Session& session, const ReadOptions& options) {
  const auto bundle = open_bundle(options.file);
  if (!bundle) return fail(bundle.error());
  const config::Paths paths = session.paths();
  if (const auto there = open_store(paths); !there) return fail(there.error());
  const auto lock = config::HomeLock::take(paths.lock);
  if (!lock) {
    Error error = lock.error();
    error.hint = "stop the node, read the bundle, and start it again";
    return fail(std::move(error));
  }
  const auto store = store::Store::open(paths.store, {});
  if (!store) {
    return fail(Error{
        .code = "failed",
        .message = "the store cannot be opened: " + std::string(store::describe(store.error())),
        .hint = "run it as the user that the home belongs to",
        .problems = {}});
  }
  ExitCode code = ExitCode::done;
  Json logs = Json::array();
  for (const log::OrganisationId& organisation : (*bundle)->organisations()) {
    auto log = read_log(session, **store, **bundle, organisation, options, code);
    if (log) {
      logs.push_back(std::move(*log));
      continue;
    }
    report_error(session.err, log.error(), session.globals.json);
    const ExitCode of_error = exit_code_of(log.error().code);
    if (code != ExitCode::verification_failed) code = of_error;
  }
  if (session.globals.json) session.out << json_text({{"logs", std::move(logs)}}) << '\n';
  return code;
}

void add_write(Registry& registry, CLI::App& group) {
  const auto options = std::make_shared<WriteOptions>();
  CLI::App& app = registry.add_below(
      group, "write",
      "Writes logs, the node's own unless others are named, into one file: to carry them where no\n"
      "network reaches, to hand them to an auditor, or to keep them. Personal parts are left out\n"
      "unless they are asked for. Works whether or not the node runs.",
      "  moot bundle write --output hall.moot\n  moot bundle write hall cvs -o both.moot",
      [options](Session& session) { return run_write(session, *options); });
  app.add_option("organisations", options->organisations, "Ids or names; this node's own")
      ->type_name("ORG");
  app.add_option("-o,--output", options->output, "The new file")->required()->type_name("FILE");
  app.add_option("--from", options->from,
                 "Only entries from here on, for a reader who has those before")
      ->type_name("ENTRY");
  app.add_flag("--with-personal", options->with_personal,
               "Personal parts too, as far as they are held");
}

}  // namespace

void add_bundle(Registry& registry) {
  CLI::App& group = registry.add_group(
      "bundle", "Logs in a file: written, looked into, and read into a node.",
      "  moot bundle write hall --output hall.moot\n  moot bundle read hall.moot");
  add_write(registry, group);
  const auto shown = std::make_shared<std::string>();
  registry
      .add_below(group, "show", "Lists what a bundle says that it holds, without checking it.",
                 "  moot bundle show hall.moot",
                 [shown](Session& session) { return run_show(session, *shown); })
      .add_option("file", *shown, "The bundle")
      ->required()
      ->type_name("FILE");
  const auto options = std::make_shared<ReadOptions>();
  CLI::App& read = registry.add_below(
      group, "read",
      "Takes the logs in a bundle into this node, as if a peer had sent them: everything is "
      "verified\n"
      "before it is stored, an older copy adds nothing, what was removed since stays removed. "
      "Only\n"
      "logs that are followed here. The node must not run meanwhile. The exit code is 3 when the\n"
      "bundle is false, or shows that a log was signed in two ways.",
      "  moot bundle read hall.moot",
      [options](Session& session) { return run_read(session, *options); });
  read.add_option("file", options->file, "The bundle")->required()->type_name("FILE");
  read.add_flag("--any", options->any, "Logs that are not followed here, too");
}

}  // namespace moot::command

#include <memory>
#include <ostream>

#include "command/bundle_file.hpp"
#include "command/json_text.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/restored_home.hpp"

namespace moot::command {
namespace {

constexpr std::uint32_t timeout_s_default = 600;

struct RestoreOptions {
  std::string source;
  std::string from;
  std::string organisation;
  std::string name;
  std::uint32_t timeout_s = timeout_s_default;
};

Error usage(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Result<log::OrganisationId, Error> id_of(const std::string& text, const std::string& what) {
  const auto id = log::parse_organisation_id(text);
  if (id) return *id;
  return fail(usage(what + ": " + std::string(log::describe(id.error())),
                    "name a backup's folder, a bundle, or an organisation's id with --from"));
}

Result<RestoreSources, Error> sources_of(const RestoreOptions& options) {
  RestoreSources out;
  out.name = options.name;
  out.timeout_s = options.timeout_s;
  std::error_code error;
  if (std::filesystem::is_directory(options.source, error)) {
    out.backup = options.source;
  } else if (is_bundle_file(options.source)) {
    out.bundle = options.source;
  } else if (std::filesystem::exists(options.source, error)) {
    return fail(usage(options.source + " is neither a backup's folder nor a bundle",
                      "`moot backup` and `moot bundle write` make them"));
  } else {
    const auto id = id_of(options.source, "`" + options.source + "`");
    if (!id) return fail(id.error());
    out.organisation = *id;
    if (options.from.empty()) {
      return fail(usage("with an organisation's id it must be said who carries its log",
                        "--from moot://PEER@HOST:PORT, the address of any node that follows it"));
    }
  }
  if (!options.organisation.empty()) {
    const auto id = id_of(options.organisation, "--organisation");
    if (!id) return fail(id.error());
    out.organisation = *id;
  }
  if (options.from.empty()) return out;
  const auto peer = log::parse_address(options.from);
  if (!peer) {
    return fail(
        usage("--from: " + std::string(log::describe(peer.error())),
              "an address is moot://ORG@HOST:PORT; `moot status` at the peer shows its own"));
  }
  out.peer = *peer;
  return out;
}

void print(const Session& session, const RestoredHome& made, const RestoreSources& sources,
           const config::Paths& paths) {
  std::ostream& out = session.out;
  const std::string home = printable(paths.home.string());
  out << "The log of " << log::to_text(made.organisation)
      << " is here again: " << counted(made.entries, "entry", "entries");
  if (made.time_ms > 0) out << ", the newest of " << time_text(made.time_ms);
  out << ".\n";
  if (made.is_without_personal) {
    out << "Personal parts did not come along: they are given to few, and to no stranger.\n";
  }
  if (made.queue_dropped > 0) {
    out << "Dropped: " << counted(made.queue_dropped, "publish", "publishes")
        << " that waited when the backup was made, and may be public since. Publish again what is\n"
           "missing.\n";
  }
  if (!sources.peer) {
    out << "What was published after that, and is held by others, would be set aside. To keep it,\n"
           "throw this home away and restore again with --from and the address of a peer.\n";
  }
  out << "\nThis home cannot run yet. The key that signed the log is in no backup, on purpose: "
         "two\n"
         "nodes with one key would tell two histories. The officers now give it a new one:\n\n"
         "  moot keys rotate --after-restore --home "
      << home
      << "   makes a request file\n"
         "  moot keys sign FILE                   on each officer's own machine\n"
         "  moot keys apply FILE --home "
      << home
      << "   then the node can start\n\n"
         "Make sure that the old node never runs again.\n";
}

Ran run_restore(Session& session, const RestoreOptions& options) {
  const auto sources = sources_of(options);
  if (!sources) return fail(sources.error());
  const config::Paths paths = session.paths();
  const auto made = make_restored_home(session, paths, *sources);
  if (!made) return fail(made.error());
  if (session.globals.json) {
    Json from = Json::array();
    if (sources->backup) from.push_back("backup");
    if (sources->bundle) from.push_back("bundle");
    if (sources->peer) from.push_back("peer");
    session.out << json_text({{"organisation", log::to_text(made->organisation)},
                              {"home", paths.home.string()},
                              {"from", std::move(from)},
                              {"entries", made->entries},
                              {"personal_parts", !made->is_without_personal},
                              {"queue_dropped", made->queue_dropped},
                              {"next", "moot keys rotate --after-restore"}})
                << '\n';
  } else {
    print(session, *made, *sources, paths);
  }
  return ExitCode::done;
}

}  // namespace

void add_restore(Registry& registry) {
  const auto options = std::make_shared<RestoreOptions>();
  CLI::App& app = registry.add(
      "restore",
      "Makes a new home for an organisation whose node was lost: from a backup, from a bundle, or\n"
      "from peers that carry its log, and with --from from a backup and what a peer has beyond "
      "it.\n"
      "Everything is verified. The new home has no key to sign with until the officers give it "
      "one.",
      "  moot restore /media/usb/hall-2027-01-15 --home /srv/hall --from moot://moot1…@peer:7117\n"
      "  moot restore hall.moot --home /srv/hall\n"
      "  moot restore moot1… --from moot://moot1…@peer.example:7117 --home /srv/hall",
      [options](Session& session) { return run_restore(session, *options); });
  app.add_option("source", options->source, "A backup's folder, a bundle, or the organisation's id")
      ->required()
      ->type_name("FOLDER|BUNDLE|ORG");
  app.add_option("--from", options->from, "A node that carries the log")->type_name("ADDRESS");
  app.add_option("--organisation", options->organisation,
                 "Whose home it is, of a bundle with several logs")
      ->type_name("ORG");
  app.add_option("--name", options->name,
                 "What the organisation calls itself, where no settings came along")
      ->type_name("NAME");
  app.add_option("--timeout", options->timeout_s, "How long a peer may take, in seconds")
      ->check(CLI::Range(1U, 1'000'000U))
      ->type_name("SECONDS")
      ->capture_default_str();
}

}  // namespace moot::command

#include <memory>

#include "command/answers.hpp"
#include "command/client.hpp"
#include "command/progress.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"

namespace moot::command {
namespace {

constexpr unsigned sync_seconds_default = 60;
constexpr unsigned sync_seconds_max = 7 * 24 * 3600;  // a week fits 32 bits of milliseconds

struct SyncOptions {
  std::string organisation;
  bool wait = false;
  unsigned timeout_s = sync_seconds_default;
};

Ran run_query(Session& session, control::What what,
              void (*print)(std::ostream&, std::string_view)) {
  const auto answer = ask_node(session, question(what), answer_patience);
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print(session.out, answer->json);
  }
  return ExitCode::done;
}

Ran run_sync(Session& session, const SyncOptions& options) {
  const control::SyncRequest request{.organisation = options.organisation,
                                     .wait = options.wait,
                                     .timeout_ms = options.wait ? options.timeout_s * 1000 : 0};
  Progress progress(session);
  if (options.wait) progress.say("Waiting for the logs to be fetched…");
  const auto answer =
      ask_node(session, request, answer_patience + std::chrono::milliseconds(request.timeout_ms));
  progress.clear();
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print_sync(session.out, answer->json);
  }
  if (!answer->incomplete) return ExitCode::done;
  session.hint("not all arrived in time: `moot peers` tells who is connected");
  return ExitCode::incomplete;
}

}  // namespace

void add_status(Registry& registry) {
  registry.add("status",
               "Shows how this node stands: its organisation and address, how many entries its log "
               "has, who\n"
               "is connected, and how far each followed log has been fetched.",
               "  moot status\n  moot status --json", [](Session& session) {
                 return run_query(session, control::What::status, print_status);
               });
}

void add_peers(Registry& registry) {
  registry.add("peers", "Lists the nodes that this one is or was connected to.",
               "  moot peers\n  moot peers --json", [](Session& session) {
                 return run_query(session, control::What::peers, print_peers);
               });
}

void add_sync(Registry& registry) {
  const auto options = std::make_shared<SyncOptions>();
  CLI::App& app = registry.add("sync",
                               "Asks the connected peers at once for what is new in one followed "
                               "log, or in all. A node does so\n"
                               "by itself too; with --wait a script learns when everything that "
                               "the peers have is here. When it\n"
                               "is not here in time the exit code is 6.",
                               "  moot sync hall --wait --timeout 30",
                               [options](Session& session) { return run_sync(session, *options); });
  app.add_option("organisation", options->organisation, "An id or a name; all that are followed")
      ->type_name("ORG");
  app.add_flag("--wait", options->wait, "Return when it is all here");
  app.add_option("--timeout", options->timeout_s, "How many seconds to wait at most")
      ->check(CLI::Range(1U, sync_seconds_max))
      ->type_name("SECONDS")
      ->capture_default_str();
}

}  // namespace moot::command

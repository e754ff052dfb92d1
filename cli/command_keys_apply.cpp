#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>

#include "base/limits.hpp"
#include "command/change_words.hpp"
#include "command/client.hpp"
#include "command/keys_commands.hpp"
#include "command/officers.hpp"
#include "command/own_identity.hpp"
#include "command/read.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"
#include "config/home_lock.hpp"
#include "crypto/encoding.hpp"
#include "crypto/next_keys.hpp"
#include "log/checkpoint.hpp"

namespace moot::command {
namespace {

Error refused(std::string message, std::string hint) {
  return {
      .code = "refused", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}
Error failed(std::string message, std::string hint) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

/// The keys that were made for this request, on this machine, when it is still as it was made.
Result<crypto::NextKeys, Error> keys_for(const log::EstablishRequest& request,
                                         const config::Paths& paths) {
  const log::Establish& event = request.event;
  auto keys = crypto::read_next_keys(paths.keys);
  if (!keys) {
    return fail(refused("the keys that belong to this request are not in " +
                            (paths.keys / "next").string() + ": " +
                            std::string(crypto::describe(keys.error())),
                        "apply it on the machine where `moot keys rotate` was run"));
  }
  if (event.log_key != keys->log.public_key().bytes() ||
      std::ranges::find(event.node_keys, keys->node.public_key().bytes()) ==
          event.node_keys.end()) {
    return fail(
        refused("the request is about other keys than those in " + (paths.keys / "next").string(),
                "was `moot keys rotate` run again since? Sign the newest request"));
  }
  const auto plan = crypto::read_next_plan(paths.keys);
  if (!plan) {
    return fail(refused("what was asked of the officers is not noted in " +
                            (paths.keys / "next" / "plan").string() + ": " +
                            std::string(crypto::describe(plan.error())),
                        "`moot keys cancel`, and `moot keys rotate` again"));
  }
  if (const auto checked = log::check_plan(request, *plan); !checked) {
    return fail(checked.error());
  }
  return std::move(*keys);
}

/// The node notes in its store when a peer has shown it entries of its own log that it lacks: as
/// `restored`, log key, peer, size, time. A note about an older key says nothing any more.
Result<Done, Error> expect_whole_log(const store::Store& store, const log::Establish& newest,
                                     log::TreeSize held) {
  std::istringstream words(store.value("restored").value_or(""));
  std::string state, key, peer;
  log::TreeSize size = 0;
  words >> state >> key >> peer >> size;
  if (!words || state != "restored" || key != crypto::to_hex(newest.log_key) || held >= size) {
    return Done{};
  }
  return fail(
      refused("the keys were not changed, because this home lacks entries of its own log: "
              "it has " +
                  number_text(held) + ", and " + printable(peer) + " holds " + number_text(size),
              "start the node and wait until `moot status` shows all of them, then apply "
              "again. If they cannot be had any more: --even-so gives them up"));
}

Error not_finished(const config::Paths& paths, crypto::Fault fault) {
  return failed("the change is in force, but the new keys could not take the place of the old in " +
                    paths.keys.string() + ": " + std::string(crypto::describe(fault)),
                "make room or put the rights right, then start the node: it does the rest");
}

Error store_error(store::Fault fault) {
  const std::string what = "the keys were not changed: " + std::string(store::describe(fault));
  if (fault == store::Fault::disk_full) {
    return {.code = "disk-full",
            .message = what,
            .hint = "make room on the disk, then try again",
            .problems = {}};
  }
  if (fault == store::Fault::contradiction) {
    return refused(what,
                   "the entries that the officers stand by are not those of this log; make a "
                   "new request with `moot keys rotate`");
  }
  return failed(what, "see the system's log for errors of the disk");
}

Json answer_of(const log::EstablishRequest& request, const store::Outcome& outcome,
               bool republished) {
  Json document = {{"organisation", log::to_text(request.event.organisation)},
                   {"seq", request.event.seq},
                   {"entry", outcome.first},
                   {"republished", republished}};
  if (outcome.checkpoint) {
    document["checkpoint"] = {{"size", outcome.checkpoint->head.size},
                              {"root", crypto::to_base64(outcome.checkpoint->head.root)}};
  }
  return document;
}

/// On the store itself, as no node runs.
Result<std::string, Error> apply_here(const config::Paths& paths,
                                      const std::vector<std::string>& texts, bool even_so) {
  const auto lock = config::HomeLock::take(paths.lock);
  if (!lock) return fail(lock.error());
  auto store = store::Store::open(paths.store, {.read_only = false, .create = false});
  if (!store) return fail(store_error(store.error()));
  const auto own = (*store)->own_organisation();
  const auto identity = own ? (*store)->identity(*own) : std::nullopt;
  const auto state = own ? (*store)->state(*own) : std::nullopt;
  if (!identity || !state) return fail(failed("the store holds no keys", "`moot audit` says more"));
  // What an earlier try left half done.
  const auto before = crypto::finish_key_change(paths.keys, identity->newest().establish.log_key);
  if (!before) return fail(not_finished(paths, before.error()));
  const auto request = log::unite_and_check(texts, *identity, state->held);
  if (!request) return fail(request.error());
  const auto keys = keys_for(*request, paths);
  if (!keys) return fail(keys.error());
  const auto whole = expect_whole_log(**store, identity->newest().establish, state->held);
  if (!whole && !even_so) return fail(whole.error());

  const bool republish = request->purpose != log::Purpose::theft;
  const store::Job job = store::AppendEstablish{
      .leaf = log::to_leaf(*request),
      .rival_leaf = request->rival_leaf,
      .republish = republish,
      .republish_from = request->log_size,
      .time_ms = unix_now_ms(),
      .sign = [&](const log::Head& head) { return log::sign_checkpoint(*own, head, keys->log); }};
  const auto results = (*store)->apply({&job, 1});
  if (!results.front()) return fail(store_error(results.front().error()));
  const auto settled = crypto::settle_key_change(paths.keys, *keys);
  if (!settled) return fail(not_finished(paths, settled.error()));
  return json_text(answer_of(*request, *results.front(),
                             republish && request->log_size < results.front()->first));
}

/// Through the node when one runs.
Result<std::string, Error> apply(const Session& session, const std::vector<std::string>& texts,
                                 bool even_so) {
  const config::Paths paths = session.paths();
  auto client = Client::connect(paths.home, paths.control_socket);
  if (!client) {
    switch (client.error().why) {
      case Unreachable::absent:
      case Unreachable::refused:
        return apply_here(paths, texts, even_so);
      case Unreachable::denied:
      case Unreachable::failed:
        return fail(client.error().error);
    }
  }
  auto response = client->ask(control::ApplyRequest{.files = texts}, publish_patience);
  if (!response) return fail(response.error());
  return std::move(response->json);
}

/// The request of this change is of no more use.
void forget_request(const config::Paths& paths) {
  auto officers = load_officers(paths);
  if (!officers || officers->request.empty()) return;
  officers->request.clear();
  (void)save_officers(paths, *officers);  // what is left there is shown only while a change is open
}

Ran run_apply(Session& session, const std::vector<std::string>& files, bool even_so) {
  std::vector<std::string> texts;
  for (const std::string& file : files) {
    auto text = read_text_file(file, limits::establish_request_bytes_max);
    if (!text) return fail(text.error());
    texts.push_back(std::move(*text));
  }
  const auto request = log::unite(texts);
  if (!request) return fail(request.error());
  const auto answer = apply(session, texts, even_so);
  if (!answer) return fail(answer.error());
  forget_request(session.paths());
  if (session.globals.json) {
    session.out << *answer << '\n';
    return ExitCode::done;
  }
  const Json document = parse_json(*answer).value_or(Json::object());
  session.out << "The change of keys is in force, as entry " << text_at(document, "entry")
              << ". From now on any " << static_cast<unsigned>(request->event.threshold_next)
              << " of " << request->event.next_digests.size()
              << (request->event.next_digests.size() == 1 ? " officer decides" : " officers decide")
              << ".\nThe node publishes with its new key; the old one is gone.\n";
  session.hint(
      "`moot officers list` shows who decides; old key files and sheets of those who no "
      "longer do can be destroyed");
  return ExitCode::done;
}

}  // namespace

void add_keys_apply(Registry& registry, CLI::App& group) {
  const auto files = std::make_shared<std::vector<std::string>>();
  const auto even_so = std::make_shared<bool>(false);
  CLI::App& app = registry.add_below(
      group, "apply",
      "Puts a change of keys in force once enough officers have signed its request. Copies that "
      "were signed\n"
      "apart may be given together. Works whether or not the node runs.",
      "  moot keys apply change-of-keys-1.txt\n  moot keys apply from-ann.txt from-bea.txt",
      [files, even_so](Session& session) { return run_apply(session, *files, *even_so); });
  app.add_option("files", *files, "The request, or copies of it")
      ->required()
      ->type_name("FILE")
      ->expected(1, static_cast<int>(limits::reserve_keys_max));
  app.add_flag("--even-so", *even_so,
               "While no node runs: apply though a peer holds entries of our log that this home "
               "lacks");
}

}  // namespace moot::command

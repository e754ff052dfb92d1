#include "command/read.hpp"

#include "base/limits.hpp"
#include "command/client.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"
#include "query/query.hpp"

namespace moot::command {
namespace {

Result<std::string, Error> read_store(const store::Store& store,
                                      const control::QueryRequest& query) {
  log::OrganisationId organisation;
  const log::OrganisationId* any_or_one = nullptr;
  const bool means_own_by_default =
      query.what == control::What::log || query.what == control::What::checkpoint;
  if (means_own_by_default || !query.organisation.empty()) {
    const auto found = find_organisation(store, query.organisation);
    if (!found) return fail(found.error());
    organisation = *found;
    any_or_one = &organisation;
  }
  switch (query.what) {
    case control::What::log:
      return query::log_lines(store, organisation, query.from, query.limit);
    case control::What::checkpoint:
      return query::checkpoint(store, organisation);
    case control::What::show:
      return query::show(store, any_or_one, query.record, query.history);
    case control::What::proof:
      return query::proof(store, any_or_one, query.record);
    case control::What::status:
    case control::What::peers:
    case control::What::orgs:
    case control::What::erased:
      break;  // only the running node knows
  }
  return fail(Error{.code = "not-reachable",
                    .message = "only a running node can answer this",
                    .hint = "start it with `mootd`",
                    .problems = {}});
}

}  // namespace

control::QueryRequest question(control::What what, std::string organisation, std::string record) {
  control::QueryRequest query;
  query.what = what;
  query.organisation = std::move(organisation);
  query.record = std::move(record);
  return query;
}

Result<control::Answer, Error> ask_node(const Session& session, const control::Request& request,
                                        std::chrono::milliseconds patience) {
  const config::Paths paths = session.paths();
  auto client = Client::connect(paths.home, paths.control_socket);
  if (!client) return fail(client.error().error);
  auto response = client->ask(request, patience);
  if (!response) return fail(response.error());
  return std::move(*response);
}

Result<std::string, Error> read_anywhere(const Session& session,
                                         const control::QueryRequest& query) {
  const config::Paths paths = session.paths();
  auto client = Client::connect(paths.home, paths.control_socket);
  if (client) {
    auto response = client->ask(query, answer_patience);
    if (!response) return fail(response.error());
    return std::move(response->json);
  }
  switch (client.error().why) {
    case Unreachable::absent:
    case Unreachable::refused:
      break;
    case Unreachable::denied:
    case Unreachable::failed:
      return fail(client.error().error);
  }
  const auto store = open_store(paths);
  if (!store) return fail(store.error());
  return read_store(**store, query);
}

Result<config::Config, Error> read_config(const Session& session) {
  const config::Paths paths = session.paths();
  auto text = read_text_file(paths.config, limits::MiB);
  if (!text) {
    Error error = std::move(text.error());
    if (error.code == "not-found") {
      error.hint = "make a node with `moot init NAME`, or name its folder with --home";
    }
    return fail(std::move(error));
  }
  auto config = config::parse(*text, paths.config.string());
  if (config) return std::move(*config);
  return fail(Error{.code = "refused",
                    .message = counted(config.error().size(), "problem", "problems") + " in " +
                               paths.config.string(),
                    .hint = "correct the file, then run `moot config check` again",
                    .problems = std::move(config.error())});
}

Result<std::unique_ptr<store::Store>, Error> open_store(const config::Paths& paths) {
  auto store = store::Store::open(paths.store, {.read_only = true, .create = false});
  if (store) return std::move(*store);
  Error error{.code = "failed",
              .message = "the store " + paths.store.string() +
                         " cannot be read: " + std::string(store::describe(store.error())),
              .hint = {},
              .problems = {}};
  switch (store.error()) {
    case store::Fault::not_a_store:
      error = {.code = "not-found",
               .message = "there is no node's store in " + paths.home.string(),
               .hint = "name its folder with --home, or make one with `moot init NAME`",
               .problems = {}};
      break;
    case store::Fault::newer_format:
      error.hint = "it was written by a newer Moot: install that version here";
      break;
    case store::Fault::corrupt:
      error.hint = "keep this folder as it is, and let a new home fetch the log from peers";
      break;
    case store::Fault::io_error:
      error.hint =
          "may this user read the folder? Else see the system's log for errors of the disk";
      break;
    case store::Fault::disk_full:
    case store::Fault::exists_already:
    case store::Fault::not_founded:
    case store::Fault::not_contiguous:
    case store::Fault::contradiction:
    case store::Fault::unknown_log:
    case store::Fault::queue_full:
    case store::Fault::witnesses_full:
    case store::Fault::bad_job:
      break;
  }
  return fail(std::move(error));
}

Result<log::OrganisationId, Error> find_organisation(const store::Store& store,
                                                     const std::string& word) {
  if (word.empty()) {
    if (const auto own = store.own_organisation()) return *own;
    return fail(Error{.code = "not-found",
                      .message = "this store has no organisation of its own",
                      .hint = "name one: `moot orgs` lists those that it holds",
                      .problems = {}});
  }
  for (const store::Follow& follow : store.follows()) {
    if (!follow.name.empty() && follow.name == word) return follow.organisation;
  }
  const auto id = log::parse_organisation_id(word);
  if (id) {
    if (store.state(*id)) return *id;
    return fail(Error{.code = "not-found",
                      .message = "nothing is held of " + word,
                      .hint = "follow it: `moot follow " + word + "`",
                      .problems = {}});
  }
  if (id.error() == log::Fault::bad_checksum) {
    return fail(Error{.code = "usage",
                      .message = "`" + word + "` was mistyped: its check digits do not fit",
                      .hint = "copy the organisation id again, character by character",
                      .problems = {}});
  }
  return fail(Error{.code = "not-found",
                    .message = "nobody is followed under the name `" + word + "`",
                    .hint = "`moot orgs` lists the names; an organisation id begins with moot1",
                    .problems = {}});
}

}  // namespace moot::command

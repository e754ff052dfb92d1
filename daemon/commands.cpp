#include "node/commands.hpp"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "base/limits.hpp"
#include "node/errors.hpp"
#include "node/in_quotes.hpp"
#include "node/successions.hpp"
#include "node/unix_time.hpp"
#include "query/query.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

control::Answer answer_of(const Json& document) {
  return {.json = document.dump(-1, ' ', false, Json::error_handler_t::replace),
          .incomplete = false};
}

/// Any thread: the reads that only need the store. `id` is null when any organisation will do.
Result<std::string, Error> query_of(const log::LogReader& reader,
                                    const control::QueryRequest& request,
                                    const log::OrganisationId* id) {
  switch (request.what) {
    case control::What::log:
      if (id == nullptr) break;
      return query::log_lines(reader, *id, request.from, request.limit);
    case control::What::checkpoint:
      if (id == nullptr) break;
      return query::checkpoint(reader, *id);
    case control::What::show:
      return query::show(reader, id, request.record, request.history);
    case control::What::proof:
      return query::proof(reader, id, request.record);
    case control::What::status:
    case control::What::peers:
    case control::What::orgs:
    case control::What::erased:
      break;
  }
  return fail(error_of("usage", "this is no question about a log"));
}

}  // namespace

Commands::Commands(Parts parts)
    : parts_(parts),
      status_(parts.facts, parts.store, parts.driver, parts.dialler, parts.follows, parts.publisher,
              parts.keeper, parts.outside, parts.retention),
      sync_waits_(parts.loop, parts.store, parts.driver, parts.dialler, parts.follows),
      publish_waits_(parts.loop, parts.store, parts.publisher, parts.keeper, parts.follows) {}

void Commands::handle(control::Request request, Answered answered) {
  if (is_stopping_) {
    return answered(fail(error_of("stopping", "the node is stopping", "ask again when it runs")));
  }
  std::visit([&](auto& one) { handle_one(std::move(one), std::move(answered)); }, request);
}

void Commands::handle_one(control::PublishRequest request, Answered answered) {
  auto prepared = prepare_publish(std::move(request));
  if (!prepared) return answered(fail(std::move(prepared.error())));
  parts_.publisher.publish(std::move(*prepared), std::move(answered));
}

// ---- who is followed

void Commands::apply_follows() {
  parts_.driver.set_follows(parts_.follows.logs());
  parts_.dialler.set_targets(parts_.follows.dial_targets(parts_.store.peers()));
  parts_.keeper.refresh_acquaintances();
}

void Commands::handle_one(const control::FollowRequest& request, Answered answered) {
  const auto target = parse_follow_target(request.target);
  if (!target) return answered(fail(target.error()));
  const auto mode = request.head_only ? store::Mode::head : store::Mode::full;
  auto follow = parts_.follows.plan(*target, request.name, mode);
  if (!follow) return answered(fail(std::move(follow.error())));
  if (follow->since_ms == 0) follow->since_ms = unix_now_ms();
  const auto old = plan_predecessor(request.instead_of, *follow);
  if (!old) return answered(fail(old.error()));
  if (*old) {
    // Both names are free of one another in the end; the store does not mind the moment between.
    parts_.commits.submit(store::PutFollow{.follow = **old},
                          [this, follow = **old](const store::JobResult& result) {
                            if (result) parts_.follows.put(follow);
                          });
    parts_.commits.submit(store::PutValue{.name = succession_value(follow->organisation),
                                          .value = log::to_text((*old)->organisation)},
                          [](const store::JobResult& result) {
                            if (!result) spdlog::warn("value-not-noted name=succession");
                          });
  }
  auto on_durable = [this, follow = *follow,
                     answered = std::move(answered)](const store::JobResult& result) {
    if (!result) return answered(fail(error_of(result.error(), "it is not followed")));
    on_followed(follow, answered);
  };
  parts_.commits.submit(store::PutFollow{.follow = *follow}, std::move(on_durable));
}

Result<std::optional<store::Follow>, Error> Commands::plan_predecessor(
    const std::string& predecessor, store::Follow& successor) const {
  if (predecessor.empty()) return std::optional<store::Follow>();
  const auto organisation = parts_.follows.resolve(predecessor);
  if (!organisation) return fail(organisation.error());
  const store::Follow* known = parts_.follows.find(*organisation);
  if (known == nullptr || *organisation == successor.organisation) {
    return fail(error_of("refused", "\"" + predecessor + "\" is not followed here",
                         "name the organisation that was followed so far: `moot orgs`"));
  }
  store::Follow old = *known;
  constexpr std::string_view mark = " (before)";
  const bool takes_name = successor.name.empty() && !old.name.empty();
  if (takes_name && old.name.size() + mark.size() <= limits::follow_name_bytes_max) {
    successor.name = old.name;
    old.name += mark;
  }
  return std::optional<store::Follow>(std::move(old));
}

void Commands::on_followed(const store::Follow& follow, const Answered& answered) {
  if (is_stopping_) return answered(fail(error_of("stopping", "the node is stopping")));
  parts_.follows.put(follow);
  apply_follows();
  parts_.dialler.dial_now(follow.organisation);
  const std::string id = log::to_text(follow.organisation);
  spdlog::info("followed organisation={} address={}", id, in_quotes(follow.address));
  std::string_view state = sync::word_of(sync::FollowState::waiting);
  for (const sync::LogView& view : parts_.driver.replicator().logs()) {
    if (view.organisation == follow.organisation) state = sync::word_of(view.state);
  }
  answered(answer_of({{"organisation", id},
                      {"name", follow.name},
                      {"address", follow.address},
                      {"mode", follow.mode == store::Mode::head ? "head" : "full"},
                      {"state", state}}));
}

void Commands::handle_one(const control::UnfollowRequest& request, Answered answered) {
  const auto organisation = parts_.follows.resolve(request.organisation);
  if (!organisation) return answered(fail(organisation.error()));
  const store::Follow* known = parts_.follows.find(*organisation);
  if (known == nullptr) {
    return answered(fail(error_of("not-found", log::to_text(*organisation) + " is not followed",
                                  "`moot orgs` lists who is")));
  }
  auto on_durable = [this, follow = *known,
                     answered = std::move(answered)](const store::JobResult& result) {
    if (!result) return answered(fail(error_of(result.error(), "it is still followed")));
    parts_.follows.remove(follow.organisation);
    if (!is_stopping_) apply_follows();
    const std::string id = log::to_text(follow.organisation);
    spdlog::info("unfollowed organisation={}", id);
    answered(answer_of({{"organisation", id}, {"name", follow.name}, {"state", "not-followed"}}));
  };
  parts_.commits.submit(store::RemoveFollow{.organisation = *organisation}, std::move(on_durable));
}

// ---- sync

void Commands::handle_one(const control::SyncRequest& request, Answered answered) {
  std::vector<log::OrganisationId> logs;
  if (request.organisation.empty()) {
    for (const auto& [organisation, follow] : parts_.follows.all()) logs.push_back(organisation);
  } else {
    const auto organisation = parts_.follows.resolve(request.organisation);
    if (!organisation) return answered(fail(organisation.error()));
    if (parts_.follows.find(*organisation) == nullptr) {
      return answered(fail(
          error_of("not-found",
                   log::to_text(*organisation) + " is not followed, so nothing of it is fetched",
                   "follow it first: `moot follow ADDRESS`")));
    }
    logs.push_back(*organisation);
  }
  const std::int64_t timeout_ms =
      request.timeout_ms == 0 ? limits::sync_wait_ms_default : std::int64_t{request.timeout_ms};
  sync_waits_.begin(std::move(logs), std::move(answered), request.wait, timeout_ms);
}

// ---- reads

void Commands::handle_one(control::QueryRequest request, Answered answered) {
  const auto answer = [](std::string json) {
    return control::Answer{.json = std::move(json), .incomplete = false};
  };
  switch (request.what) {
    case control::What::status:
      return answered(answer(status_.status()));
    case control::What::peers:
      return answered(answer(status_.peers()));
    case control::What::orgs:
      return answered(answer(status_.organisations()));
    case control::What::erased:
      return read(
          [&store = parts_.store, follows = parts_.follows, from = request.from,
           limit = request.limit] {
            return erased_list(store, follows, from, static_cast<std::size_t>(limit));
          },
          std::move(answered));
    case control::What::log:
    case control::What::checkpoint:
    case control::What::show:
    case control::What::proof:
      return read_log(std::move(request), std::move(answered));
  }
}

void Commands::read_log(control::QueryRequest request, Answered answered) {
  std::optional<log::OrganisationId> organisation;
  if (!request.organisation.empty()) {
    const auto named = parts_.follows.resolve(request.organisation);
    if (!named) return answered(fail(named.error()));
    organisation = *named;
  } else if (request.what == control::What::log || request.what == control::What::checkpoint) {
    organisation = parts_.follows.own();
  }
  read(
      [&store = parts_.store, organisation, request = std::move(request)] {
        return query_of(store, request, organisation ? &*organisation : nullptr);
      },
      std::move(answered));
}

void Commands::read(std::function<Result<std::string, Error>()> job, Answered answered) {
  parts_.workers.post([this, job = std::move(job), answered = std::move(answered)] {
    auto result = job();
    parts_.loop.post([answered, result = std::move(result)]() mutable {
      if (!result) return answered(fail(std::move(result.error())));
      answered(control::Answer{.json = std::move(*result), .incomplete = false});
    });
  });
}

void Commands::stop() {
  is_stopping_ = true;
  *is_search_over_ = true;
  sync_waits_.stop();
  publish_waits_.stop();
}

}  // namespace moot::node

#include "node/publisher.hpp"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "base/limits.hpp"
#include "log/checkpoint.hpp"
#include "node/errors.hpp"
#include "node/queued_before.hpp"
#include "node/unix_time.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Error stopping() {
  return error_of("stopping", "the node is stopping; nothing was published",
                  "publish again when it runs");
}

}  // namespace

std::string publishing_json(const GateKeeper& keeper) {
  const SigningGate& gate = keeper.gate();
  Json json = {{"state", word_of(gate.state())}};
  if (gate.may_sign()) return text_of(json);
  json["waiting_for"] = keeper.waiting_for();
  json["missing"] = gate.missing();
  json["since"] = rfc3339(gate.since_ms());
  json["words"] = keeper.words();
  return text_of(json);
}

Publisher::Publisher(Parts parts)
    : parts_(std::move(parts)), retry_(parts_.loop, [this] { begin_flush(); }) {
  for (const store::Store::Queued& row : parts_.store.queued()) {
    queued_[row.number] = {.time_ms = row.time_ms, .records = row.records.size()};
  }
}

store::SignHead Publisher::sign_head() const {
  return [own = parts_.own, &key = parts_.log_key,
          may_sign = parts_.keeper.may_sign_flag()](const log::Head& head) {
    if (!*may_sign) return std::string();  // the store refuses the job
    return log::sign_checkpoint(own, head, key);
  };
}

void Publisher::publish(PreparedPublish prepared, Done done) {
  if (is_stopping_) return done(fail(stopping()));
  if (prepared.is_dry_run) {
    return done(control::Answer{.json = checked_lines(prepared), .incomplete = false});
  }
  parts_.keeper.look_now();
  if (!parts_.keeper.may_sign()) return enqueue(std::move(prepared), std::move(done));
  if (queued_.empty() && enqueues_pending_ == 0) {
    return submit(std::move(prepared), std::move(done));
  }
  held_.push_back({std::move(prepared), std::move(done)});
  begin_flush();
}

void Publisher::submit(PreparedPublish prepared, Done done) {
  store::Publish job{.records = std::move(prepared.records),
                     .time_ms = unix_now_ms(),
                     .sign = sign_head(),
                     .queued = 0};
  auto on_durable = [this, prepared = std::move(prepared),
                     done = std::move(done)](const store::JobResult& result) {
    if (!result) {
      const bool has_closed = result.error() == store::Fault::bad_job && !parts_.keeper.may_sign();
      if (!has_closed)
        return done(fail(error_of(result.error(), "the records were not published")));
      return done(fail(error_of("refused", "nothing was published: " + parts_.keeper.words())));
    }
    parts_.driver.handle_published();
    done(control::Answer{.json = published_lines(prepared, *result), .incomplete = false});
  };
  parts_.commits.submit(std::move(job), std::move(on_durable));
}

// ---- the queue

std::string Publisher::queued_answer(const PreparedPublish& prepared, std::uint64_t number) const {
  const auto gate = Json::parse(publishing_json(parts_.keeper));
  Json last = {{"state", "queued"}, {"number", number}, {"publishing", gate["state"]}};
  for (const char* key : {"waiting_for", "missing", "since", "words"}) {
    if (gate.contains(key)) last[key] = gate[key];
  }
  return queued_lines(prepared) + text_of(last) + "\n";
}

void Publisher::enqueue(PreparedPublish prepared, Done done) {
  ++enqueues_pending_;
  const Queued row{.time_ms = unix_now_ms(), .records = prepared.records.size()};
  store::Enqueue job{.records = std::move(prepared.records), .time_ms = row.time_ms};
  auto on_durable = [this, row, prepared = std::move(prepared),
                     done = std::move(done)](const store::JobResult& result) {
    --enqueues_pending_;
    if (result) {
      queued_[result->first] = row;
      done(control::Answer{.json = queued_answer(prepared, result->first), .incomplete = true});
    } else if (result.error() == store::Fault::queue_full) {
      done(fail(error_of("busy", "nothing was saved: as many publishes wait as may. The first is " +
                                     parts_.keeper.words())));
    } else {
      done(fail(error_of(result.error(), "the records were not saved")));
    }
    begin_flush();
  };
  parts_.commits.submit(std::move(job), std::move(on_durable));
}

void Publisher::handle_gate_changed() {
  if (parts_.keeper.may_sign()) begin_flush();
}

void Publisher::begin_flush() {
  if (is_flushing_ || is_stopping_ || enqueues_pending_ > 0) return;
  if (!queued_.empty()) parts_.keeper.look_now();
  if (is_flushing_) return;  // the look may have opened it
  if (queued_.empty() || !parts_.keeper.may_sign()) return end_flush();
  is_flushing_ = true;
  has_flush_failed_ = false;
  parts_.workers.post([this] {
    auto rows = std::make_shared<std::vector<Waiting>>();
    for (store::Store::Queued& row : parts_.store.queued()) {
      const bool is_public = is_in_log(parts_.store, parts_.own, row);
      rows->push_back({.row = std::move(row), .is_public_already = is_public});
    }
    parts_.loop.post([this, rows] { flush(std::move(*rows)); });
  });
}

void Publisher::flush(std::vector<Waiting> rows) {
  if (is_stopping_) return;
  flushes_pending_ = rows.size();
  for (Waiting& waiting : rows) {
    store::Store::Queued& row = waiting.row;
    auto on_durable = [this, number = row.number,
                       is_dropped = waiting.is_public_already](const store::JobResult& result) {
      on_flushed(number, is_dropped, result);
      if (--flushes_pending_ == 0) end_flush();
    };
    if (waiting.is_public_already) {
      parts_.commits.submit(store::DropQueued{.queued = row.number}, std::move(on_durable));
      continue;
    }
    store::Publish job{.records = std::move(row.records),
                       .time_ms = row.time_ms,
                       .sign = sign_head(),
                       .queued = row.number};
    parts_.commits.submit(std::move(job), std::move(on_durable));
  }
  if (rows.empty()) {
    queued_.clear();
    end_flush();
  }
}

void Publisher::on_flushed(std::uint64_t number, bool is_dropped, const store::JobResult& result) {
  if (!result) {
    spdlog::warn("queued-not-published number={} reason={}", number,
                 store::word_of(result.error()));
    has_flush_failed_ = true;
    return;
  }
  queued_.erase(number);
  log::TreeSize size = result->checkpoint ? result->checkpoint->head.size : 0;
  if (is_dropped) {
    spdlog::info("queued-dropped number={} reason=public-already", number);
    const auto state = parts_.store.state(parts_.own);
    size = state && state->head ? state->head->head.size : 0;
    if (on_dropped_) on_dropped_();
  } else {
    spdlog::info("queued-published number={}", number);
    parts_.driver.handle_published();
  }
  if (on_dequeued_) on_dequeued_(number, size);
}

/// What was held goes on: after the queue, or into it when that still waits.
void Publisher::end_flush() {
  is_flushing_ = false;
  const bool joins_queue = !queued_.empty() || !parts_.keeper.may_sign();
  std::deque<Held> held = std::exchange(held_, {});
  for (Held& one : held) {
    if (joins_queue) {
      enqueue(std::move(one.prepared), std::move(one.done));
    } else {
      submit(std::move(one.prepared), std::move(one.done));
    }
  }
  if (has_flush_failed_ && !is_stopping_) {
    has_flush_failed_ = false;
    retry_.arm(parts_.loop.now() + limits::store_retry_ms);
  }
}

void Publisher::cancel(std::uint64_t number, Done done) {
  if (is_flushing_) {
    return done(fail(error_of("refused", "what was queued is being published at this moment",
                              "`moot withdraw RECORD` withdraws what is public")));
  }
  std::vector<std::uint64_t> numbers;
  for (const auto& [known, row] : queued_) {
    if (number == 0 || number == known) numbers.push_back(known);
  }
  if (numbers.empty()) {
    return done(
        fail(error_of("not-found",
                      number == 0 ? "nothing waits to be published"
                                  : "nothing waits under the number " + std::to_string(number),
                      "`moot status` lists what waits")));
  }
  auto left = std::make_shared<std::size_t>(numbers.size());
  auto failed = std::make_shared<std::optional<store::Fault>>();
  auto cancelled = std::make_shared<Json>(Json::array());
  for (const std::uint64_t one : numbers) {
    auto on_durable = [this, one, left, failed, cancelled, done](const store::JobResult& result) {
      if (result) {
        cancelled->push_back({{"number", one}, {"records", queued_[one].records}});
        queued_.erase(one);
        if (on_dropped_) on_dropped_();
        if (on_dequeued_) on_dequeued_(one, 0);
      } else {
        *failed = result.error();
      }
      if (--*left > 0) return;
      if (*failed) return done(fail(error_of(**failed, "not all was taken back")));
      done(control::Answer{.json = text_of(Json{{"cancelled", *cancelled}}), .incomplete = false});
    };
    parts_.commits.submit(store::DropQueued{.queued = one}, std::move(on_durable));
  }
}

void Publisher::stop() {
  is_stopping_ = true;
  retry_.cancel();
  for (const Held& one : std::exchange(held_, {})) one.done(fail(stopping()));
}

}  // namespace moot::node

#include "node/publish_waits.hpp"

#include <nlohmann/json.hpp>

#include "base/limits.hpp"
#include "node/unix_time.hpp"
#include "node/witness_rows.hpp"

namespace moot::node {

using Json = nlohmann::ordered_json;

PublishWaits::PublishWaits(Loop& loop, const store::Store& store, const Publisher& publisher,
                           const GateKeeper& keeper, const Follows& follows)
    : loop_(loop),
      store_(store),
      publisher_(publisher),
      keeper_(keeper),
      follows_(follows),
      timer_(loop, [this] { look(); }) {}

void PublishWaits::begin(const control::PublishWaitRequest& request, Answered answered) {
  const std::int64_t timeout_ms =
      request.timeout_ms == 0 ? limits::sync_wait_ms_default : std::int64_t{request.timeout_ms};
  Waiter waiter{.queued = request.queued,
                .size = request.size,
                .witnesses = request.witnesses,
                .until = loop_.now() + timeout_ms,
                .is_cancelled = false,
                .answered = std::move(answered)};
  if (waiter.queued != 0 && !publisher_.queued().contains(waiter.queued)) {
    // It became public before anybody asked: some head up to the newest holds it.
    const auto state = store_.state(follows_.own());
    waiter.size = state && state->head ? state->head->head.size : 0;
    waiter.queued = 0;
  }
  waiters_.push_back(std::move(waiter));
  look();
}

void PublishWaits::handle_dequeued(std::uint64_t number, log::TreeSize size) {
  for (Waiter& waiter : waiters_) {
    if (waiter.queued != number) continue;
    waiter.queued = 0;
    waiter.size = size;
    waiter.is_cancelled = size == 0;
  }
  look();
}

void PublishWaits::look() { look(false); }

void PublishWaits::look(bool is_last) {
  const Instant now = loop_.now();
  std::vector<std::pair<Answered, control::Answer>> over;
  std::optional<Instant> next;
  for (auto at = waiters_.begin(); at != waiters_.end();) {
    bool is_complete = false;
    control::Answer answer = answer_for(*at, is_complete);
    if (is_complete || is_last || at->is_cancelled || now >= at->until) {
      over.emplace_back(std::move(at->answered), std::move(answer));
      at = waiters_.erase(at);
      continue;
    }
    if (!next || at->until < *next) next = at->until;
    ++at;
  }
  if (next) {
    timer_.arm(*next);
  } else {
    timer_.cancel();
  }
  for (auto& [answered, answer] : over) answered(std::move(answer));
}

control::Answer PublishWaits::answer_for(const Waiter& waiter, bool& is_complete) const {
  Json witnesses = Json::array();
  if (waiter.size > 0) {
    for (const log::WitnessRow& row : store_.witnesses(follows_.own())) {
      if (row.size >= waiter.size) witnesses.push_back(witness_json(row, follows_));
    }
  }
  is_complete = waiter.size > 0 && witnesses.size() >= waiter.witnesses;
  Json document = {{"state", waiter.is_cancelled ? "cancelled"
                             : waiter.size > 0   ? "public"
                                                 : "queued"},
                   {"size", waiter.size},
                   {"wanted", waiter.witnesses},
                   {"witnesses", std::move(witnesses)},
                   {"complete", is_complete}};
  if (waiter.size == 0 && !waiter.is_cancelled) {
    document["publishing"] = Json::parse(publishing_json(keeper_));
  }
  return {.json = document.dump(-1, ' ', false, Json::error_handler_t::replace),
          .incomplete = !is_complete};
}

void PublishWaits::stop() { look(true); }

}  // namespace moot::node

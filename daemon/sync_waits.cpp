#include "node/sync_waits.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "node/log_rows.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

/// What keeps this log from being synced, in words.
std::string missing_words(const LogRow& row) {
  if (!row.detail.empty()) return row.detail;
  if (row.state == sync::word_of(sync::FollowState::waiting)) {
    return "no connected peer carries this log";
  }
  if (row.known > row.head.size) {
    return std::to_string(row.head.size) + " of " + std::to_string(row.known) + " entries are here";
  }
  return "no peer has confirmed its newest head yet";
}

}  // namespace

SyncWaits::SyncWaits(Loop& loop, const store::Store& store, Driver& driver, Dialler& dialler,
                     const Follows& follows)
    : loop_(loop),
      store_(store),
      driver_(driver),
      dialler_(dialler),
      follows_(follows),
      timer_(loop, [this] { look(); }) {}

void SyncWaits::begin(std::vector<log::OrganisationId> logs, Answered answered, bool waits,
                      std::int64_t timeout_ms) {
  const Instant now = loop_.now();
  std::set<log::OrganisationId> uncarried;
  for (const sync::LogView& view : driver_.replicator().logs()) {
    if (view.state == sync::FollowState::waiting) uncarried.insert(view.organisation);
  }
  for (const log::OrganisationId& organisation : logs) {
    dialler_.dial_now(organisation);
    ask(organisation, now, uncarried.contains(organisation));
  }
  if (!waits) {
    answered(answer_for(logs));
    for (const log::OrganisationId& organisation : logs) asked_.erase(organisation);
    return;
  }
  waiters_.push_back({logs, logs, now + timeout_ms, std::move(answered)});
  look();
}

void SyncWaits::ask(const log::OrganisationId& organisation, Instant now, bool reaches_nobody) {
  asked_[organisation] = {now, reaches_nobody};
  driver_.request_sync(organisation);
}

void SyncWaits::look_soon() {
  if (waiters_.empty() || is_look_posted_) return;
  is_look_posted_ = true;
  loop_.post([this] {
    is_look_posted_ = false;
    look();
  });
}

void SyncWaits::ask_again() {
  asks_all_ = true;
  look_soon();
}

/// Asks once more for logs whose question reached nobody, as soon as somebody carries them; and for
/// those whose answer was lost with its peer. A fetch that is under way is let alone: to ask anew
/// would forget the answers that it works towards.
void SyncWaits::ask_where_due(Instant now) {
  std::set<log::OrganisationId> missing;
  for (const Waiter& waiter : waiters_) {
    missing.insert(waiter.missing.begin(), waiter.missing.end());
  }
  std::erase_if(asked_, [&](const auto& entry) { return !missing.contains(entry.first); });
  for (const sync::LogView& view : driver_.replicator().logs()) {
    const auto asked = asked_.find(view.organisation);
    if (asked == asked_.end() || view.state == sync::FollowState::waiting) continue;
    const bool is_over = asks_all_ || now - asked->second.at >= limits::sync_ask_again_ms;
    const bool is_lost = is_over && view.state != sync::FollowState::fetching;
    if (asked->second.reached_nobody || is_lost) ask(view.organisation, now, false);
  }
  asks_all_ = false;
}

void SyncWaits::look() {
  const Instant now = loop_.now();
  for (auto at = waiters_.begin(); at != waiters_.end();) {
    if (!is_over(*at, now)) {
      ++at;
      continue;
    }
    const Waiter over = std::move(*at);
    at = waiters_.erase(at);
    over.answered(answer_for(over.logs));
  }
  if (waiters_.empty()) {
    timer_.cancel();
    asked_.clear();
    return;
  }
  ask_where_due(now);
  timer_.arm(now + limits::sync_look_ms);
}

bool SyncWaits::is_over(Waiter& waiter, Instant now) const {
  const sync::Replicator& replicator = driver_.replicator();
  std::erase_if(waiter.missing, [&](const auto& log) { return replicator.is_synced(log); });
  return waiter.missing.empty() || now >= waiter.until;
}

control::Answer SyncWaits::answer_for(const std::vector<log::OrganisationId>& logs) const {
  const std::set<log::OrganisationId> wanted(logs.begin(), logs.end());
  Json rows = Json::array();
  bool is_complete = true;
  for (const LogRow& row : log_rows(follows_, driver_.replicator(), store_)) {
    if (!wanted.contains(row.organisation)) continue;
    const bool is_synced = driver_.replicator().is_synced(row.organisation);
    is_complete = is_complete && is_synced;
    Json one = {{"organisation", log::to_text(row.organisation)},
                {"name", row.name},
                {"size", row.head.size},
                {"root", row.head.size == 0 ? std::string() : crypto::to_base64(row.head.root)},
                {"state", row.state},
                {"synced", is_synced}};
    if (!is_synced) one["missing"] = missing_words(row);
    rows.push_back(std::move(one));
  }
  Json document;
  if (rows.size() == 1) {
    document["organisation"] = rows.front()["organisation"];
    document["state"] = rows.front()["state"];
  }
  document["logs"] = std::move(rows);
  document["complete"] = is_complete;
  return {.json = document.dump(-1, ' ', false, Json::error_handler_t::replace),
          .incomplete = !is_complete};
}

void SyncWaits::stop() {
  timer_.cancel();
  auto waiters = std::move(waiters_);
  waiters_.clear();
  for (const Waiter& waiter : waiters) waiter.answered(answer_for(waiter.logs));
}

}  // namespace moot::node

#include "node/dial_list.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace moot::node {

void DialList::set_targets(Instant now, const std::vector<DialTarget>& targets) {
  std::map<DialTarget, Entry> kept;
  for (const DialTarget& target : targets) {
    auto known = entries_.extract(target);
    if (known) {
      kept.insert(std::move(known));
    } else {
      kept.emplace(target,
                   Entry{.stage = Stage::waiting, .due = now, .delay_ms = 0, .last_error = {}});
    }
  }
  // What is under way and no longer wanted ends by itself; handle_ended() then finds no entry.
  entries_ = std::move(kept);
  dialling_ = static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const auto& entry) { return entry.second.stage == Stage::dialling; }));
}

std::optional<DialTarget> DialList::take_due(Instant now) {
  for (auto& [target, entry] : entries_) {
    if (dialling_ >= limits::dials_at_once_max) return std::nullopt;
    if (entry.stage != Stage::waiting || now < entry.due) continue;
    if (is_connected_(target.organisation)) {
      entry.stage = Stage::satisfied;
      continue;
    }
    // Two addresses of one organisation are tried one after the other.
    entry.stage = Stage::dialling;
    ++dialling_;
    return target;
  }
  return std::nullopt;
}

void DialList::handle_connected(const DialTarget& target) {
  const auto found = entries_.find(target);
  if (found == entries_.end() || found->second.stage != Stage::dialling) return;
  found->second.stage = Stage::connected;
  --dialling_;
}

void DialList::handle_ended(Instant now, const DialTarget& target, bool was_steady,
                            const std::string& error) {
  const auto found = entries_.find(target);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.stage == Stage::dialling) --dialling_;
  if (was_steady) entry.delay_ms = 0;
  if (!error.empty()) entry.last_error = error;
  wait(now, entry);
}

void DialList::handle_session_lost(Instant now) {
  for (auto& [target, entry] : entries_) {
    if (entry.stage == Stage::satisfied && !is_connected_(target.organisation)) wait(now, entry);
  }
}

void DialList::dial_now(Instant now, const log::OrganisationId& organisation) {
  for (auto& [target, entry] : entries_) {
    if (target.organisation != organisation || entry.stage != Stage::waiting) continue;
    entry.due = now;
    entry.delay_ms = 0;
  }
}

void DialList::wait(Instant now, Entry& entry) {
  entry.stage = Stage::waiting;
  entry.delay_ms = std::clamp(entry.delay_ms * 2, limits::redial_ms_min, limits::redial_ms_max);
  std::uniform_int_distribution<std::int64_t> jitter(entry.delay_ms / 2, entry.delay_ms);
  entry.due = now + jitter(random_);
}

std::optional<Instant> DialList::timer() const {
  // Whoever ends one of those under way asks again.
  if (dialling_ >= limits::dials_at_once_max) return std::nullopt;
  std::optional<Instant> first;
  for (const auto& [target, entry] : entries_) {
    if (entry.stage == Stage::waiting && (!first || entry.due < *first)) first = entry.due;
  }
  return first;
}

std::vector<DialView> DialList::views(Instant now) const {
  std::vector<DialView> views;
  for (const auto& [target, entry] : entries_) {
    if (entry.stage != Stage::waiting && entry.stage != Stage::dialling) continue;
    if (is_connected_(target.organisation)) continue;
    const bool is_waiting = entry.stage == Stage::waiting;
    views.push_back({.target = target,
                     .last_error = entry.last_error,
                     .next_try_ms = is_waiting ? std::max<std::int64_t>(entry.due - now, 1) : 0});
  }
  return views;
}

}  // namespace moot::node

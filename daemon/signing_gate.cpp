#include "node/signing_gate.hpp"

#include <algorithm>
#include <tuple>

#include "base/limits.hpp"

namespace moot::node {

std::string_view word_of(Signing state) {
  switch (state) {
    case Signing::open:
      return "open";
    case Signing::waiting:
      return "waiting";
    case Signing::restored:
      return "restored";
    case Signing::forked:
      return "forked";
  }
  return "unknown";
}

void SigningGate::set_acquaintances(std::vector<Acquaintance> acquaintances) {
  acquaintances_ = std::move(acquaintances);
  std::ranges::sort(acquaintances_, [](const Acquaintance& a, const Acquaintance& b) {
    return std::tuple(!a.is_followed, a.known_since_ms, a.organisation) <
           std::tuple(!b.is_followed, b.known_since_ms, b.organisation);
  });
  open_if_heard();
}

void SigningGate::close(std::uint64_t now_ms, bool is_home_changed) {
  has_begun_ = true;
  if (ahead_) return;
  heard_.clear();
  is_home_changed_ = is_home_changed_ || is_home_changed;
  state_ = Signing::waiting;
  since_ms_ = now_ms;
  open_if_heard();
}

void SigningGate::handle_confirmed(const log::OrganisationId& peer) {
  heard_.insert(peer);
  open_if_heard();
}

void SigningGate::handle_ahead(const Ahead& ahead, std::uint64_t now_ms) {
  // What contradicts is the graver news, and the larger head the one to catch up with.
  if (ahead_ && ahead_->contradicts && !ahead.contradicts) return;
  const bool is_same = ahead_ && ahead_->contradicts == ahead.contradicts;
  if (is_same && ahead_->size >= ahead.size) return;
  resume(ahead, is_same ? since_ms_ : now_ms);
}

void SigningGate::resume(const Ahead& ahead, std::uint64_t since_ms) {
  ahead_ = ahead;
  state_ = ahead.contradicts ? Signing::forked : Signing::restored;
  since_ms_ = since_ms;
}

SigningGate::Confirmation SigningGate::confirm_by_person() {
  if (ahead_) return Confirmation::refused;
  if (state_ == Signing::open) return Confirmation::was_open;
  is_home_changed_ = false;
  state_ = Signing::open;
  return Confirmation::opened;
}

void SigningGate::open_for_new_key() {
  ahead_.reset();
  is_home_changed_ = false;
  state_ = Signing::open;
}

std::vector<log::OrganisationId> SigningGate::counted() const {
  const bool is_anyone_recent = std::ranges::any_of(acquaintances_, &Acquaintance::is_recent);
  const bool is_chosen_recent = std::ranges::any_of(
      acquaintances_, [](const Acquaintance& one) { return one.is_followed && one.is_recent; });
  std::vector<log::OrganisationId> all;
  for (const Acquaintance& one : acquaintances_) {
    if (all.size() == limits::own_head_peers_max) break;
    if (is_chosen_recent && !one.is_followed) continue;
    if (one.is_recent || (is_home_changed_ && !is_anyone_recent)) all.push_back(one.organisation);
  }
  return all;
}

std::size_t SigningGate::needed(std::size_t counted) const {
  // In a changed home nobody counted means that only a person can open it.
  if (is_home_changed_ && counted <= 1) return 1;
  if (is_home_changed_ && !std::ranges::any_of(acquaintances_, &Acquaintance::is_recent)) return 1;
  return counted < 2 ? counted : std::max<std::size_t>(2, counted / 2 + 1);
}

std::vector<log::OrganisationId> SigningGate::waiting_for() const {
  if (state_ != Signing::waiting) return {};
  auto missing = counted();
  std::erase_if(missing, [this](const auto& one) { return heard_.contains(one); });
  std::ranges::sort(missing);
  return missing;
}

std::size_t SigningGate::missing() const {
  if (state_ != Signing::waiting) return 0;
  const auto asked = counted();
  const auto heard = static_cast<std::size_t>(
      std::ranges::count_if(asked, [this](const auto& one) { return heard_.contains(one); }));
  const std::size_t wanted = needed(asked.size());
  return wanted > heard ? wanted - heard : 0;
}

void SigningGate::open_if_heard() {
  if (!has_begun_ || state_ != Signing::waiting || missing() > 0) return;
  is_home_changed_ = false;
  state_ = Signing::open;
}

}  // namespace moot::node

#include "store/identity_cache.hpp"

namespace moot::store {

namespace {

/// About 1 KiB each.
constexpr std::size_t identities_max = 512;

}  // namespace

std::shared_ptr<const log::Identity> IdentityCache::find(const log::OrganisationId& organisation,
                                                         std::size_t events,
                                                         std::uint32_t rewinds) {
  const MutexLock lock(mutex_);
  const auto found = items_.find(organisation);
  if (found == items_.end() || found->second.identity->events().size() != events ||
      found->second.rewinds != rewinds) {
    return nullptr;
  }
  found->second.used = ++clock_;
  return found->second.identity;
}

void IdentityCache::put(std::shared_ptr<const log::Identity> identity, std::uint32_t rewinds) {
  const MutexLock lock(mutex_);
  const log::OrganisationId organisation = identity->organisation();
  Item& item = items_[organisation];
  // A slow reader of an older snapshot must not replace what is newer.
  if (item.identity &&
      (item.rewinds > rewinds ||
       (item.rewinds == rewinds && item.identity->events().size() > identity->events().size()))) {
    return;
  }
  item = {.identity = std::move(identity), .used = ++clock_, .rewinds = rewinds};
  if (items_.size() <= identities_max) return;
  auto oldest = items_.begin();
  for (auto it = items_.begin(); it != items_.end(); ++it) {
    if (it->second.used < oldest->second.used) oldest = it;
  }
  items_.erase(oldest);
}

}  // namespace moot::store

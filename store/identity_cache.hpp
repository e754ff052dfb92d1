#pragma once
#include <map>
#include <memory>
#include <optional>

#include "log/identity.hpp"
#include "store/mutex.hpp"

namespace moot::store {

/// Identities that were verified, so that their signatures are not checked at every read. Any
/// thread.
class IdentityCache {
 public:
  /// The identity if it has exactly so many events, after so many rewinds of its log: a rewind may
  /// replace events by as many others.
  std::shared_ptr<const log::Identity> find(const log::OrganisationId& organisation,
                                            std::size_t events, std::uint32_t rewinds);
  void put(std::shared_ptr<const log::Identity> identity, std::uint32_t rewinds);

 private:
  struct Item {
    std::shared_ptr<const log::Identity> identity;
    std::uint64_t used = 0;
    std::uint32_t rewinds = 0;
  };
  Mutex mutex_;
  std::map<log::OrganisationId, Item> items_ MOOT_GUARDED_BY(mutex_);
  std::uint64_t clock_ MOOT_GUARDED_BY(mutex_) = 0;
};

}  // namespace moot::store

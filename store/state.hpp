#pragma once
#include "store/store.hpp"
#include "store/writer.hpp"

namespace moot::store {

struct Store::State {
  State(std::unique_ptr<Environment> opened, const FixedBytes<16>& salt, const Holds& holds)
      : environment(std::move(opened)),
        recent(salt),
        writer(*environment, recent, identities, holds) {}

  std::unique_ptr<Environment> environment;
  RecentVersions recent;
  IdentityCache identities;
  Writer writer;
};

}  // namespace moot::store

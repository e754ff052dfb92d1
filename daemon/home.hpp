#pragma once
#include <filesystem>
#include <memory>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "config/home_lock.hpp"
#include "crypto/signing.hpp"
#include "store/store.hpp"

namespace moot::node {

/// All that a node takes from its home, each part checked against the others.
struct Home {
  config::Paths paths;
  config::Config config;
  config::HomeLock lock;
  std::unique_ptr<store::Store> store;
  log::OrganisationId organisation;
  crypto::SigningKey log_key;
  crypto::SigningKey node_key;
};

/// Opens a home for a daemon. Every way in which one can be wrong is an error with what to do about
/// it: none there, settings, keys (mode, use, not those of the newest establish event), a second
/// daemon, the store.
Result<Home, Error> open_home(const config::Paths& paths);

}  // namespace moot::node

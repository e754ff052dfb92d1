#pragma once
#include <memory>

#include "command/session.hpp"
#include "log/identity.hpp"
#include "store/store.hpp"

namespace moot::command {

/// The organisation of a home: its store, opened for reading, and its chain of keys.
struct OwnIdentity {
  std::unique_ptr<store::Store> store;
  log::OrganisationId organisation;
  log::Identity identity;
  log::LogState state;
};
/// Errors: "not-found" when there is no node in the home, "failed".
Result<OwnIdentity, Error> open_own_identity(const config::Paths& paths);

}  // namespace moot::command

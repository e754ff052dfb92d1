#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "store/store.hpp"

namespace moot::command {

/// What became of a log that was taken into a store.
struct TakenLog {
  log::OrganisationId organisation;
  std::uint64_t added = 0;   ///< entries
  std::uint64_t bodies = 0;  ///< entries whose missing bodies were looked for in the source
  log::TreeSize held = 0;    ///< afterwards
  bool is_rewound = false;  ///< entries here were left behind, because the officers stand by others
  /// What the source has is an older branch that the officers have left.
  bool is_left_behind = false;
  /// Evidence that was kept from it, or that it made: two histories, or two decisions.
  std::uint64_t evidence = 0;
  bool is_frozen = false;  ///< nothing is taken until the officers say which history stands
};

struct TakeOptions {
  /// Of our own log entries are taken only into a home that is being restored.
  bool is_restoring = false;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Takes a log from any reader (a bundle, another store) into a store, by the rules by which sync
/// takes it from a peer: identity, checkpoint, every block against the signed root and every body
/// against its commitment are verified before any of it is stored; an older copy adds nothing; a
/// newer decision of the officers rewinds what is here; a contradiction becomes evidence.
/// `first`: where the source begins (BundleReader::first_entry). Errors: "verification-failed" when
/// the source is false, "failed" when it cannot be joined to what is here, "disk-full".
Result<TakenLog, Error> take_log(store::Store& to, const log::LogReader& from,
                                 const log::OrganisationId& organisation, log::LeafIndex first,
                                 const TakeOptions& options);

}  // namespace moot::command

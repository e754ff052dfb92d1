#pragma once
#include <map>
#include <unordered_map>

#include "store/environment.hpp"
#include "store/log_table.hpp"
#include "store/new_range.hpp"
#include "store/recent_versions.hpp"
#include "store/tile_frontier.hpp"

/// Internal: what the jobs of one transaction share.
namespace moot::store {

/// A log as the writer knows it: its row and the edge of its tree.
struct LogSlot {
  LogRow row;
  TileFrontier tree;
};

/// Slots of the logs that were written last, so that a job need not read them again. Holds
/// committed states only.
class SlotCache {
 public:
  const LogSlot* find(const log::OrganisationId& organisation);
  void put(const log::OrganisationId& organisation, LogSlot slot);
  void clear() { slots_.clear(); }

 private:
  struct Item {
    LogSlot slot;
    std::uint64_t used = 0;
  };
  std::map<log::OrganisationId, Item> slots_;
  std::uint64_t clock_ = 0;
};

struct RecordIdHash {
  std::size_t operator()(const log::RecordId& record) const {
    return std::hash<std::string_view>()(text_of(record));
  }
};
using NewestInBatch = std::unordered_map<log::RecordId, log::LeafIndex, RecordIdHash>;

/// How long erased parts are hidden before they are destroyed.
struct Holds {
  std::int64_t personal_ms = limits::personal_hold_ms;
  std::int64_t public_ms = limits::public_hold_ms;
};

/// A log that the transaction has touched.
struct StagedLog {
  LogSlot slot;
  LogExtent committed;             ///< before the transaction
  std::vector<VersionPair> pairs;  ///< of the entries appended in it
  NewestInBatch newest;            ///< own log: versions written in it
  std::size_t appended = 0;
  bool is_changed = false;
  bool is_rewound = false;  ///< `committed` and all caches begin anew at what is left
};

/// Everything to append to one log, computed before anything is written.
struct Append {
  std::vector<NewRange> ranges;
  TileFrontier tree;  ///< after all ranges
  std::vector<TileFrontier::Added> upper;
  std::uint64_t missing = 0;
};

class Batch {
 public:
  Batch(WriteTransaction& transaction_to_use, SlotCache& cache, RecentVersions& recent_versions,
        const Holds& holds_to_keep)
      : transaction(transaction_to_use),
        recent(recent_versions),
        holds(holds_to_keep),
        cache_(cache) {}

  /// The log as the jobs before have left it. unknown_log, or corrupt.
  Result<StagedLog*, Fault> find(const log::OrganisationId& organisation);
  /// A new log, its row not yet filled but for its number.
  StagedLog& create(const log::OrganisationId& organisation);
  /// Writes what was computed, and moves the slot on.
  void write(StagedLog& log, Append append);
  /// The rows of all logs that were changed; the last thing before the commit.
  void write_rows();

  WriteTransaction& transaction;
  RecentVersions& recent;
  Holds holds;
  std::optional<log::OrganisationId> own;
  std::map<log::OrganisationId, StagedLog> logs;
  std::vector<log::Identity> identities;  ///< changed in this transaction

 private:
  SlotCache& cache_;
};

}  // namespace moot::store

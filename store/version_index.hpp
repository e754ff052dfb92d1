#pragma once
#include <map>

#include "store/environment.hpp"
#include "store/recent_versions.hpp"

/// Internal: the rows of `versions`, which answer where the newest version of a record is.
///
/// Record ids are random, so a B-tree of them is written one page per record once it is large. This
/// index is instead kept as rows of up to 240 pairs (salted hash of the id, entry), and entries are
/// brought into it in batches that grow with the log (an eighth of it, at least 1,024), a few
/// rows in every transaction: what a record costs does not grow with the log. Entries not yet in
/// it, from LogRow::indexed on, are known to RecentVersions.
namespace moot::store {

/// The newest version below `extent.held` of each record. Many are asked for together: in the order
/// of their hashes, the index is walked through once.
std::vector<std::optional<log::LeafIndex>> find_newest(Transaction& transaction,
                                                       RecentVersions& recent,
                                                       const LogExtent& extent,
                                                       std::span<const log::RecordId> records);

/// Before the entries from `size` to `held` are taken back: the index forgets them, and finds again
/// what it has let go of for them. Reads the whole log where they are versions of records.
void take_back(WriteTransaction& transaction, const RecentVersions& recent, std::uint32_t number,
               log::TreeSize size, log::TreeSize held);

/// Brings entries into the index, a slice per transaction. A slice that was committed stays valid
/// though the rest never follows: doing it again changes nothing. Writer thread.
class VersionIndexer {
 public:
  explicit VersionIndexer(RecentVersions& recent) : recent_(recent) {}
  /// Does a part of what is due that fits a transaction of `entries` new entries. `extent` is what
  /// was committed before; answers the new LogRow::indexed.
  log::LeafIndex advance(WriteTransaction& transaction, const LogExtent& extent,
                         std::size_t entries);
  /// After a transaction that failed: what was under way begins anew.
  void forget() { under_way_.clear(); }
  /// Of a log that was rewound.
  void forget(std::uint32_t number) { under_way_.erase(number); }

 private:
  struct Batch {
    std::vector<VersionPair> pairs;  ///< ascending
    std::size_t done = 0;
    log::LeafIndex end = 0;
  };
  RecentVersions& recent_;
  std::map<std::uint32_t, Batch> under_way_;  ///< by log number
};

}  // namespace moot::store

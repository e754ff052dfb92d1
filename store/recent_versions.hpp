#pragma once
#include <map>
#include <vector>

#include "store/environment.hpp"

namespace moot::store {

/// One record entry: a salted hash of its record id, and where it is.
struct VersionPair {
  std::uint32_t hash = 0;
  std::uint32_t entry = 0;
  auto operator<=>(const VersionPair&) const = default;
};

/// What a snapshot says of a log.
struct LogExtent {
  std::uint32_t number = 0;
  log::LeafIndex indexed = 0;
  log::TreeSize held = 0;
  std::uint32_t rewinds = 0;  ///< entries of an extent with fewer are not this one's
};

/// A question among several, and an answer that may be one: `position` tells which question.
struct WantedHash {
  std::uint32_t hash = 0;
  std::uint32_t position = 0;
  auto operator<=>(const WantedHash&) const = default;
};
struct Candidate {
  std::uint32_t position = 0;
  std::uint32_t entry = 0;
  auto operator<=>(const Candidate&) const = default;
};

/// Set of pairs, found by hash. Entry 0 of a log is no record, so the pair (0, 0) marks an empty
/// slot.
class PairTable {
 public:
  /// Room for so many pairs. Pairs of another table come in the order of their hashes, which a
  /// table that grows as they come would gather in ever longer runs.
  void reserve(std::size_t count);
  void insert(VersionPair pair);
  void find(std::uint32_t hash, std::vector<std::uint32_t>& entries) const;
  std::vector<VersionPair> all() const;
  std::size_t size() const { return size_; }

 private:
  std::vector<VersionPair> slots_;
  std::size_t size_ = 0;
};

/// The record entries of logs that their version indexes do not know yet. Only a cache: it is read
/// from the entries when it is missing, and knows committed entries only. Any thread.
class RecentVersions {
 public:
  explicit RecentVersions(const FixedBytes<16>& salt);

  /// Salted, so that nobody can choose ids that fall on one hash.
  std::uint32_t hash_of(const log::RecordId& record) const;
  /// Entries in [indexed, held) whose record may be one of those wanted, which ascend.
  void find(Transaction& transaction, const LogExtent& extent, std::span<const WantedHash> wanted,
            std::vector<Candidate>& candidates);
  /// All pairs of [indexed, held), ascending.
  std::vector<VersionPair> pairs(Transaction& transaction, const LogExtent& extent);
  /// Entries from extent.held to `end` were committed; `pairs` are their records.
  void add(const LogExtent& extent, log::LeafIndex end, std::span<const VersionPair> pairs);
  void forget();

 private:
  struct Log {
    log::LeafIndex begin = 0;
    log::LeafIndex end = 0;
    PairTable pairs;
    std::uint64_t used = 0;
    std::uint32_t rewinds = 0;
  };
  /// The log, brought to the extent; nullptr for a snapshot older than it.
  Log* bring_up(Transaction& transaction, const LogExtent& extent) MOOT_REQUIRES(mutex_);
  void evict(std::uint32_t except) MOOT_REQUIRES(mutex_);
  void scan(Transaction& transaction, std::uint32_t number, log::LeafIndex first,
            log::LeafIndex end, std::vector<VersionPair>& pairs) const;

  std::uint64_t salt_low_;
  std::uint64_t salt_high_;
  Mutex mutex_;
  std::map<std::uint32_t, Log> logs_ MOOT_GUARDED_BY(mutex_);
  std::uint64_t clock_ MOOT_GUARDED_BY(mutex_) = 0;
};

}  // namespace moot::store

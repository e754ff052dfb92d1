#pragma once
#include <deque>

#include "store/batch.hpp"
#include "store/erasing.hpp"

/// Internal: the ranges of one Receive, taken apart, before they are written.
namespace moot::store {

/// Views into the ranges, which must outlive it.
class Arrivals {
 public:
  /// False when the bundles do not hold what they should.
  bool add(const log::EntryRange& range);
  /// Bodies that an erase entry among the arrivals names are never written: they are stored as
  /// erased. `stands`: entries that these disown erase nothing.
  void drop_erased(std::span<const Stand> stands);
  void append_to(Append& append) const;
  /// The erase entries, ascending.
  std::span<const log::LeafIndex> erases() const { return erases_; }

 private:
  struct One {
    NewRange range;
    IndexedBundles bundles;
    Bytes bodies;  ///< in place of those that came, where some were dropped
  };
  void drop(One& one, std::span<const std::uint8_t> masks);

  std::deque<One> all_;
  std::vector<log::LeafIndex> erases_;
  std::vector<Bytes> erase_leaves_;
};

}  // namespace moot::store

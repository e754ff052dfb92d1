#pragma once
#include <vector>

#include "log/tree.hpp"

namespace moot::store {

/// The right edge of a log's tree, kept by tile level: enough to append to the tree and to its
/// tiles while each node is hashed once.
class TileFrontier {
 public:
  /// Hashes of one level that an append has added, from index `first` on. Level 0 is left out: it
  /// is what was appended.
  struct Added {
    unsigned level = 0;
    std::uint64_t first = 0;
    std::vector<Hash> hashes;
  };

  log::TreeSize size() const { return size_; }
  Hash root() const;
  /// The hashes that each level got are added to `added`, one item a level, levels from 1 on.
  void append(std::span<const Hash> leaf_hashes, std::vector<Added>& added);
  /// For rebuilding from stored tiles: the hashes of level `level` that belong to no full tile.
  void restore(log::TreeSize size, unsigned level, std::span<const Hash> partial_tile);

 private:
  log::Frontier& level_at(unsigned level);
  log::TreeSize size_ = 0;
  std::vector<log::Frontier> levels_;  ///< of each level the unfinished tile, less than 256 hashes
};

}  // namespace moot::store

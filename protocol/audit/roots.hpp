#pragma once
#include <map>
#include <optional>

#include "audit/scan.hpp"

/// Roots recomputed from the entries themselves: what every signed root of the log is held against.
namespace moot::audit {

/// The tree over all readable entries, as the hashes of its blocks.
class RecomputedTree {
 public:
  /// `block_hashes` of the readable blocks from the log's start, the last of them over the tail
  /// when `size` has one.
  RecomputedTree(const Scope& scope, std::vector<Hash> block_hashes, log::TreeSize size);

  /// Entries it covers.
  log::TreeSize size() const { return size_; }
  /// The root over the first n entries for each n of `sizes`; nullopt for what is not covered.
  /// Reads at most one block's leaves again for each.
  std::map<log::TreeSize, std::optional<Hash>> roots_at(std::vector<log::TreeSize> sizes) const;
  /// The right edge of the tree over the first `size` entries; nullopt for what is not covered.
  std::optional<log::Frontier> frontier_at(log::TreeSize size) const;
  /// Compares the stored tree's tiles above the lowest with the entries, and names those that
  /// differ.
  void compare_tiles(const log::TileReader& tree, Findings& findings) const;

 private:
  std::optional<Hash> root_with_tail(const log::Frontier& blocks, log::TreeSize size) const;

  const Scope& scope_;
  std::vector<Hash> block_hashes_;
  log::TreeSize size_;
};

}  // namespace moot::audit

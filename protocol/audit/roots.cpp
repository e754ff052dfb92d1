#include "audit/roots.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace moot::audit {

RecomputedTree::RecomputedTree(const Scope& scope, std::vector<Hash> block_hashes,
                               log::TreeSize size)
    : scope_(scope), block_hashes_(std::move(block_hashes)), size_(size) {
  MOOT_CHECK(block_hashes_.size() == (size + limits::block_entries - 1) / limits::block_entries,
             block_hashes_.size(), size);
}

// The tail of fewer than 256 entries is the rightmost subtree: the perfect subtrees before it are
// joined to it from the right.
std::optional<Hash> RecomputedTree::root_with_tail(const log::Frontier& blocks,
                                                   log::TreeSize size) const {
  const log::LeafIndex first = blocks.size();
  if (size == first) return blocks.root();
  const auto leaf_hashes = read_leaf_hashes(scope_, first, size - first);
  if (!leaf_hashes) return std::nullopt;
  Hash root = log::root_over(*leaf_hashes);
  for (std::size_t i = blocks.hashes().size(); i-- > 0;) {
    root = log::hash_node(blocks.hashes()[i], root);
  }
  return root;
}

std::map<log::TreeSize, std::optional<Hash>> RecomputedTree::roots_at(
    std::vector<log::TreeSize> sizes) const {
  std::sort(sizes.begin(), sizes.end());
  std::map<log::TreeSize, std::optional<Hash>> roots;
  log::Frontier blocks;
  for (const log::TreeSize size : sizes) {
    std::optional<Hash>& root = roots[size];
    if (size > size_) continue;
    while (blocks.size() + limits::block_entries <= size) {
      blocks.append_subtree(log::tile_height, block_hashes_[blocks.size() / limits::block_entries]);
    }
    root = root_with_tail(blocks, size);
  }
  return roots;
}

std::optional<log::Frontier> RecomputedTree::frontier_at(log::TreeSize size) const {
  if (size > size_) return std::nullopt;
  log::Frontier frontier;
  while (frontier.size() + limits::block_entries <= size) {
    frontier.append_subtree(log::tile_height,
                            block_hashes_[frontier.size() / limits::block_entries]);
  }
  const auto leaf_hashes = read_leaf_hashes(scope_, frontier.size(), size - frontier.size());
  if (!leaf_hashes) return std::nullopt;
  for (const Hash& hash : *leaf_hashes) frontier.append(hash);
  return frontier;
}

void RecomputedTree::compare_tiles(const log::TileReader& tree, Findings& findings) const {
  // The lowest tiles were compared with the leaves; level 1 holds the full blocks' hashes, each
  // level above 256 times fewer.
  std::vector<Hash> hashes(
      block_hashes_.begin(),
      block_hashes_.begin() + static_cast<std::ptrdiff_t>(size_ / limits::block_entries));
  for (unsigned level = 1; !hashes.empty(); ++level) {
    std::vector<Hash> above;
    for (std::size_t first = 0; first < hashes.size(); first += log::tile_width) {
      const std::size_t count = std::min<std::size_t>(log::tile_width, hashes.size() - first);
      const auto of_tile = std::span<const Hash>(hashes).subspan(first, count);
      const std::vector<Hash> stored = tree.tile(level, first / log::tile_width);
      if (stored.size() < count || !std::equal(of_tile.begin(), of_tile.end(), stored.begin())) {
        findings.at("the tree that is kept of this log, level " + std::to_string(level) + " tile " +
                        std::to_string(first / log::tile_width),
                    "does not match the entries", "the hashes of the entries below it",
                    "what is held is damaged: fetch the log again from a peer");
      }
      if (count == log::tile_width) above.push_back(log::root_over(of_tile));
    }
    hashes = std::move(above);
  }
}

}  // namespace moot::audit

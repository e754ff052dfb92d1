#include "store/tile_frontier.hpp"

#include <bit>

namespace moot::store {

log::Frontier& TileFrontier::level_at(unsigned level) {
  if (levels_.size() <= level) levels_.resize(level + 1);
  return levels_[level];
}

Hash TileFrontier::root() const {
  log::Frontier whole;
  for (std::size_t level = levels_.size(); level-- > 0;) {
    // One hash for each bit of the level's count, the largest subtree first.
    log::TreeSize rest = levels_[level].size();
    for (const Hash& hash : levels_[level].hashes()) {
      const unsigned height = static_cast<unsigned>(std::bit_width(rest)) - 1;
      whole.append_subtree(static_cast<unsigned>(level) * log::tile_height + height, hash);
      rest -= log::TreeSize{1} << height;
    }
  }
  return whole.root();
}

void TileFrontier::append(std::span<const Hash> leaf_hashes, std::vector<Added>& added) {
  for (const Hash& leaf_hash : leaf_hashes) {
    ++size_;
    level_at(0).append(leaf_hash);
    for (unsigned level = 0; levels_[level].size() == log::tile_width; ++level) {
      const Hash root = levels_[level].root();
      levels_[level] = log::Frontier();
      level_at(level + 1).append(root);
      if (added.size() <= level) added.resize(level + 1);
      Added& above = added[level];
      if (above.hashes.empty()) {
        above.level = level + 1;
        above.first = (size_ >> (log::tile_height * (level + 1))) - 1;
      }
      above.hashes.push_back(root);
    }
  }
}

void TileFrontier::restore(log::TreeSize size, unsigned level, std::span<const Hash> partial_tile) {
  size_ = size;
  log::Frontier& frontier = level_at(level);
  for (const Hash& hash : partial_tile) frontier.append(hash);
}

}  // namespace moot::store

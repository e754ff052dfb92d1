#include "log/tree.hpp"

#include <algorithm>
#include <bit>

#include "base/check.hpp"
#include "crypto/hash.hpp"

namespace moot::log {

Hash empty_root() { return crypto::sha256(ByteView()); }

Hash hash_leaf(ByteView leaf) {
  constexpr FixedBytes<1> prefix{0x00};
  return crypto::sha256(prefix, leaf);
}

Hash hash_node(const Hash& left, const Hash& right) {
  FixedBytes<1 + 2 * std::tuple_size_v<Hash>> bytes;
  bytes[0] = 0x01;
  std::copy(right.begin(), right.end(), std::copy(left.begin(), left.end(), bytes.begin() + 1));
  return crypto::sha256(bytes);
}

// Level by level, a last odd hash moving up as it is: the same tree as RFC 9162's recursion, which
// splits at the largest power of two.
Hash root_over(std::span<const Hash> hashes) {
  if (hashes.empty()) return empty_root();
  std::vector<Hash> level(hashes.begin(), hashes.end());
  while (level.size() > 1) {
    const std::size_t pairs = level.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) level[i] = hash_node(level[2 * i], level[2 * i + 1]);
    const bool is_odd = level.size() % 2 == 1;
    if (is_odd) level[pairs] = level.back();
    level.resize(pairs + (is_odd ? 1 : 0));
  }
  return level.front();
}

Frontier::Frontier(TreeSize size, std::vector<Hash> hashes)
    : size_(size), hashes_(std::move(hashes)) {
  MOOT_CHECK(hashes_.size() == static_cast<std::size_t>(std::popcount(size_)), size_,
             hashes_.size());
}

void Frontier::append(const Hash& leaf_hash) { append_subtree(0, leaf_hash); }

void Frontier::append_subtree(unsigned level, const Hash& root) {
  MOOT_CHECK(level < 64 && size_ % (std::uint64_t{1} << level) == 0, level, size_);
  Hash hash = root;
  // Each one bit from here up is a perfect subtree of the same size as ours has become.
  for (int merges = std::countr_one(size_ >> level); merges > 0; --merges) {
    hash = hash_node(hashes_.back(), hash);
    hashes_.pop_back();
  }
  hashes_.push_back(hash);
  size_ += std::uint64_t{1} << level;
}

Hash Frontier::root() const {
  if (hashes_.empty()) return empty_root();
  Hash root = hashes_.back();
  for (std::size_t i = hashes_.size() - 1; i-- > 0;) root = hash_node(hashes_[i], root);
  return root;
}

Frontier frontier_at(TreeSize size, const HashReader& tree) {
  std::vector<Hash> hashes;
  TreeSize covered = 0;
  for (unsigned level = 64; level-- > 0;) {  // each one bit of the size is a perfect subtree
    if ((size >> level & 1) == 0) continue;
    hashes.push_back(tree.subtree(level, covered >> level));
    covered += std::uint64_t{1} << level;
  }
  return {size, std::move(hashes)};
}

Hash root_at(TreeSize size, const HashReader& tree) { return frontier_at(size, tree).root(); }

Hash TileReader::subtree(unsigned level, std::uint64_t index) const {
  const unsigned within = level % tile_height;
  const std::uint64_t first = index << within;
  const std::vector<Hash> hashes = tile(level / tile_height, first / tile_width);
  const std::uint64_t offset = first % tile_width;
  const std::uint64_t count = std::uint64_t{1} << within;
  MOOT_CHECK(offset + count <= hashes.size(), level, index, hashes.size());
  return root_over(std::span(hashes).subspan(offset, count));
}

}  // namespace moot::log

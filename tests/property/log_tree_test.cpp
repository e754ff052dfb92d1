// The stored tree, the frontier and the blocks against the plain root over all leaves, at random
// sizes; proofs lead where they should, and nowhere else.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "log/block.hpp"
#include "log/tree.hpp"

namespace moot::log {
namespace {

/// Tiles over leaf hashes that are kept in one vector, each tile made when it is asked for.
class PlainTiles final : public TileReader {
 public:
  explicit PlainTiles(const std::vector<Hash>& leaf_hashes) { levels_.push_back(leaf_hashes); }

  std::vector<Hash> tile(unsigned tile_level, std::uint64_t index) const override {
    const std::vector<Hash>& level = level_of(tile_level);
    const auto first = std::min<std::size_t>(index * tile_width, level.size());
    const auto count = std::min<std::size_t>(tile_width, level.size() - first);
    const auto some = std::span(level).subspan(first, count);
    return {some.begin(), some.end()};
  }

 private:
  const std::vector<Hash>& level_of(unsigned tile_level) const {
    while (levels_.size() <= tile_level) {
      const std::vector<Hash>& below = levels_.back();
      std::vector<Hash> level;
      for (std::size_t i = 0; i + tile_width <= below.size(); i += tile_width) {
        level.push_back(root_over(std::span(below).subspan(i, tile_width)));
      }
      levels_.push_back(std::move(level));
    }
    return levels_[tile_level];
  }

  mutable std::vector<std::vector<Hash>> levels_;
};

const std::vector<Hash>& leaf_hashes() {
  static const std::vector<Hash> hashes = [] {
    std::vector<Hash> out;
    for (std::uint64_t i = 0; i < 1400; ++i) out.push_back(hash_leaf(Writer().u64(i).take()));
    return out;
  }();
  return hashes;
}

const PlainTiles& tree() {
  static const PlainTiles tiles(leaf_hashes());
  return tiles;
}

Hash root_of(TreeSize size) { return root_over(std::span(leaf_hashes()).first(size)); }

TreeSize a_size(TreeSize from = 1) {
  return *rc::gen::inRange<TreeSize>(from, leaf_hashes().size() + 1);
}

Hash spoilt(Hash hash) {
  hash[*rc::gen::inRange<std::size_t>(0, hash.size())] ^= *rc::gen::inRange<std::uint8_t>(1, 255);
  return hash;
}

TEST(LogTreeProperty, TilesHaveTheRootOverAllLeaves) {
  EXPECT_TRUE(rc::check([] {
    const TreeSize size = a_size(0);
    RC_ASSERT(root_at(size, tree()) == root_of(size));
  }));
}

TEST(LogTreeProperty, AFrontierGoesOnFromAnySize) {
  EXPECT_TRUE(rc::check([] {
    const TreeSize to = a_size(0);
    const TreeSize from = *rc::gen::inRange<TreeSize>(0, to + 1);
    Frontier frontier = frontier_at(from, tree());
    for (TreeSize i = from; i < to; ++i) frontier.append(leaf_hashes()[i]);
    RC_ASSERT(frontier.root() == root_of(to));
  }));
}

TEST(LogTreeProperty, BlocksHaveTheRootOverAllLeaves) {
  EXPECT_TRUE(rc::check([] {
    const TreeSize size = a_size();
    const auto all = std::span(leaf_hashes()).first(size);
    std::vector<Hash> blocks;
    for (std::size_t i = 0; i < size; i += 256) {
      blocks.push_back(root_over(all.subspan(i, std::min<std::size_t>(256, size - i))));
    }
    RC_ASSERT(root_over_blocks(size, blocks) == root_of(size));
  }));
}

TEST(LogTreeProperty, AnInclusionProofLeadsToOneRootOnly) {
  EXPECT_TRUE(rc::check([] {
    const TreeSize size = a_size();
    const LeafIndex index = *rc::gen::inRange<LeafIndex>(0, size);
    const Hash& leaf = leaf_hashes()[index];
    const Head head{size, root_of(size)};
    std::vector<Hash> proof = inclusion_proof(index, size, tree());
    RC_ASSERT(verify_inclusion(index, leaf, proof, head).has_value());
    RC_ASSERT(!verify_inclusion(index, spoilt(leaf), proof, head).has_value());
    RC_ASSERT(!verify_inclusion(index, leaf, proof, {size, spoilt(head.root)}).has_value());
    const LeafIndex other = *rc::gen::inRange<LeafIndex>(0, size + 2);
    RC_ASSERT(other == index || !verify_inclusion(other, leaf, proof, head).has_value());
    if (proof.empty()) return;
    Hash& node = proof[*rc::gen::inRange<std::size_t>(0, proof.size())];
    node = spoilt(node);
    RC_ASSERT(!verify_inclusion(index, leaf, proof, head).has_value());
  }));
}

TEST(LogTreeProperty, AConsistencyProofLeadsFromOneHeadToOneOther) {
  EXPECT_TRUE(rc::check([] {
    const TreeSize to = a_size();
    const TreeSize from = *rc::gen::inRange<TreeSize>(1, to + 1);
    const Head before{from, root_of(from)};
    const Head after{to, root_of(to)};
    std::vector<Hash> proof = consistency_proof(from, to, tree());
    RC_ASSERT(verify_consistency(before, after, proof).has_value());
    RC_ASSERT(!verify_consistency({from, spoilt(before.root)}, after, proof).has_value());
    RC_ASSERT(!verify_consistency(before, {to, spoilt(after.root)}, proof).has_value());
    if (proof.empty()) return;
    Hash& node = proof[*rc::gen::inRange<std::size_t>(0, proof.size())];
    node = spoilt(node);
    RC_ASSERT(!verify_consistency(before, after, proof).has_value());
  }));
}

}  // namespace
}  // namespace moot::log

#include "store/tile_frontier.hpp"

#include <gtest/gtest.h>

#include "store_fixture.hpp"

namespace moot::test {
namespace {

Hash leaf_hash(std::uint64_t number) { return log::hash_leaf(Writer().u64(number).view()); }

// Against log::Frontier, appending in pieces of many sizes; the added hashes against the roots of
// the subtrees that they stand for.
TEST(TileFrontier, AgreesWithAPlainFrontier) {
  log::Frontier plain;
  store::TileFrontier tiles;
  std::vector<Hash> level_one;
  std::vector<Hash> level_two;
  std::vector<Hash> block;
  std::uint64_t step = 1;
  EXPECT_EQ(tiles.root(), log::empty_root());
  while (plain.size() < 70'000) {
    std::vector<Hash> hashes;
    for (std::uint64_t i = 0; i < step; ++i) {
      hashes.push_back(leaf_hash(plain.size()));
      plain.append(hashes.back());
      block.push_back(hashes.back());
      if (block.size() == 256) {
        level_one.push_back(log::root_over(block));
        block.clear();
        if (level_one.size() % 256 == 0) {
          level_two.push_back(log::root_over(std::span(level_one).last(256)));
        }
      }
    }
    std::vector<store::TileFrontier::Added> added;
    tiles.append(hashes, added);
    ASSERT_EQ(tiles.size(), plain.size());
    ASSERT_EQ(tiles.root(), plain.root()) << "at " << plain.size();
    for (const store::TileFrontier::Added& level : added) {
      const std::vector<Hash>& expected = level.level == 1 ? level_one : level_two;
      ASSERT_EQ(level.first + level.hashes.size(), expected.size());
      ASSERT_TRUE(std::equal(level.hashes.begin(), level.hashes.end(),
                             expected.begin() + static_cast<std::ptrdiff_t>(level.first)));
    }
    step = (step * 3 + 1) % 1021 + 1;
  }
  EXPECT_EQ(level_two.size(), 1U);
}

TEST(StoredTiles, AnswerEveryRootAndProof) {
  StoreFixture fixture;
  LogBuilder builder;
  builder.put_many(1300, 1);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  for (log::LeafIndex held = 0; held < builder.size();) {
    const log::LeafIndex end = std::min<log::LeafIndex>(builder.size(), held + 37);
    ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                             .ranges = builder.ranges(held, end),
                                             .target = std::nullopt}));
    held = end;
  }
  const auto tree = fixture.store().tree(builder.organisation());
  for (log::TreeSize size = 1; size <= builder.size(); size += 100) {
    const log::Head head = builder.head(size);
    ASSERT_EQ(log::root_at(size, *tree), head.root);
    const auto proof = log::inclusion_proof(size / 3, size, *tree);
    ASSERT_TRUE(
        log::verify_inclusion(size / 3, log::hash_leaf(builder.leaf(size / 3)), proof, head));
    ASSERT_TRUE(log::verify_consistency(head, builder.head(),
                                        log::consistency_proof(size, builder.size(), *tree)));
  }
  EXPECT_EQ(tree->tile(0, 0).size(), 256U);
  EXPECT_EQ(tree->tile(0, 5).size(), 1301U % 256);
  EXPECT_EQ(tree->tile(1, 0).size(), 5U);
  EXPECT_TRUE(tree->tile(0, 6).empty());
}

}  // namespace
}  // namespace moot::test

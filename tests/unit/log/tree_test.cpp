#include "log/tree.hpp"

#include "support.hpp"

namespace moot::log {
namespace {

using test::VectorTree;

/// RFC 9162 section 2.1.1, word for word: slow and plain.
Hash root_by_definition(std::span<const Hash> hashes) {
  if (hashes.empty()) return empty_root();
  if (hashes.size() == 1) return hashes.front();
  std::size_t split = 1;
  while (2 * split < hashes.size()) split *= 2;
  return hash_node(root_by_definition(hashes.first(split)),
                   root_by_definition(hashes.subspan(split)));
}

std::vector<Hash> leaf_hashes(std::size_t count) {
  std::vector<Hash> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(hash_leaf(Writer().u64(i).take()));
  }
  return out;
}

VectorTree tree_over(std::span<const Hash> hashes) {
  VectorTree tree;
  for (const Hash& hash : hashes) tree.append(hash);
  return tree;
}

// 700 leaves: two full tiles, a ragged one, and a second tile level.
constexpr std::size_t some_leaves = 700;

TEST(RootOver, IsTheRecursionOfTheStandard) {
  const auto hashes = leaf_hashes(some_leaves);
  for (const std::size_t count : {0U, 1U, 2U, 3U, 4U, 5U, 7U, 8U, 255U, 256U, 257U, 511U, 700U}) {
    const auto some = std::span(hashes).first(count);
    EXPECT_EQ(root_over(some), root_by_definition(some)) << count;
  }
}

TEST(Frontier, HasTheRootAtEachSize) {
  const auto hashes = leaf_hashes(300);
  Frontier frontier;
  for (std::size_t size = 0; size <= hashes.size(); ++size) {
    EXPECT_EQ(frontier.root(), root_over(std::span(hashes).first(size))) << size;
    EXPECT_EQ(frontier.size(), size);
    if (size < hashes.size()) frontier.append(hashes[size]);
  }
}

TEST(Frontier, TakesPerfectSubtrees) {
  const auto hashes = leaf_hashes(some_leaves);
  Frontier frontier;
  frontier.append_subtree(8, root_over(std::span(hashes).first(256)));
  frontier.append_subtree(8, root_over(std::span(hashes).subspan(256, 256)));
  frontier.append_subtree(2, root_over(std::span(hashes).subspan(512, 4)));
  frontier.append(hashes[516]);
  EXPECT_EQ(frontier.size(), 517U);
  EXPECT_EQ(frontier.root(), root_over(std::span(hashes).first(517)));
}

TEST(Frontier, GoesOnFromItsHashes) {
  const auto hashes = leaf_hashes(some_leaves);
  const VectorTree tree = tree_over(hashes);
  const Frontier read = frontier_at(513, tree);
  Frontier frontier(read.size(), read.hashes());
  for (std::size_t i = 513; i < hashes.size(); ++i) frontier.append(hashes[i]);
  EXPECT_EQ(frontier.head(), (Head{some_leaves, root_over(hashes)}));
}

TEST(FrontierDeathTest, RefusesHashesThatCannotBelongToItsSize) {
  EXPECT_DEATH(Frontier(3, {empty_root()}), "cannot be");
  Frontier three(3, {empty_root(), empty_root()});
  EXPECT_DEATH(three.append_subtree(1, empty_root()), "cannot be");
}

TEST(TileReader, HasTheRootAtEachSize) {
  const auto hashes = leaf_hashes(some_leaves);
  const VectorTree tree = tree_over(hashes);
  for (const TreeSize size : {0U, 1U, 2U, 255U, 256U, 257U, 512U, 513U, 640U, 699U, 700U}) {
    EXPECT_EQ(root_at(size, tree), root_over(std::span(hashes).first(size))) << size;
  }
}

TEST(TileReader, AnswersEachPerfectSubtree) {
  const auto hashes = leaf_hashes(some_leaves);
  const VectorTree tree = tree_over(hashes);
  for (unsigned level = 0; (1U << level) <= some_leaves; ++level) {
    const std::size_t count = std::size_t{1} << level;
    for (std::size_t index = 0; (index + 1) * count <= some_leaves; ++index) {
      EXPECT_EQ(tree.subtree(level, index),
                root_over(std::span(hashes).subspan(index * count, count)))
          << level << " " << index;
    }
  }
}

TEST(TileReaderDeathTest, RefusesWhatTheTileDoesNotHold) {
  const VectorTree tree = tree_over(leaf_hashes(3));
  EXPECT_DEATH(static_cast<void>(tree.subtree(2, 0)), "cannot be");
}

TEST(InclusionProof, ProvesEachLeafAtEachSize) {
  const auto hashes = leaf_hashes(70);
  const VectorTree tree = tree_over(hashes);
  for (TreeSize size = 1; size <= hashes.size(); ++size) {
    const Head head{size, root_at(size, tree)};
    for (LeafIndex index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, tree);
      EXPECT_TRUE(verify_inclusion(index, hashes[index], proof, head)) << index << " of " << size;
    }
  }
}

TEST(InclusionProof, ProvesNothingElse) {
  const auto hashes = leaf_hashes(11);
  const VectorTree tree = tree_over(hashes);
  const Head head{11, root_at(11, tree)};
  const auto proof = inclusion_proof(6, 11, tree);
  EXPECT_FAULT(verify_inclusion(11, hashes[6], proof, head), Fault::wrong_size);
  EXPECT_FAULT(verify_inclusion(5, hashes[6], proof, head), Fault::wrong_root);
  EXPECT_FAULT(verify_inclusion(6, hashes[5], proof, head), Fault::wrong_root);
  auto wrong = proof;
  wrong.pop_back();
  EXPECT_FAULT(verify_inclusion(6, hashes[6], wrong, head), Fault::wrong_root);
  wrong = proof;
  wrong.push_back(empty_root());
  EXPECT_FAULT(verify_inclusion(6, hashes[6], wrong, head), Fault::wrong_root);
  EXPECT_FAULT(verify_inclusion(0, empty_root(), {}, {0, empty_root()}), Fault::wrong_size);
}

TEST(ConsistencyProof, LeadsFromEachSizeToEachLargerOne) {
  const auto hashes = leaf_hashes(40);
  const VectorTree tree = tree_over(hashes);
  for (TreeSize to = 1; to <= hashes.size(); ++to) {
    const Head head{to, root_at(to, tree)};
    for (TreeSize from = 1; from <= to; ++from) {
      const Head before{from, root_at(from, tree)};
      const auto proof = consistency_proof(from, to, tree);
      EXPECT_TRUE(verify_consistency(before, head, proof)) << from << " to " << to;
      EXPECT_FAULT(verify_consistency({from, empty_root()}, head, proof), Fault::wrong_root);
      EXPECT_FAULT(verify_consistency(before, {to, empty_root()}, proof), Fault::wrong_root);
    }
  }
}

TEST(ConsistencyProof, OfNothingIsEmpty) {
  const VectorTree tree = tree_over(leaf_hashes(5));
  EXPECT_TRUE(consistency_proof(0, 5, tree).empty());
  EXPECT_TRUE(consistency_proof(5, 5, tree).empty());
  EXPECT_TRUE(consistency_proof(0, 0, tree).empty());
}

TEST(ConsistencyProof, RefusesALogThatShrank) {
  const VectorTree tree = tree_over(leaf_hashes(8));
  const Head small{5, root_at(5, tree)};
  const Head large{8, root_at(8, tree)};
  EXPECT_FAULT(verify_consistency(large, small, {}), Fault::wrong_size);
  EXPECT_FAULT(extends(large, small, {}), Fault::wrong_size);
}

// The reference library refuses a proof from the empty tree; C2SP tlog-witness wants an empty one.
TEST(Extends, AllowsAnyHeadAfterNothing) {
  const Head head{8, hash_leaf({})};
  const Hash node = empty_root();
  EXPECT_FAULT(verify_consistency({0, empty_root()}, head, {}), Fault::wrong_size);
  EXPECT_TRUE(extends({0, empty_root()}, head, {}));
  EXPECT_TRUE(extends({}, head, {}));
  EXPECT_FAULT(extends({0, empty_root()}, head, std::span(&node, 1)), Fault::wrong_root);
}

}  // namespace
}  // namespace moot::log

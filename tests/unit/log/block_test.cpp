#include "log/block.hpp"

#include "support.hpp"

namespace moot::log {
namespace {

using test::FixedLog;

/// E_0, then records until there are `count` entries; each seventh has a personal part too.
const FixedLog& a_log() {
  static const FixedLog log = [] {
    FixedLog out;
    while (out.tree.size() < 600) {
      const auto record = static_cast<std::uint8_t>(out.tree.size() % 50);
      const std::string body = "{\"n\":" + std::to_string(out.tree.size()) + "}";
      out.put(record, body, out.tree.size() % 7 == 0 ? "someone" : "");
    }
    return out;
  }();
  return log;
}

std::vector<Hash> hashes_of(const FixedLog& log, LeafIndex first, LeafIndex end) {
  std::vector<Hash> out;
  for (LeafIndex i = first; i < end; ++i) out.push_back(hash_leaf(log.leaves[i]));
  return out;
}

Hash block_hash(const FixedLog& log, LeafIndex first, LeafIndex end) {
  return root_over(hashes_of(log, first, end));
}

/// A log whose entry 1 is this leaf, as a block of two.
Result<EntryRange, Fault> check_second(Bytes leaf) {
  FixedLog log;
  log.append(std::move(leaf));
  return check_block(log.organisation(), 0, log.leaves_of(0, 2), {}, 2, block_hash(log, 0, 2));
}

TEST(EntryBundle, IsSplitIntoItsLeaves) {
  const Bytes bundle = a_log().leaves_of(0, 3);
  const auto leaves = split_leaves(bundle, 3);
  ASSERT_TRUE(leaves);
  ASSERT_EQ(leaves->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(to_bytes((*leaves)[i]), a_log().leaves[i]);
  EXPECT_TRUE(split_leaves({}, 0)->empty());
}

TEST(EntryRange, ComesApartAtAnyEntry) {
  for (const std::uint64_t count : {1U, 100U, 255U, 256U}) {
    auto range = check_block(a_log().organisation(), 256, a_log().leaves_of(256, 512), {}, 600,
                             block_hash(a_log(), 256, 512));
    ASSERT_TRUE(range);
    const EntryRange front = take_front(*range, count);
    EXPECT_EQ(front.first, 256U);
    EXPECT_EQ(front.leaves, a_log().leaves_of(256, 256 + count));
    EXPECT_EQ(front.leaf_hashes, hashes_of(a_log(), 256, 256 + count));
    EXPECT_EQ(range->count(), 256 - count);
    if (count == 256) continue;
    EXPECT_EQ(range->first, 256 + count);
    EXPECT_EQ(range->leaves, a_log().leaves_of(256 + count, 512));
  }
}

TEST(EntryBundle, RefusesTooManyTooLongAndCutLeaves) {
  const Bytes bundle = a_log().leaves_of(0, 3);
  EXPECT_FAULT(split_leaves(bundle, 2), Fault::trailing_bytes);
  EXPECT_FAULT(split_leaves(ByteView(bundle).first(bundle.size() - 1), 3), Fault::truncated);
  EXPECT_FAULT(split_leaves(Bytes{0}, 3), Fault::truncated);
  Bytes record(2 + limits::leaf_bytes_max + 1, 1);
  record[0] = 4;
  record[1] = 1;
  record[3] = 2;
  EXPECT_FAULT(split_leaves(record, 3), Fault::too_long);
  record[3] = 1;  // an establish may be longer
  EXPECT_TRUE(split_leaves(record, 3));
}

TEST(BodyBundle, IsSplitByTheLeavesParts) {
  const Bytes leaf_bundle = a_log().leaves_of(5, 9);
  const auto leaves = split_leaves(leaf_bundle, 4);
  ASSERT_TRUE(leaves);
  const Bytes bundle = a_log().bodies_of(5, 9);
  const auto items = split_bodies(bundle, 5, *leaves);
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 5U);  // entry 7 has two parts
  EXPECT_EQ((*items)[2].entry, 7U);
  EXPECT_EQ((*items)[2].part, Part::public_part);
  EXPECT_EQ((*items)[3].entry, 7U);
  EXPECT_EQ((*items)[3].part, Part::personal_part);
  EXPECT_EQ(text_of((*items)[3].body), "someone");
  EXPECT_EQ((*items)[4].entry, 8U);
}

TEST(BodyBundle, RefusesTooFewAndTooMany) {
  const Bytes leaf_bundle = a_log().leaves_of(5, 9);
  const auto leaves = split_leaves(leaf_bundle, 4);
  ASSERT_TRUE(leaves);
  EXPECT_FAULT(split_bodies(a_log().bodies_of(5, 8), 5, *leaves), Fault::truncated);
  EXPECT_FAULT(split_bodies(a_log().bodies_of(5, 10), 5, *leaves), Fault::trailing_bytes);
  Bytes bundle = a_log().bodies_of(5, 9);
  bundle.pop_back();
  EXPECT_FAULT(split_bodies(bundle, 5, *leaves), Fault::truncated);
  bundle[0] = 4;
  EXPECT_FAULT(split_bodies(bundle, 5, *leaves), Fault::bad_value);
  bundle[0] = 0;
  bundle[17] = 1;  // 16 MiB
  EXPECT_FAULT(split_bodies(bundle, 5, *leaves), Fault::too_long);
}

TEST(RootOverBlocks, IsTheRootOverAllEntries) {
  const FixedLog& log = a_log();
  for (const TreeSize size : {1U, 255U, 256U, 257U, 512U, 599U, 600U}) {
    std::vector<Hash> blocks;
    for (LeafIndex first = 0; first < size; first += 256) {
      blocks.push_back(block_hash(log, first, std::min<LeafIndex>(first + 256, size)));
    }
    EXPECT_EQ(root_over_blocks(size, blocks), root_at(size, log.tree)) << size;
  }
  EXPECT_EQ(root_over_blocks(0, {}), empty_root());
}

TEST(CheckBlock, TakesAWholeBlock) {
  const FixedLog& log = a_log();
  const auto range = check_block(log.organisation(), 256, log.leaves_of(256, 512), {}, 600,
                                 block_hash(log, 256, 512));
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 256U);
  EXPECT_EQ(range->count(), 256U);
  EXPECT_EQ(range->leaf_hashes, hashes_of(log, 256, 512));
  EXPECT_EQ(range->leaves, log.leaves_of(256, 512));
  EXPECT_TRUE(range->bodies.empty());
}

TEST(CheckBlock, TakesTheTailOfTheLog) {
  const FixedLog& log = a_log();
  EXPECT_TRUE(check_block(log.organisation(), 512, log.leaves_of(512, 600), {}, 600,
                          block_hash(log, 512, 600)));
}

TEST(CheckBlock, TakesTheRestOfABlockHeldInPart) {
  const FixedLog& log = a_log();
  const auto range = check_block(log.organisation(), 300, log.leaves_of(300, 512),
                                 hashes_of(log, 256, 300), 600, block_hash(log, 256, 512));
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 300U);
  EXPECT_EQ(range->leaf_hashes, hashes_of(log, 300, 512));
  EXPECT_FAULT(check_block(log.organisation(), 300, log.leaves_of(300, 512),
                           hashes_of(log, 255, 299), 600, block_hash(log, 256, 512)),
               Fault::wrong_root);
}

TEST(CheckBlock, RefusesWhatDoesNotHashToIt) {
  const FixedLog& log = a_log();
  const Hash hash = block_hash(log, 256, 512);
  Bytes leaves = log.leaves_of(256, 512);
  leaves[100] ^= 1;
  EXPECT_FAULT(check_block(log.organisation(), 256, leaves, {}, 600, hash), Fault::wrong_root);
  EXPECT_FAULT(check_block(log.organisation(), 256, log.leaves_of(257, 513), {}, 600, hash),
               Fault::wrong_root);
  EXPECT_FAULT(check_block(log.organisation(), 256, log.leaves_of(256, 511), {}, 600, hash),
               Fault::truncated);
  EXPECT_FAULT(check_block(log.organisation(), 256, log.leaves_of(256, 513), {}, 600, hash),
               Fault::trailing_bytes);
}

TEST(CheckBlock, RefusesAnotherOrganisationsEntries) {
  const FixedLog& log = a_log();
  OrganisationId other = log.organisation();
  other.bytes[5] ^= 1;
  EXPECT_FAULT(check_block(other, 256, log.leaves_of(256, 512), {}, 600, block_hash(log, 256, 512)),
               Fault::wrong_organisation);
  EXPECT_FAULT(check_block(other, 0, log.leaves_of(0, 256), {}, 600, block_hash(log, 0, 256)),
               Fault::wrong_organisation);
}

TEST(CheckBlock, WantsTheFirstEventAtTheStart) {
  FixedLog log;
  const LeafIndex record = log.put(1, "{}");
  FixedLog headless;
  headless.leaves = {log.leaves[record], log.leaves[0]};
  EXPECT_FAULT(check_block(log.organisation(), 0, headless.leaves_of(0, 2), {}, 2,
                           block_hash(headless, 0, 2)),
               Fault::wrong_organisation);
  // And nowhere else: it does not carry its organisation.
  EXPECT_FAULT(check_second(test::fixed_first_establish()), Fault::wrong_organisation);
}

TEST(CheckBlock, TakesEventsErasesAndUnknownLeavesInside) {
  const FixedLog log;
  EXPECT_TRUE(check_second(log.signed_leaf(log.next_establish(), {3, 5})));
  EraseLeaf erase;
  erase.organisation = log.organisation();
  erase.erased = {{0, 1}};
  EXPECT_TRUE(check_second(encode(erase)));
  erase.organisation.bytes[0] ^= 1;
  EXPECT_FAULT(check_second(encode(erase)), Fault::wrong_organisation);
  EXPECT_TRUE(check_second(Bytes{1, 77, 0, 1, 2, 3}));
}

TEST(CheckBlock, TellsThatItIsTooOldForACriticalLeaf) {
  EXPECT_FAULT(check_second(Bytes{1, 77, 1}), Fault::not_supported);
}

TEST(CheckBlock, RefusesALeafThatDoesNotDecode) {
  const FixedLog log;
  RecordLeaf leaf = log.next_leaf(1);
  leaf.operation = Operation::withdraw;
  Bytes bytes = encode(leaf);
  bytes.push_back(0);
  EXPECT_FAULT(check_second(bytes), Fault::trailing_bytes);
  EXPECT_FAULT(check_second(Bytes{}), Fault::truncated);
}

TEST(CheckTail, RecomputesTheHeadFromTheFrontier) {
  const FixedLog& log = a_log();
  for (const LeafIndex first : {1U, 255U, 256U, 300U, 599U, 600U}) {
    const auto range = check_tail(log.organisation(), frontier_at(first, log.tree),
                                  log.leaves_of(first, 600), log.head());
    ASSERT_TRUE(range) << first;
    EXPECT_EQ(range->first, first);
    EXPECT_EQ(range->leaf_hashes, hashes_of(log, first, 600));
  }
}

TEST(CheckTail, RefusesWhatDoesNotLeadToTheHead) {
  const FixedLog& log = a_log();
  const Frontier frontier = frontier_at(590, log.tree);
  EXPECT_FAULT(check_tail(log.organisation(), frontier, log.leaves_of(590, 599), log.head()),
               Fault::truncated);
  EXPECT_FAULT(check_tail(log.organisation(), frontier, log.leaves_of(589, 599), log.head()),
               Fault::wrong_root);
  EXPECT_FAULT(
      check_tail(log.organisation(), frontier_at(500, log.tree), {}, {499, log.head().root}),
      Fault::wrong_size);
  EXPECT_FAULT(check_tail(log.organisation(), frontier, log.leaves_of(590, 600), {599, {}}),
               Fault::trailing_bytes);
}

EntryRange a_range(LeafIndex first = 256, LeafIndex end = 512) {
  const FixedLog& log = a_log();
  return check_block(log.organisation(), first, log.leaves_of(first, end), {}, 600,
                     block_hash(log, first, end))
      .value();
}

TEST(CheckBodies, TakesTheBodiesThatTheLeavesCommitTo) {
  const auto range = check_bodies(a_range(), a_log().bodies_of(256, 512));
  ASSERT_TRUE(range);
  EXPECT_EQ((*range)->bodies, a_log().bodies_of(256, 512));
  EXPECT_EQ((*range)->count(), 256U);
}

TEST(CheckBodies, TakesBodiesThatAreNotThere) {
  Bytes bodies;
  for (LeafIndex i = 512; i < 600; ++i) {
    for (std::size_t part = 0; part < a_log().bodies[i].size(); ++part) {
      append_no_body(bodies, i % 3 == 0   ? BodyStatus::erased
                             : i % 3 == 1 ? BodyStatus::withheld
                                          : BodyStatus::missing);
    }
  }
  EXPECT_TRUE(check_bodies(a_range(512, 600), bodies));
}

TEST(CheckBodies, RefusesAnyOtherByte) {
  const Bytes bodies = a_log().bodies_of(512, 600);
  for (const std::size_t at : {1U, 16U, 21U, 22U}) {  // salt, salt, body, body
    Bytes wrong = bodies;
    wrong[at] ^= 1;
    EXPECT_FAULT(check_bodies(a_range(512, 600), wrong), Fault::wrong_commitment) << at;
  }
}

TEST(CheckBodies, RefusesTooFewAndTooMany) {
  EXPECT_FAULT(check_bodies(a_range(512, 600), a_log().bodies_of(512, 599)), Fault::truncated);
  Bytes bodies = a_log().bodies_of(512, 600);
  append_no_body(bodies, BodyStatus::missing);
  EXPECT_FAULT(check_bodies(a_range(512, 600), bodies), Fault::trailing_bytes);
}

}  // namespace
}  // namespace moot::log

#include "store_fixture.hpp"

namespace moot::test {
namespace {

/// A log of which a thief makes another branch, and its officers an event that disowns it.
class Rewinding : public ::testing::Test {
 protected:
  void receive(const LogBuilder& log, log::LeafIndex first, log::LeafIndex end) {
    const auto result = fixture.apply(store::Receive{.organisation = log.organisation(),
                                                     .own_catch_up = false,
                                                     .ranges = log.ranges(first, end),
                                                     .target = log.checkpoint(end)});
    ASSERT_TRUE(result.has_value()) << store::describe(result.error());
  }
  /// Both have `common` entries; the store holds the thief's `stolen` more.
  void start(std::size_t common, std::size_t stolen) {
    builder.put_many(common - 1, 60);
    ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
    receive(builder, 0, common);
    thief.emplace(builder.fork());
    for (std::size_t i = 0; i < stolen; ++i) thief->put(record_id(i), "the thief's version");
    // In steps, so that the version index takes some of them in.
    for (log::LeafIndex held = common; held < thief->size();) {
      const log::LeafIndex end = std::min<log::LeafIndex>(thief->size(), held + 600);
      receive(*thief, held, end);
      held = end;
    }
    for (std::size_t i = 0; i < stolen / 2; ++i) builder.put(record_id(i * 3), "the right version");
    builder.rotate(builder.size());
    builder.put_many(10, 60);
  }
  store::JobResult rewind(log::TreeSize size, bool own = false) {
    return fixture.apply(store::Rewind{.identity = builder.identity(), .size = size, .own = own});
  }
  const log::OrganisationId& organisation() const { return builder.organisation(); }

  StoreFixture fixture;
  LogBuilder builder;
  std::optional<LogBuilder> thief;
};

class RewindingTo : public Rewinding, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(RewindingTo, ItFollowsTheOtherBranch) {
  const std::size_t common = GetParam();
  ASSERT_NO_FATAL_FAILURE(start(common, 600));
  const auto result = rewind(common);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->state.held, common);
  // None is kept of this size, as a newer one came on the same day.
  EXPECT_FALSE(result->state.head.has_value());
  expect_same(fixture.store(), builder, common);
  expect_sound(fixture.store(), organisation());
  EXPECT_EQ(fixture.store().tree(organisation())->tile(0, common / 256).size(), common % 256);
  EXPECT_EQ(fixture.store().tree(organisation())->tile(1, 0).size(), common / 256);
  EXPECT_TRUE(fixture.store().tree(organisation())->tile(0, common / 256 + 1).empty());
  EXPECT_EQ(fixture.store().identity(organisation())->events().size(), 2U);
  receive(builder, common, builder.size());
  expect_same(fixture.store(), builder, builder.size());
  expect_sound(fixture.store(), organisation());
  fixture.reopen();
  expect_same(fixture.store(), builder, builder.size());
  expect_sound(fixture.store(), organisation());
}

INSTANTIATE_TEST_SUITE_P(Sizes, RewindingTo, ::testing::Values(5, 16, 256, 300, 1100));

TEST_F(Rewinding, KeepsTheAbandonedLeavesAndTheirHead) {
  ASSERT_NO_FATAL_FAILURE(start(300, 600));
  ASSERT_TRUE(rewind(300));
  fixture.reopen();
  const auto abandoned = fixture.store().abandoned(organisation());
  ASSERT_EQ(abandoned.size(), 1U);
  EXPECT_EQ(abandoned[0].epoch, 1U);
  EXPECT_EQ(abandoned[0].first, 300U);
  EXPECT_EQ(abandoned[0].count, 600U);
  EXPECT_EQ(abandoned[0].checkpoint.head, thief->head());
  EXPECT_EQ(abandoned[0].checkpoint.note, thief->checkpoint()->note);
  const auto leaves = [&](log::LeafIndex first, std::uint64_t count, std::size_t bytes) {
    return fixture.store().abandoned_leaves(organisation(), 1, first, count, bytes);
  };
  EXPECT_EQ(leaves(300, 10'000, SIZE_MAX), thief->leaf_bundle(300, 900));
  EXPECT_EQ(leaves(500, 20, SIZE_MAX), thief->leaf_bundle(500, 520));
  EXPECT_EQ(leaves(510, 5, 1), thief->leaf_bundle(510, 511));
  EXPECT_TRUE(leaves(900, 5, SIZE_MAX).empty());
  EXPECT_TRUE(leaves(300, 0, SIZE_MAX).empty());
  EXPECT_TRUE(fixture.store().abandoned_leaves(organisation(), 2, 300, 5, SIZE_MAX).empty());
  // Taken back further for the same event: the branch gets what both have in common.
  receive(builder, 300, 320);
  ASSERT_TRUE(rewind(290));
  ASSERT_EQ(fixture.store().abandoned(organisation()).size(), 1U);
  EXPECT_EQ(fixture.store().abandoned(organisation())[0].first, 290U);
  EXPECT_EQ(leaves(290, 10'000, SIZE_MAX), thief->leaf_bundle(290, 900));
}

TEST_F(Rewinding, TheHeadIsTheNewestKeptThatIsLeft) {
  builder.put_many(9, 60);
  builder.rotate();  // 10
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  receive(builder, 0, 11);
  builder.put_many(9, 60);
  thief.emplace(builder.fork());
  thief->put_many(30, 60);
  receive(*thief, 11, 50);
  builder.rotate();
  ASSERT_FAULT(rewind(51), store::Fault::bad_job);
  const auto result = rewind(20);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->state.head->head, builder.head(11));
  EXPECT_EQ(result->state.held, 20U);
  receive(builder, 20, 21);
  expect_same(fixture.store(), builder, 21);
  expect_sound(fixture.store(), organisation());
}

TEST_F(Rewinding, FindsTheVersionsThatAreLeft) {
  // Long enough that the thief's versions are in the version index, which has let go of the older.
  ASSERT_NO_FATAL_FAILURE(start(2000, 3000));
  builder.put_many(1, 60);
  const auto newest = [&](std::uint64_t number) {
    return fixture.store().newest_version(organisation(), record_id(number));
  };
  EXPECT_EQ(newest(7), 2007U);
  EXPECT_EQ(newest(2500), 4500U);
  ASSERT_TRUE(rewind(2000));
  for (std::uint64_t i = 0; i < 1999; i += 13) ASSERT_EQ(newest(i), i + 1);
  EXPECT_FALSE(newest(2500).has_value());
  receive(builder, 2000, 3000);
  receive(builder, 3000, builder.size());
  for (std::uint64_t i = 0; i < 1500; i += 7) ASSERT_EQ(newest(i * 3), 2000 + i);
  EXPECT_EQ(newest(1), 2U);
  fixture.reopen();
  for (std::uint64_t i = 0; i < 1500; i += 7) ASSERT_EQ(newest(i * 3), 2000 + i);
}

TEST_F(Rewinding, ForgetsTheVersionsThatItKnewOnlyFromMemory) {
  ASSERT_NO_FATAL_FAILURE(start(300, 600));
  const auto newest = [&](std::uint64_t number) {
    return fixture.store().newest_version(organisation(), record_id(number));
  };
  EXPECT_EQ(newest(3), 303U);
  ASSERT_TRUE(rewind(300));
  receive(builder, 300, builder.size());
  for (std::uint64_t i = 0; i < 90; ++i) ASSERT_EQ(newest(i * 3), 300 + i);
  EXPECT_EQ(newest(1), 2U);
}

// A part of a batch is in the index, the rest would follow in the next transactions.
TEST_F(Rewinding, StopsTheIndexingThatIsUnderWay) {
  ASSERT_NO_FATAL_FAILURE(start(9000, 0));
  thief->put_many(1200, 20);  // 9,000 are in it then, and an eighth more is due
  receive(*thief, 9000, 10'200);
  for (int i = 0; i < 3; ++i) {  // a few rows each
    thief->put_many(1, 20);
    receive(*thief, thief->size() - 1, thief->size());
  }
  ASSERT_TRUE(rewind(9000));
  for (log::LeafIndex held = 9000; held < builder.size(); ++held) {
    receive(builder, held, held + 1);
    ASSERT_TRUE(fixture.store().state(organisation()).has_value());
  }
  fixture.reopen();
  expect_same(fixture.store(), builder, builder.size());
  for (std::uint64_t i = 0; i < 8999; i += 89) {
    ASSERT_EQ(fixture.store().newest_version(organisation(), record_id(i)), i + 1);
  }
}

TEST_F(Rewinding, JobsAfterItInTheSameTransactionSeeWhatIsLeft) {
  ASSERT_NO_FATAL_FAILURE(start(300, 600));
  store::Receive more{.organisation = organisation(),
                      .own_catch_up = false,
                      .ranges = builder.ranges(300, builder.size()),
                      .target = builder.checkpoint()};
  const auto results = fixture.apply_all(
      {store::Rewind{.identity = builder.identity(), .size = 300, .own = false}, more});
  ASSERT_TRUE(results[0].has_value());
  ASSERT_TRUE(results[1].has_value());
  expect_same(fixture.store(), builder, builder.size());
  EXPECT_EQ(fixture.store().newest_version(organisation(), record_id(0)), 300U);
  expect_sound(fixture.store(), organisation());
}

TEST_F(Rewinding, CountsTheMissingBodiesThatAreLeft) {
  builder.put_many(299, 60);
  builder.set_status(100, log::BodyStatus::missing);
  builder.set_status(299, log::BodyStatus::missing);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  thief.emplace(builder.fork());
  thief->put_many(400, 60);
  thief->set_status(300, log::BodyStatus::missing);
  thief->set_status(620, log::BodyStatus::missing);
  receive(*thief, 0, 700);
  EXPECT_EQ(fixture.store().state(organisation())->bodies_missing, 4U);
  builder.rotate();
  ASSERT_TRUE(rewind(300));
  EXPECT_EQ(fixture.store().state(organisation())->bodies_missing, 2U);
  // No checkpoint of the common part was kept.
  EXPECT_FALSE(fixture.store().state(organisation())->head.has_value());
  receive(builder, 300, 301);
  expect_same(fixture.store(), builder, 301);
}

TEST_F(Rewinding, UndoesTheErasuresOfTheBranch) {
  builder.put_many(50, 60);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  builder.erase({{.leaf = 4, .part_mask = 1}});  // 51
  receive(builder, 0, 52);
  thief.emplace(builder.fork());
  thief->put_many(10, 60);                                                    // 52 to 61
  thief->erase({{.leaf = 5, .part_mask = 1}, {.leaf = 55, .part_mask = 1}});  // 62
  receive(*thief, 52, 62);
  receive(*thief, 62, 63);
  EXPECT_EQ(status_of(fixture.store(), organisation(), 5), log::BodyStatus::erased);
  ASSERT_TRUE(fixture.apply(store::Hide{.organisation = organisation(),
                                        .hidden = {{.leaf = 60, .part_mask = 1}},
                                        .reason = "court",
                                        .time_ms = 1}));
  builder.rotate();
  ASSERT_TRUE(rewind(52));
  EXPECT_EQ(status_of(fixture.store(), organisation(), 5), log::BodyStatus::held);
  EXPECT_EQ(status_of(fixture.store(), organisation(), 4), log::BodyStatus::erased);
  EXPECT_EQ(fixture.store().erasures(organisation(), 0, 100).size(), 1U);
  EXPECT_TRUE(fixture.store().hidden_here(organisation()).empty());
  receive(builder, 52, builder.size());
  expect_sound(fixture.store(), organisation());
}

// Of two rival events the store had followed the one that disowns an erasure; the other stands.
TEST_F(Rewinding, ErasuresThatARewoundEventDisownedCountAgain) {
  builder.put_many(50, 60);
  const log::LeafIndex by = builder.erase({{.leaf = 4, .part_mask = 1}});  // 51
  thief.emplace(builder.fork());
  thief->rotate(by);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{thief->identity()}));
  receive(*thief, 0, 53);
  EXPECT_EQ(status_of(fixture.store(), organisation(), 4), log::BodyStatus::held);
  builder.rotate(by + 1);
  ASSERT_TRUE(rewind(52));
  EXPECT_EQ(status_of(fixture.store(), organisation(), 4), log::BodyStatus::erased);
  EXPECT_EQ(fixture.store().identity(organisation())->newest().id, builder.identity().newest().id);
  receive(builder, 52, 53);
  expect_sound(fixture.store(), organisation());
}

TEST_F(Rewinding, RefusesWhatIsNoRewind) {
  ASSERT_FAULT(rewind(1), store::Fault::unknown_log);
  ASSERT_NO_FATAL_FAILURE(start(300, 100));
  ASSERT_FAULT(rewind(0), store::Fault::bad_job);
  ASSERT_FAULT(rewind(401), store::Fault::bad_job);
  ASSERT_FAULT(
      fixture.apply(store::Rewind{.identity = thief->identity(), .size = 300, .own = false}),
      store::Fault::bad_job);  // no event asks for it
  LogBuilder other;
  ASSERT_FAULT(fixture.apply(store::Rewind{.identity = other.identity(), .size = 1, .own = false}),
               store::Fault::unknown_log);
  // An event that the identity has within what stays, and the tree has not.
  LogBuilder false_chain = builder.fork();
  false_chain.rotate();
  ASSERT_TRUE(rewind(300));
  receive(builder, 300, 352);
  log::Identity moved = *log::Identity::begin(builder.first_leaf());
  ASSERT_TRUE(moved.extend(builder.identity().events()[1].leaf, 351));
  ASSERT_TRUE(moved.extend(false_chain.identity().events()[2].leaf, 400));
  ASSERT_FAULT(fixture.apply(store::Rewind{.identity = moved, .size = 352, .own = false}),
               store::Fault::contradiction);
  expect_sound(fixture.store(), organisation());
}

TEST_F(Rewinding, OurOwnLogOnlyWhereItIsSaidSo) {
  ASSERT_NO_FATAL_FAILURE(start(300, 100));
  ASSERT_TRUE(fixture.apply(store::Adopt{organisation()}));
  ASSERT_FAULT(rewind(300), store::Fault::bad_job);
  ASSERT_TRUE(rewind(300, true));
  // And then it is fetched from peers.
  store::Receive more{.organisation = organisation(),
                      .own_catch_up = false,
                      .ranges = builder.ranges(300, builder.size()),
                      .target = builder.checkpoint()};
  ASSERT_FAULT(fixture.apply(more), store::Fault::bad_job);
  more.own_catch_up = true;
  ASSERT_TRUE(fixture.apply(more));
  expect_same(fixture.store(), builder, builder.size());
}

TEST_F(Rewinding, OurOwnKeyEventsComeOnlyBeyondWhatIsHeld) {
  builder.put_many(20, 60);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  receive(builder, 0, 21);
  ASSERT_TRUE(fixture.apply(store::Adopt{organisation()}));
  LogBuilder within = builder.fork();
  log::Identity moved = builder.identity();
  within.rotate();
  ASSERT_TRUE(moved.extend(within.identity().events()[1].leaf, 21));
  ASSERT_TRUE(fixture.apply(store::PutIdentity{moved}));
  within.rotate();
  ASSERT_TRUE(moved.extend(within.identity().events()[2].leaf, 22));
  store::Receive more{.organisation = organisation(),
                      .own_catch_up = true,
                      .ranges = within.ranges(21, 22),
                      .target = std::nullopt};
  ASSERT_TRUE(fixture.apply(more));
  ASSERT_TRUE(fixture.apply(store::PutIdentity{moved}));
  more.ranges = within.ranges(22, 23);
  ASSERT_TRUE(fixture.apply(more));
  within.rotate();
  log::Identity late = moved;
  ASSERT_TRUE(late.extend(within.identity().events()[3].leaf, 23));
  within.put_many(1, 10);
  more.ranges = within.ranges(23, 25);
  ASSERT_TRUE(fixture.apply(more));
  ASSERT_FAULT(fixture.apply(store::PutIdentity{late}), store::Fault::bad_job);
}

}  // namespace
}  // namespace moot::test

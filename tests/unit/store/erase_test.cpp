#include "store_fixture.hpp"

namespace moot::test {
namespace {

constexpr std::uint64_t start_ms = 1'700'000'000'000;
constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::uint64_t far_ms = std::uint64_t{1} << 60;
constexpr std::uint8_t public_bit = 1;
constexpr std::uint8_t personal_bit = 2;
constexpr auto held = log::BodyStatus::held;
constexpr auto erased = log::BodyStatus::erased;
constexpr auto missing = log::BodyStatus::missing;

class Erasing : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(fixture.apply(publisher.found())); }
  store::Erase erase(std::vector<log::ErasedLeaf> leaves, bool now = false) const {
    return {.erased = std::move(leaves),
            .reason = log::EraseReason::consent_withdrawn,
            .time_ms = start_ms,
            .now = now,
            .sign = publisher.signer()};
  }
  log::BodyStatus status(log::LeafIndex entry, std::size_t item = 0) const {
    return status_of(fixture.store(), publisher.organisation(), entry, item);
  }
  std::vector<log::Erasure> erasures() const {
    return fixture.store().erasures(publisher.organisation(), 0, 1'000'000);
  }
  log::LeafIndex destroy(std::uint64_t now_ms) {
    const auto result = fixture.apply(store::DestroyErased{now_ms});
    EXPECT_TRUE(result.has_value());
    return result->first;
  }

  mutable StoreFixture fixture;
  Publisher publisher;
};

TEST_F(Erasing, HidesAtOnceAndDestroysEachPartAfterItsHold) {
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(1), "public text", "personal text")));
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(2), "stays")));
  const auto made = fixture.apply(erase({{.leaf = 1, .part_mask = 3}}));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->first, 3U);
  EXPECT_EQ(made->checkpoint->head.size, 4U);
  EXPECT_EQ(status(1, 0), erased);
  EXPECT_EQ(status(1, 1), erased);
  EXPECT_EQ(status(2), held);
  ASSERT_EQ(erasures().size(), 1U);
  EXPECT_EQ(erasures()[0], (log::Erasure{.leaf = 1,
                                         .part_mask = 3,
                                         .by = 3,
                                         .reason = log::EraseReason::consent_withdrawn,
                                         .hidden_ms = start_ms,
                                         .destroy_ms = start_ms + 72 * hour_ms,
                                         .destroyed_mask = 0}));
  EXPECT_EQ(fixture.store().next_destruction_ms(), start_ms + 24 * hour_ms);
  EXPECT_EQ(destroy(start_ms + 24 * hour_ms - 1), 0U);
  EXPECT_EQ(destroy(start_ms + 24 * hour_ms), 1U);
  EXPECT_EQ(erasures()[0].destroyed_mask, personal_bit);
  EXPECT_EQ(fixture.store().next_destruction_ms(), start_ms + 72 * hour_ms);
  EXPECT_EQ(destroy(start_ms + 72 * hour_ms), 1U);
  EXPECT_EQ(destroy(far_ms), 0U);
  EXPECT_EQ(erasures()[0].destroyed_mask, 3U);
  EXPECT_FALSE(fixture.store().next_destruction_ms().has_value());
  fixture.reopen();
  EXPECT_EQ(status(1, 0), erased);
  EXPECT_EQ(status(2), held);
  EXPECT_EQ(fixture.store().state(publisher.organisation())->bodies_missing, 0U);
  EXPECT_EQ(fixture.store().newest_version(publisher.organisation(), record_id(1)), 1U);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Erasing, OnePartLeavesTheOther) {
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(1), "public text", "personal text")));
  ASSERT_TRUE(fixture.apply(erase({{.leaf = 1, .part_mask = personal_bit}}, true)));
  EXPECT_EQ(destroy(start_ms), 1U);
  EXPECT_EQ(status(1, 0), held);
  EXPECT_EQ(status(1, 1), erased);
  expect_sound(fixture.store(), publisher.organisation());
  // The other part, by another entry: one answer for the leaf.
  ASSERT_TRUE(fixture.apply(erase({{.leaf = 1, .part_mask = public_bit}})));
  ASSERT_EQ(erasures().size(), 1U);
  EXPECT_EQ(erasures()[0].part_mask, 3U);
  EXPECT_EQ(erasures()[0].by, 2U);
  EXPECT_EQ(erasures()[0].destroyed_mask, personal_bit);
}

TEST_F(Erasing, RefusesWhatIsNotThereToBeErased) {
  ASSERT_FAULT(StoreFixture().apply(erase({{.leaf = 1, .part_mask = 1}})),
               store::Fault::not_founded);
  ASSERT_TRUE(fixture.apply(publisher.records(3)));
  store::Publish withdrawal = publisher.records(1);
  withdrawal.records[0].operation = log::Operation::withdraw;
  withdrawal.records[0].parts.clear();
  ASSERT_TRUE(fixture.apply(withdrawal));
  const std::vector<std::vector<log::ErasedLeaf>> bad = {
      {},
      {{.leaf = 0, .part_mask = 1}},                               // establish
      {{.leaf = 4, .part_mask = 1}},                               // has no body
      {{.leaf = 5, .part_mask = 1}},                               // not held
      {{.leaf = 1, .part_mask = 2}},                               // has no such part
      {{.leaf = 1, .part_mask = 0}},                               // names none
      {{.leaf = 1, .part_mask = 1}, {.leaf = 1, .part_mask = 1}},  // twice
      {{.leaf = 2, .part_mask = 1}, {.leaf = 1, .part_mask = 1}},  // not ascending
  };
  for (const auto& leaves : bad) {
    ASSERT_FAULT(fixture.apply(erase(leaves)), store::Fault::bad_job);
  }
  store::Erase unsigned_one = erase({{.leaf = 1, .part_mask = 1}});
  unsigned_one.sign = [](const log::Head&) { return std::string(); };
  ASSERT_FAULT(fixture.apply(unsigned_one), store::Fault::bad_job);
  EXPECT_EQ(status(1), held);
  ASSERT_TRUE(fixture.apply(erase({{.leaf = 1, .part_mask = 1}})));
  ASSERT_FAULT(fixture.apply(erase({{.leaf = 1, .part_mask = 1}})), store::Fault::bad_job);
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 6U);
}

TEST_F(Erasing, ManyAreSplitAndWaitForAnEstablish) {
  ASSERT_TRUE(fixture.apply(publisher.records(400)));
  ASSERT_TRUE(fixture.apply(erase({{.leaf = 400, .part_mask = 1}})));  // entry 401
  std::vector<log::ErasedLeaf> many;
  for (log::LeafIndex leaf = 1; leaf <= 250; ++leaf) many.push_back({.leaf = leaf, .part_mask = 1});
  const auto made = fixture.apply(erase(many));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->state.held, 405U);
  EXPECT_EQ(status(1), erased);
  EXPECT_EQ(status(251), held);
  // All of the day are held back, the first as well.
  EXPECT_EQ(erasures().back().leaf, 400U);
  for (const log::Erasure& erasure : erasures()) ASSERT_EQ(erasure.destroy_ms, 0U);
  EXPECT_EQ(destroy(far_ms), 0U);
  // One that does not stand by them changes nothing; here one that disowns the last.
  const auto identity = *fixture.store().identity(publisher.organisation());
  const auto tree = fixture.store().tree(publisher.organisation());
  ASSERT_TRUE(fixture.apply(
      publisher.establish(identity, {.size = 404, .root = log::root_at(404, *tree)}, false)));
  EXPECT_EQ(status(250), held);
  EXPECT_EQ(status(200), erased);
  EXPECT_EQ(erasures().size(), 201U);
  EXPECT_EQ(erasures()[0].destroy_ms, start_ms + 72 * hour_ms);
  EXPECT_EQ(destroy(far_ms), 201U);
  EXPECT_EQ(status(250), held);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Erasing, NowDestroysOurOwnCopyHoweverMany) {
  ASSERT_TRUE(fixture.apply(publisher.records(300)));
  std::vector<log::ErasedLeaf> many;
  for (log::LeafIndex leaf = 1; leaf <= 300; ++leaf) many.push_back({.leaf = leaf, .part_mask = 1});
  ASSERT_TRUE(fixture.apply(erase(many, true)));
  EXPECT_EQ(destroy(start_ms), 300U);
  EXPECT_EQ(destroy(far_ms), 0U);
}

TEST_F(Erasing, DestroysABoundedNumberACall) {
  ASSERT_TRUE(fixture.apply(publisher.records(10'050, 10)));
  std::vector<log::ErasedLeaf> many;
  for (log::LeafIndex i = 1; i <= 10'050; ++i) many.push_back({.leaf = i, .part_mask = 1});
  ASSERT_TRUE(fixture.apply(erase(many, true)));
  EXPECT_EQ(destroy(start_ms), 10'000U);
  EXPECT_EQ(destroy(start_ms), 50U);
  EXPECT_EQ(destroy(start_ms), 0U);
}

// The text is gone from every byte of the file, and what shared its row is not.
TEST_F(Erasing, LeavesNoByteOfTheTextAfterCompaction) {
  const std::string secret = "the address of the refuge";
  const std::string neighbour = "the opening hours";
  std::string large(200'000, 'x');
  large += secret;
  ASSERT_TRUE(fixture.apply(publisher.records(100)));
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(1001), secret)));            // 101
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(1002), neighbour)));         // 102
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(1003), "public", secret)));  // 103
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(1004), large)));             // 104
  ASSERT_TRUE(fixture.apply(publisher.records(300)));  // the block's rows are joined
  const auto data = fixture.folder() / "data.mdb";
  ASSERT_TRUE(file_has(data, secret));
  ASSERT_TRUE(fixture.apply(erase({{.leaf = 101, .part_mask = 1},
                                   {.leaf = 103, .part_mask = 2},
                                   {.leaf = 104, .part_mask = 1}})));
  EXPECT_EQ(destroy(far_ms), 3U);
  ASSERT_TRUE(fixture.store().compact());
  EXPECT_FALSE(file_has(data, secret));
  EXPECT_TRUE(file_has(data, neighbour));
  EXPECT_FALSE(std::filesystem::exists(fixture.folder() / "data.mdb.new"));
  EXPECT_EQ(status(101), erased);
  EXPECT_EQ(status(102), held);
  expect_sound(fixture.store(), publisher.organisation());
  // It goes on, in the new file, and after opening it again.
  ASSERT_TRUE(fixture.apply(publisher.records(10)));
  fixture.reopen();
  expect_sound(fixture.store(), publisher.organisation());
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 416U);
  EXPECT_FALSE(file_has(data, secret));
}

class ErasingElsewhere : public ::testing::Test {
 protected:
  void receive(log::LeafIndex first, log::LeafIndex end) {
    ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
    store::Receive job{.organisation = builder.organisation(),
                       .own_catch_up = false,
                       .ranges = builder.ranges(first, end),
                       .target = builder.checkpoint(end)};
    const auto result = fixture.apply(job);
    ASSERT_TRUE(result.has_value()) << store::describe(result.error());
  }
  log::BodyStatus status(log::LeafIndex entry, std::size_t item = 0) const {
    return status_of(fixture.store(), builder.organisation(), entry, item);
  }
  std::vector<log::Erasure> erasures() const {
    return fixture.store().erasures(builder.organisation(), 0, 1'000'000);
  }
  std::uint64_t bodies_missing() const {
    return fixture.store().state(builder.organisation())->bodies_missing;
  }
  log::LeafIndex destroy(std::uint64_t now_ms = far_ms) {
    return fixture.apply(store::DestroyErased{now_ms})->first;
  }

  mutable StoreFixture fixture;
  LogBuilder builder;
};

TEST_F(ErasingElsewhere, AHolderHidesInTheTransactionThatBringsTheEntry) {
  builder.put_many(20, 50);
  builder.put(record_id(100), "public", "personal");  // 21
  receive(0, 22);
  builder.erase({{.leaf = 3, .part_mask = 1}, {.leaf = 21, .part_mask = 2}});  // 22
  receive(22, 23);
  EXPECT_EQ(status(3), erased);
  EXPECT_EQ(status(21, 0), held);
  EXPECT_EQ(status(21, 1), erased);
  ASSERT_EQ(erasures().size(), 2U);
  EXPECT_GE(erasures()[0].destroy_ms, erasures()[0].hidden_ms + 72 * hour_ms);
  EXPECT_EQ(erasures()[1].destroy_ms, erasures()[1].hidden_ms + 24 * hour_ms);
  // From the middle, and one at a time.
  EXPECT_EQ(fixture.store().erasures(builder.organisation(), 4, 9).size(), 1U);
  EXPECT_EQ(fixture.store().erasures(builder.organisation(), 0, 1).size(), 1U);
  EXPECT_EQ(destroy(), 2U);
  fixture.reopen();
  EXPECT_EQ(status(3), erased);
  expect_sound(fixture.store(), builder.organisation());
}

TEST_F(ErasingElsewhere, WhatComesWithItsErasureIsNeverWritten) {
  builder.put_many(20, 50);
  builder.put(record_id(100), "words that nobody shall keep");  // 21
  builder.erase({{.leaf = 21, .part_mask = 1}});
  receive(0, 23);
  EXPECT_EQ(status(21), erased);
  EXPECT_EQ(status(20), held);
  ASSERT_EQ(erasures().size(), 1U);
  EXPECT_EQ(erasures()[0].destroyed_mask, 1U);
  EXPECT_EQ(bodies_missing(), 0U);
  EXPECT_FALSE(file_has(fixture.folder() / "data.mdb", "words that nobody shall keep"));
  expect_sound(fixture.store(), builder.organisation());
}

TEST_F(ErasingElsewhere, IgnoresWhatAnEntryNamesInVain) {
  builder.put_many(5, 50);
  builder.withdraw(record_id(0));  // 6
  builder.erase({{.leaf = 0, .part_mask = 1},
                 {.leaf = 2, .part_mask = 3},
                 {.leaf = 3, .part_mask = 2},
                 {.leaf = 6, .part_mask = 1},
                 {.leaf = 7, .part_mask = 1},
                 {.leaf = 8, .part_mask = 1}});  // 7
  builder.put(record_id(100), "after");          // 8
  receive(0, 9);
  ASSERT_EQ(erasures().size(), 1U);
  EXPECT_EQ(erasures()[0].leaf, 2U);
  EXPECT_EQ(erasures()[0].part_mask, 1U);
  EXPECT_EQ(status(3), held);
  EXPECT_EQ(status(8), held);
}

TEST_F(ErasingElsewhere, MissingBodiesThatAreErasedAreNoLongerMissed) {
  builder.put_many(5, 50);
  builder.set_status(2, missing);
  builder.set_status(3, missing);
  receive(0, 6);
  EXPECT_EQ(bodies_missing(), 2U);
  builder.erase({{.leaf = 2, .part_mask = 1}});
  receive(6, 7);
  EXPECT_EQ(bodies_missing(), 1U);
  EXPECT_EQ(status(2), erased);
}

// A thief erases everything; the officers disown it.
TEST_F(ErasingElsewhere, AnEstablishLiftsWhatItDisowns) {
  builder.put_many(30, 50);
  const log::LeafIndex good = builder.erase({{.leaf = 1, .part_mask = 1}});   // 31
  builder.erase({{.leaf = 2, .part_mask = 1}, {.leaf = 3, .part_mask = 1}});  // 32, the thief's
  receive(0, 31);
  receive(31, 33);
  EXPECT_EQ(status(2), erased);
  ASSERT_EQ(destroy(erasures()[0].hidden_ms + 1), 0U);
  builder.rotate(good + 1);
  receive(33, 34);
  EXPECT_EQ(status(1), erased);
  EXPECT_EQ(status(2), held);
  EXPECT_EQ(status(3), held);
  ASSERT_EQ(erasures().size(), 1U);
  EXPECT_EQ(destroy(), 1U);
  expect_sound(fixture.store(), builder.organisation());
}

TEST_F(ErasingElsewhere, WhatWasDestroyedMayBeFilledAgainOnceDisowned) {
  builder.put_many(30, 50);
  receive(0, 31);
  const log::LeafIndex by = builder.erase({{.leaf = 2, .part_mask = 1}});
  receive(31, 32);
  EXPECT_EQ(destroy(), 1U);
  builder.rotate(by);
  receive(32, 33);
  EXPECT_EQ(status(2), missing);
  EXPECT_EQ(bodies_missing(), 1U);
  ASSERT_TRUE(fixture.apply(store::FillBodies{.organisation = builder.organisation(),
                                              .first = 2,
                                              .leaves = builder.leaf_bundle(2, 3),
                                              .bodies = builder.body_bundle(2, 3)}));
  EXPECT_EQ(bodies_missing(), 0U);
  expect_same(fixture.store(), builder, 33);
}

TEST_F(ErasingElsewhere, ADisownedEraseInOneReceiveErasesNothing) {
  builder.put_many(30, 50);
  const log::LeafIndex by = builder.erase({{.leaf = 2, .part_mask = 1}});
  builder.rotate(by);
  receive(0, 33);
  EXPECT_TRUE(erasures().empty());
  expect_same(fixture.store(), builder, 33);
}

// The chain is known before its event is received: the event counts once it lies in the tree.
TEST_F(ErasingElsewhere, AnEventCountsOnceItIsInTheTree) {
  builder.put_many(30, 50);
  const log::LeafIndex by = builder.erase({{.leaf = 2, .part_mask = 1}});  // 31
  builder.rotate(by);                                                      // 32
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  store::Receive job{.organisation = builder.organisation(),
                     .own_catch_up = false,
                     .ranges = builder.ranges(0, 32),
                     .target = std::nullopt};
  ASSERT_TRUE(fixture.apply(job));
  EXPECT_EQ(status(2), erased);
  receive(32, 33);
  EXPECT_EQ(status(2), held);
}

TEST_F(ErasingElsewhere, AMassEraseIsReleasedByAnEstablishThatStandsByIt) {
  builder.put_many(300, 20);
  receive(0, 301);
  for (int part = 0; part < 2; ++part) {
    std::vector<log::ErasedLeaf> leaves;
    for (log::LeafIndex i = 0; i < 80; ++i) {
      leaves.push_back({.leaf = 1 + 100 * static_cast<log::LeafIndex>(part) + i, .part_mask = 1});
    }
    builder.erase(std::move(leaves));
    receive(builder.size() - 1, builder.size());
    if (part == 0) {
      EXPECT_NE(erasures()[0].destroy_ms, 0U);
    }
  }
  EXPECT_EQ(erasures().size(), 160U);
  EXPECT_EQ(erasures()[0].destroy_ms, 0U);
  EXPECT_FALSE(fixture.store().next_destruction_ms().has_value());
  EXPECT_EQ(destroy(), 0U);
  builder.rotate();
  receive(builder.size() - 1, builder.size());
  EXPECT_EQ(erasures()[0].destroy_ms, erasures()[0].hidden_ms + 72 * hour_ms);
  EXPECT_EQ(destroy(), 160U);
}

}  // namespace
}  // namespace moot::test

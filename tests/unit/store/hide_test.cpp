#include "store_fixture.hpp"

namespace moot::test {
namespace {

constexpr auto held = log::BodyStatus::held;
constexpr auto missing = log::BodyStatus::missing;
constexpr auto withheld = log::BodyStatus::withheld;

class Hiding : public ::testing::Test {
 protected:
  void SetUp() override {
    builder.put_many(20, 50);
    builder.put(record_id(100), "public words", "personal words");  // 21
    ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  }
  void receive() {
    ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                             .own_catch_up = false,
                                             .ranges = builder.ranges(0, builder.size()),
                                             .target = builder.checkpoint()}));
  }
  store::JobResult hide(std::vector<log::ErasedLeaf> leaves, std::string reason) {
    return fixture.apply(store::Hide{.organisation = builder.organisation(),
                                     .hidden = std::move(leaves),
                                     .reason = std::move(reason),
                                     .time_ms = 77});
  }
  store::FillBodies fill(log::LeafIndex first, log::LeafIndex end) const {
    return {.organisation = builder.organisation(),
            .first = first,
            .leaves = builder.leaf_bundle(first, end),
            .bodies = builder.body_bundle(first, end)};
  }
  log::BodyStatus status(log::LeafIndex entry, std::size_t item = 0) const {
    return status_of(fixture.store(), builder.organisation(), entry, item);
  }
  std::uint64_t bodies_missing() const {
    return fixture.store().state(builder.organisation())->bodies_missing;
  }

  mutable StoreFixture fixture;
  LogBuilder builder;
};

TEST_F(Hiding, DropsTheBodyHereAndRefusesItWhenItComesAgain) {
  receive();
  ASSERT_TRUE(hide({{.leaf = 21, .part_mask = 1}}, "court"));
  EXPECT_EQ(status(21, 0), withheld);
  EXPECT_EQ(status(21, 1), held);
  ASSERT_TRUE(fixture.store().compact());
  EXPECT_FALSE(file_has(fixture.folder() / "data.mdb", "public words"));
  EXPECT_TRUE(file_has(fixture.folder() / "data.mdb", "personal words"));
  fixture.reopen();
  const auto hidden = fixture.store().hidden_here(builder.organisation());
  ASSERT_EQ(hidden.size(), 1U);
  EXPECT_EQ(hidden[0].leaf, 21U);
  EXPECT_EQ(hidden[0].part_mask, 1U);
  EXPECT_EQ(hidden[0].reason, "court");
  EXPECT_EQ(hidden[0].time_ms, 77U);
  ASSERT_TRUE(fixture.apply(fill(21, 22)));
  EXPECT_EQ(status(21, 0), withheld);
  EXPECT_EQ(bodies_missing(), 0U);
  // Taken back, it is missing, and may be filled.
  ASSERT_TRUE(hide({{.leaf = 21, .part_mask = 1}}, ""));
  EXPECT_TRUE(fixture.store().hidden_here(builder.organisation()).empty());
  EXPECT_EQ(status(21, 0), missing);
  EXPECT_EQ(bodies_missing(), 1U);
  ASSERT_TRUE(fixture.apply(fill(21, 22)));
  EXPECT_EQ(bodies_missing(), 0U);
  expect_same(fixture.store(), builder, builder.size());
}

TEST_F(Hiding, WhatIsErasedForAllStaysErased) {
  receive();
  ASSERT_TRUE(hide({{.leaf = 3, .part_mask = 1}}, "safety"));
  const log::LeafIndex by = builder.erase({{.leaf = 3, .part_mask = 1}});
  ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                           .own_catch_up = false,
                                           .ranges = builder.ranges(by, by + 1),
                                           .target = builder.checkpoint()}));
  EXPECT_EQ(status(3), log::BodyStatus::erased);
  ASSERT_TRUE(hide({{.leaf = 3, .part_mask = 1}}, ""));
  EXPECT_EQ(status(3), log::BodyStatus::erased);
  EXPECT_EQ(bodies_missing(), 0U);
  ASSERT_TRUE(fixture.apply(fill(3, 4)));
  EXPECT_EQ(status(3), log::BodyStatus::erased);
}

TEST_F(Hiding, RefusesWhatIsNotThere) {
  receive();
  LogBuilder other;
  ASSERT_FAULT(fixture.apply(store::Hide{.organisation = other.organisation(),
                                         .hidden = {{.leaf = 1, .part_mask = 1}},
                                         .reason = "x",
                                         .time_ms = 1}),
               store::Fault::unknown_log);
  ASSERT_FAULT(hide({}, "court"), store::Fault::bad_job);
  ASSERT_FAULT(hide({{.leaf = 0, .part_mask = 1}}, "court"), store::Fault::bad_job);
  ASSERT_FAULT(hide({{.leaf = 1, .part_mask = 2}}, "court"), store::Fault::bad_job);
  ASSERT_FAULT(hide({{.leaf = 22, .part_mask = 1}}, "court"), store::Fault::bad_job);
  ASSERT_FAULT(hide({{.leaf = 1, .part_mask = 1}}, ""), store::Fault::bad_job);  // is not hidden
  ASSERT_FAULT(hide({{.leaf = 1, .part_mask = 1}}, std::string(300, 'x')), store::Fault::bad_job);
  EXPECT_EQ(status(1), held);
}

TEST_F(Hiding, FillsWhatIsMissingAndWithheld) {
  LogBuilder partial = builder.fork();
  for (const log::LeafIndex entry : {2U, 3U, 9U}) partial.set_status(entry, missing);
  partial.set_status(21, withheld);
  ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                           .own_catch_up = false,
                                           .ranges = partial.ranges(0, 22),
                                           .target = builder.checkpoint()}));
  EXPECT_EQ(bodies_missing(), 3U);
  ASSERT_TRUE(fixture.apply(fill(2, 5)));
  EXPECT_EQ(bodies_missing(), 1U);
  // A peer that has it no more does not make it less missing.
  store::FillBodies nothing = fill(9, 10);
  nothing.bodies.clear();
  log::append_no_body(nothing.bodies, log::BodyStatus::erased);
  ASSERT_TRUE(fixture.apply(nothing));
  EXPECT_EQ(bodies_missing(), 1U);
  fixture.reopen();
  ASSERT_TRUE(fixture.apply(fill(1, 22)));
  EXPECT_EQ(bodies_missing(), 0U);
  expect_same(fixture.store(), builder, builder.size());
}

TEST_F(Hiding, FillsRowsThatGrow) {
  LogBuilder large;
  large.put_many(300, 5'000);
  LogBuilder empty = large.fork();
  for (log::LeafIndex entry = 1; entry <= 300; ++entry) empty.set_status(entry, missing);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{large.identity()}));
  ASSERT_TRUE(fixture.apply(store::Receive{.organisation = large.organisation(),
                                           .own_catch_up = false,
                                           .ranges = empty.ranges(0, 301),
                                           .target = large.checkpoint()}));
  for (const log::LeafIndex first : {150U, 1U, 256U}) {
    const log::LeafIndex end = first == 1 ? 150 : first == 150 ? 256 : 301;
    ASSERT_TRUE(fixture.apply(store::FillBodies{.organisation = large.organisation(),
                                                .first = first,
                                                .leaves = large.leaf_bundle(first, end),
                                                .bodies = large.body_bundle(first, end)}));
  }
  expect_same(fixture.store(), large, 301);
  large.put_many(500, 5'000);
  ASSERT_TRUE(fixture.apply(store::Receive{.organisation = large.organisation(),
                                           .own_catch_up = false,
                                           .ranges = large.ranges(301, 801),
                                           .target = large.checkpoint()}));
  expect_same(fixture.store(), large, 801);
}

TEST_F(Hiding, FillsNothingThatIsNotWhatTheEntrySays) {
  LogBuilder partial = builder.fork();
  partial.set_status(2, missing);
  ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                           .own_catch_up = false,
                                           .ranges = partial.ranges(0, 20),
                                           .target = builder.checkpoint(20)}));
  store::FillBodies job = fill(2, 3);
  job.bodies.back() ^= 1;
  ASSERT_FAULT(fixture.apply(job), store::Fault::bad_job);
  job = fill(2, 3);
  job.bodies.push_back(0);
  ASSERT_FAULT(fixture.apply(job), store::Fault::bad_job);
  job = fill(2, 3);
  job.first = 3;  // the leaf is another's
  ASSERT_FAULT(fixture.apply(job), store::Fault::contradiction);
  ASSERT_FAULT(fixture.apply(fill(19, 22)), store::Fault::contradiction);  // beyond what is held
  ASSERT_FAULT(fixture.apply(fill(20, 21)), store::Fault::bad_job);
  job = fill(2, 3);
  job.leaves.clear();
  job.bodies.clear();
  ASSERT_FAULT(fixture.apply(job), store::Fault::bad_job);
  EXPECT_EQ(bodies_missing(), 1U);
}

}  // namespace
}  // namespace moot::test

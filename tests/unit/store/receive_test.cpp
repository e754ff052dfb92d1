#include "store_fixture.hpp"

namespace moot::test {
namespace {

class Receiving : public ::testing::Test {
 protected:
  void follow(const LogBuilder& log) {
    ASSERT_TRUE(fixture.apply(store::PutIdentity{log.identity()}));
  }
  /// Entries [first, end), with the checkpoint of a size where one is given.
  static store::Receive entries(const LogBuilder& log, log::LeafIndex first, log::LeafIndex end,
                                log::TreeSize target = 0) {
    store::Receive job{.organisation = log.organisation(),
                       .ranges = log.ranges(first, end),
                       .target = std::nullopt};
    if (target > 0) job.target = log.checkpoint(target);
    return job;
  }
  log::LogState state(const LogBuilder& log) { return *fixture.store().state(log.organisation()); }

  StoreFixture fixture;
  LogBuilder builder;
};

TEST_F(Receiving, RefusesALogWhoseIdentityIsNotKnown) {
  ASSERT_FAULT(fixture.apply(entries(builder, 0, 1, 1)), store::Fault::unknown_log);
  EXPECT_FALSE(fixture.store().state(builder.organisation()).has_value());
}

TEST_F(Receiving, KeepsEntriesBodiesAndTreeByteForByte) {
  builder.put_many(1500, 300);
  builder.put(record_id(3), "public", "personal");
  builder.withdraw(record_id(4));
  follow(builder);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, builder.size(), builder.size())));
  expect_same(fixture.store(), builder, builder.size());
  expect_sound(fixture.store(), builder.organisation());
  fixture.reopen();
  expect_same(fixture.store(), builder, builder.size());
  expect_sound(fixture.store(), builder.organisation());
}

TEST_F(Receiving, MovesTheHeadWhenTheTargetIsReachedAndNotBefore) {
  builder.put_many(999, 50);
  follow(builder);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 0, 1000)));  // the start of a fetch
  EXPECT_FALSE(state(builder).head.has_value());
  EXPECT_EQ(state(builder).target->head.size, 1000U);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 512)));
  fixture.reopen();  // the target survives
  EXPECT_FALSE(state(builder).head.has_value());
  EXPECT_EQ(state(builder).held, 512U);
  EXPECT_EQ(state(builder).target->head, builder.head());
  const auto last = fixture.apply(entries(builder, 512, 1000));
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->state.head->head, builder.head());
  EXPECT_EQ(state(builder).head->note, state(builder).target->note);
  EXPECT_EQ(fixture.store().checkpoints(builder.organisation()).size(), 1U);
  expect_same(fixture.store(), builder, 1000);
}

TEST_F(Receiving, KeepsTheLargerTarget) {
  builder.put_many(99, 10);
  follow(builder);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 0, 100)));
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 0, 60)));
  EXPECT_EQ(state(builder).target->head.size, 100U);
  // A smaller one that is reached on the way moves the head all the same.
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 70, 60)));
  EXPECT_EQ(state(builder).head->head, builder.head(60));
  EXPECT_EQ(state(builder).target->head.size, 100U);
  EXPECT_EQ(state(builder).held, 70U);
}

TEST_F(Receiving, RefusesWhatDoesNotFollow) {
  builder.put_many(600, 20);
  follow(builder);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 300)));
  ASSERT_FAULT(fixture.apply(entries(builder, 301, 400)), store::Fault::not_contiguous);
  ASSERT_FAULT(fixture.apply(entries(builder, 256, 400)), store::Fault::not_contiguous);
  ASSERT_FAULT(fixture.apply(entries(builder, 0, 300)), store::Fault::not_contiguous);
  store::Receive gap = entries(builder, 300, 400);
  gap.ranges.erase(gap.ranges.begin());  // 300 to 399 is in one block: nothing is left
  ASSERT_FAULT(fixture.apply(gap), store::Fault::bad_job);
  store::Receive hole = entries(builder, 300, 601);
  hole.ranges.erase(hole.ranges.begin() + 1);
  ASSERT_EQ(hole.ranges.size(), 1U);
  ASSERT_TRUE(fixture.apply(hole));
  expect_same(fixture.store(), builder, 512);
}

TEST_F(Receiving, AForkContradictsAndPoisonsNobody) {
  builder.put_many(50, 20);
  LogBuilder other = builder.fork();
  builder.put(record_id(1000), "one branch");
  other.put(record_id(1000), "the other branch");
  LogBuilder third;
  third.put_many(300, 10);
  follow(builder);
  follow(third);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 51)));

  // The branch's last entry towards the other branch's head, between good jobs of both logs.
  store::Receive forked = entries(builder, 51, 52);
  forked.target = other.checkpoint();
  const auto results = fixture.apply_all(
      {entries(third, 0, 200), forked, entries(third, 200, 301, 301), store::PutFollow{}});
  EXPECT_TRUE(results[0].has_value());
  ASSERT_FAULT(results[1], store::Fault::contradiction);
  EXPECT_TRUE(results[2].has_value());
  EXPECT_TRUE(results[3].has_value());
  EXPECT_EQ(state(builder).held, 51U);
  EXPECT_FALSE(state(builder).target.has_value());
  expect_same(fixture.store(), third, 301);

  // The honest end is still welcome; then heads of the other branch contradict what is held.
  ASSERT_TRUE(fixture.apply(entries(builder, 51, 52, 52)));
  ASSERT_FAULT(fixture.apply(entries(other, 0, 0, 52)), store::Fault::contradiction);
  builder.put_many(5, 20);
  ASSERT_TRUE(fixture.apply(entries(builder, 52, 57, 57)));
  ASSERT_FAULT(fixture.apply(entries(other, 0, 0, 52)), store::Fault::contradiction);
  // An older head of the same branch is no news and no offence.
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 0, 30)));
  EXPECT_EQ(state(builder).head->head, builder.head());
  expect_same(fixture.store(), builder, 57);
}

TEST_F(Receiving, TwoTargetsOfOneSizeContradict) {
  LogBuilder other = builder.fork();
  builder.put(record_id(1), "a");
  other.put(record_id(1), "b");
  follow(builder);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 0, 2)));
  ASSERT_FAULT(fixture.apply(entries(other, 0, 0, 2)), store::Fault::contradiction);
  EXPECT_EQ(state(builder).target->head, builder.head());
}

TEST_F(Receiving, NotesHeadsWithoutEntries) {
  builder.put_many(20, 10);
  follow(builder);
  for (const log::TreeSize size : {5U, 12U, 21U}) {
    ASSERT_TRUE(fixture.apply(entries(builder, 0, 0, size)));
    EXPECT_EQ(state(builder).target->head, builder.head(size));
  }
  EXPECT_EQ(state(builder).held, 0U);
}

TEST_F(Receiving, TakesTheOwnLogFromNobody) {
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  const store::Receive job{
      .organisation = publisher.organisation(), .ranges = {}, .target = std::nullopt};
  ASSERT_FAULT(fixture.apply(job), store::Fault::bad_job);
}

TEST_F(Receiving, RefusesRangesOfAnotherLogAndNothingAtAll) {
  LogBuilder other;
  follow(builder);
  store::Receive mixed = entries(builder, 0, 1);
  mixed.target = other.checkpoint();
  ASSERT_FAULT(fixture.apply(mixed), store::Fault::bad_job);
  mixed = entries(other, 0, 1);
  mixed.organisation = builder.organisation();
  ASSERT_FAULT(fixture.apply(mixed), store::Fault::bad_job);
  ASSERT_FAULT(fixture.apply(entries(builder, 0, 0)), store::Fault::bad_job);
}

TEST_F(Receiving, CountsBodiesThatAreMissing) {
  builder.put_many(30, 100);
  builder.put(record_id(500), "public", "personal");
  builder.set_status(3, log::BodyStatus::missing);
  builder.set_status(4, log::BodyStatus::erased);
  builder.set_status(5, log::BodyStatus::withheld);
  builder.set_status(31, log::BodyStatus::missing);
  follow(builder);
  ASSERT_TRUE(fixture.apply(entries(builder, 0, 20)));
  EXPECT_EQ(state(builder).bodies_missing, 1U);
  ASSERT_TRUE(fixture.apply(entries(builder, 20, 32, 32)));
  fixture.reopen();
  EXPECT_EQ(state(builder).bodies_missing, 3U);
  expect_same(fixture.store(), builder, 32);
}

// Live tails of a few entries each: their small rows are joined when a block is complete, and one
// cannot tell.
TEST_F(Receiving, ManySmallTailsMakeTheSameLog) {
  builder.put_many(700, 900);
  follow(builder);
  log::LeafIndex held = 0;
  std::uint64_t step = 1;
  while (held < builder.size()) {
    const log::LeafIndex end = std::min<log::LeafIndex>(builder.size(), held + step);
    store::Receive job{.organisation = builder.organisation(), .ranges = {}, .target = {}};
    job.ranges.push_back(builder.tail(held, end));
    job.target = builder.checkpoint(end);
    ASSERT_TRUE(fixture.apply(job));
    held = end;
    step = step % 7 + 1;
    if (held % 5 == 0) fixture.reopen();
  }
  expect_same(fixture.store(), builder, builder.size());
  expect_sound(fixture.store(), builder.organisation());
}

TEST_F(Receiving, SeveralLogsInterleave) {
  std::vector<LogBuilder> logs;
  logs.reserve(5);
  for (std::size_t i = 0; i < 5; ++i) {
    logs.emplace_back();
    logs.back().put_many(400 + 50 * i, 200);
    follow(logs.back());
  }
  for (log::LeafIndex first = 0; first < 601; first += 40) {
    std::vector<store::Job> jobs;
    for (const LogBuilder& log : logs) {
      const log::LeafIndex end = std::min<log::LeafIndex>(log.size(), first + 40);
      if (first < end) jobs.emplace_back(entries(log, first, end, end));
    }
    for (const store::JobResult& result : fixture.apply_all(std::move(jobs))) {
      ASSERT_TRUE(result.has_value());
    }
  }
  for (const LogBuilder& log : logs) expect_same(fixture.store(), log, log.size());
  std::vector<log::OrganisationId> expected;
  for (const LogBuilder& log : logs) expected.push_back(log.organisation());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(fixture.store().organisations(), expected);
}

TEST_F(Receiving, KeepsTheCheckpointsAroundAnEstablish) {
  builder.put_many(3, 10);
  const log::LeafIndex position = builder.rotate();
  builder.put_many(3, 10);
  follow(builder);
  log::LeafIndex held = 0;
  for (const log::TreeSize size : {3U, 4U, 5U, 6U, 8U}) {
    ASSERT_TRUE(fixture.apply(entries(builder, held, size, size)));
    held = size;
  }
  std::vector<log::TreeSize> sizes;
  for (const log::Checkpoint& kept : fixture.store().checkpoints(builder.organisation())) {
    sizes.push_back(kept.head.size);
  }
  EXPECT_EQ(sizes, (std::vector<log::TreeSize>{position, position + 1, 8}));
}

}  // namespace
}  // namespace moot::test

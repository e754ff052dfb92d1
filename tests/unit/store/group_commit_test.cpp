#include "store/group_commit.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <thread>

#include "store_fixture.hpp"

namespace moot::test {
namespace {

using store::GroupCommit;

class Grouping : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(fixture.apply(publisher.found())); }
  /// A job that holds the writer thread until the latch is released: it signs only then.
  store::Publish slow(std::latch& started, std::latch& released) {
    store::Publish job = publisher.records(1);
    job.sign = [&, sign = job.sign](const log::Head& head) {
      started.count_down();
      released.wait();
      return sign(head);
    };
    return job;
  }
  StoreFixture fixture;
  Publisher publisher;
};

TEST_F(Grouping, ManyThreadsAreEachAnswered) {
  constexpr int threads_count = 8;
  constexpr int jobs_each = 25;
  std::atomic<int> answered = 0;
  std::vector<log::LeafIndex> firsts;
  {
    GroupCommit commit(fixture.store());
    std::vector<std::thread> threads;
    std::vector<std::vector<store::Publish>> jobs(threads_count);
    for (auto& mine : jobs) {
      for (int i = 0; i < jobs_each; ++i) mine.push_back(publisher.records(2));
    }
    for (int t = 0; t < threads_count; ++t) {
      threads.emplace_back([&, t] {
        for (store::Publish& job : jobs[static_cast<std::size_t>(t)]) {
          std::promise<store::JobResult> promise;
          auto result = promise.get_future();
          const auto push = commit.submit(
              std::move(job), [&](store::JobResult done) { promise.set_value(std::move(done)); });
          ASSERT_EQ(push, GroupCommit::Push::taken);
          const store::JobResult done = result.get();
          ASSERT_TRUE(done.has_value());
          // Durable and visible when answered.
          const auto state = fixture.store().state(publisher.organisation());
          ASSERT_GE(state->held, done->first + 2);
          ASSERT_GE(state->head->head.size, done->checkpoint->head.size);
          ++answered;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(answered, threads_count * jobs_each);
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held,
            1U + 2 * threads_count * jobs_each);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Grouping, WhatWaitsTogetherSharesACheckpoint) {
  std::latch started(1);
  std::latch released(1);
  std::vector<log::TreeSize> sizes;
  {
    GroupCommit commit(fixture.store());
    const auto note_size = [&](store::JobResult done) {  // on the writer thread alone
      sizes.push_back(done->checkpoint->head.size);
    };
    ASSERT_EQ(commit.submit(slow(started, released), note_size), GroupCommit::Push::taken);
    started.wait();
    for (int i = 0; i < 6; ++i) {
      ASSERT_EQ(commit.submit(publisher.records(1), note_size), GroupCommit::Push::taken);
    }
    released.count_down();
  }
  EXPECT_EQ(sizes, (std::vector<log::TreeSize>{2, 8, 8, 8, 8, 8, 8}));
}

TEST_F(Grouping, AFullInboxRefusesAndHasRoomAgain) {
  LogBuilder builder;
  builder.put_many(30, 1'000'000);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  std::latch started(1);
  std::latch released(1);
  std::atomic<int> failed = 0;
  std::atomic<int> done = 0;
  const auto answer = [&](const store::JobResult& result) {
    if (!result) ++failed;
    ++done;
  };
  const auto receive = [&](log::LeafIndex first, log::LeafIndex end) {
    return store::Receive{.organisation = builder.organisation(),
                          .ranges = builder.ranges(first, end),
                          .target = std::nullopt};
  };
  GroupCommit commit(fixture.store());
  ASSERT_EQ(commit.submit(slow(started, released), answer), GroupCommit::Push::taken);
  started.wait();
  log::LeafIndex taken = 0;
  while (commit.submit(receive(taken, taken + 1), answer) == GroupCommit::Push::taken) ++taken;
  EXPECT_GE(taken, 7U);
  EXPECT_LE(taken, 9U);  // 8 MiB of bodies of 1 MB, the first entry has none
  // Publishing has a window of its own.
  ASSERT_EQ(commit.submit(publisher.records(50, 1'000'000), answer), GroupCommit::Push::taken);
  released.count_down();
  while (done < static_cast<int>(taken) + 2) std::this_thread::yield();
  // One job larger than the window is taken when nothing else waits.
  ASSERT_EQ(commit.submit(receive(taken, 31), answer), GroupCommit::Push::taken);
  commit.stop();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(fixture.store().state(builder.organisation())->held, 31U);
}

TEST_F(Grouping, StoppingFinishesWhatWasTakenAndTakesNoMore) {
  std::atomic<int> answered = 0;
  GroupCommit commit(fixture.store());
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(commit.submit(publisher.records(1), [&](const store::JobResult&) { ++answered; }),
              GroupCommit::Push::taken);
  }
  commit.stop();
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(commit.submit(publisher.records(1), nullptr), GroupCommit::Push::stopping);
  commit.stop();
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 21U);
}

TEST_F(Grouping, ARefusedJobFailsAlone) {
  std::promise<store::JobResult> bad;
  std::promise<store::JobResult> good;
  GroupCommit commit(fixture.store());
  ASSERT_EQ(
      commit.submit(publisher.found(), [&](store::JobResult r) { bad.set_value(std::move(r)); }),
      GroupCommit::Push::taken);
  ASSERT_EQ(commit.submit(publisher.records(1),
                          [&](store::JobResult r) { good.set_value(std::move(r)); }),
            GroupCommit::Push::taken);
  ASSERT_FAULT(bad.get_future().get(), store::Fault::exists_already);
  EXPECT_TRUE(good.get_future().get().has_value());
}

}  // namespace
}  // namespace moot::test

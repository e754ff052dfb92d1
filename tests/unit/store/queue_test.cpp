#include "store_fixture.hpp"

namespace moot::test {
namespace {

class Queueing : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(fixture.apply(publisher.found())); }
  store::Enqueue enqueue(std::string_view body) const {
    store::Publish publish = publisher.one(record_id(1), body, "personal");
    return {.records = std::move(publish.records), .time_ms = 1234};
  }
  /// The queued publish as it is published.
  store::Publish publish(const store::Store::Queued& queued) const {
    return {.records = queued.records,
            .time_ms = queued.time_ms,
            .sign = publisher.signer(),
            .queued = queued.number};
  }

  StoreFixture fixture;
  Publisher publisher;
};

TEST_F(Queueing, SurvivesReopeningAndGoesWithItsPublish) {
  const auto first = fixture.apply(enqueue("one"));
  const auto second = fixture.apply(enqueue("two"));
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(second.has_value());
  EXPECT_LT(first->first, second->first);
  fixture.reopen();
  const auto queued = fixture.store().queued();
  ASSERT_EQ(queued.size(), 2U);
  EXPECT_EQ(queued[0].number, first->first);
  EXPECT_EQ(queued[0].time_ms, 1234U);
  const store::NewRecord made = enqueue("one").records[0];
  const store::NewRecord& kept = queued[0].records.at(0);
  EXPECT_EQ(kept.record, made.record);
  EXPECT_EQ(kept.kind, made.kind);
  ASSERT_EQ(kept.parts.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(kept.parts[i].part, made.parts[i].part);
    EXPECT_EQ(kept.parts[i].salt, made.parts[i].salt);
    EXPECT_EQ(kept.parts[i].body, made.parts[i].body);
    EXPECT_EQ(kept.parts[i].commitment, made.parts[i].commitment);
  }
  ASSERT_TRUE(fixture.apply(publish(queued[0])));
  fixture.reopen();
  ASSERT_EQ(fixture.store().queued().size(), 1U);
  EXPECT_EQ(fixture.store().queued()[0].number, second->first);
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 2U);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Queueing, IsPublishedOnceAndNotAfterItWasTakenBack) {
  ASSERT_TRUE(fixture.apply(enqueue("one")));
  ASSERT_TRUE(fixture.apply(enqueue("two")));
  const auto queued = fixture.store().queued();
  const auto results = fixture.apply_all({publish(queued[0]), publish(queued[0])});
  EXPECT_TRUE(results[0].has_value());
  ASSERT_FAULT(results[1], store::Fault::unknown_log);
  ASSERT_FAULT(fixture.apply(publish(queued[0])), store::Fault::unknown_log);
  ASSERT_TRUE(fixture.apply(store::DropQueued{queued[1].number}));
  ASSERT_FAULT(fixture.apply(store::DropQueued{queued[1].number}), store::Fault::unknown_log);
  ASSERT_FAULT(fixture.apply(publish(queued[1])), store::Fault::unknown_log);
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 2U);
  // Numbers are never used again.
  EXPECT_GT(fixture.apply(enqueue("three"))->first, queued[1].number);
}

TEST_F(Queueing, StaysWhenItsPublishIsRefused) {
  ASSERT_TRUE(fixture.apply(enqueue("one")));
  store::Publish silent = publish(fixture.store().queued()[0]);
  silent.sign = [](const log::Head&) { return std::string(); };
  ASSERT_FAULT(fixture.apply(silent), store::Fault::bad_job);
  EXPECT_EQ(fixture.store().queued().size(), 1U);
}

TEST_F(Queueing, RefusesBadRecordsAndTooMany) {
  ASSERT_FAULT(StoreFixture().apply(enqueue("x")), store::Fault::not_founded);
  ASSERT_FAULT(fixture.apply(store::Enqueue{}), store::Fault::bad_job);
  store::Enqueue bad = enqueue("x");
  bad.records[0].kind = "No Kind";
  ASSERT_FAULT(fixture.apply(bad), store::Fault::bad_job);
  std::vector<store::Job> jobs(limits::queued_publishes_max, store::Job(enqueue("x")));
  for (const auto& result : fixture.apply_all(std::move(jobs))) ASSERT_TRUE(result.has_value());
  ASSERT_FAULT(fixture.apply(enqueue("x")), store::Fault::queue_full);
  ASSERT_TRUE(fixture.apply(store::DropQueued{fixture.store().queued()[0].number}));
  ASSERT_TRUE(fixture.apply(enqueue("x")));
  ASSERT_FAULT(fixture.apply(enqueue("x")), store::Fault::queue_full);
}

TEST_F(Queueing, RefusesTooManyBytes) {
  store::Enqueue large;
  for (std::uint64_t i = 0; i < 60; ++i) {
    large.records.push_back(publisher.one(record_id(i), std::string(limits::MiB, 'x')).records[0]);
  }
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(fixture.apply(large));
  ASSERT_FAULT(fixture.apply(large), store::Fault::queue_full);
  ASSERT_TRUE(fixture.apply(enqueue("small")));
}

}  // namespace
}  // namespace moot::test

#include "store/environment.hpp"
#include "store/log_table.hpp"
#include "store_fixture.hpp"

namespace moot::test {
namespace {

class Publishing : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(fixture.apply(publisher.found())); }
  log::LogState state() { return *fixture.store().state(publisher.organisation()); }
  log::RecordLeaf leaf(log::LeafIndex entry) {
    const Bytes bundle =
        fixture.store().leaves(publisher.organisation(), entry, 1, limits::block_bytes_max);
    return *log::decode_record(ByteView(bundle).subspan(2));
  }

  StoreFixture fixture;
  Publisher publisher;
};

TEST_F(Publishing, FoundingStoresTheFirstEntryAndItsCheckpoint) {
  EXPECT_EQ(fixture.store().own_organisation(), publisher.organisation());
  EXPECT_EQ(fixture.store().organisations(),
            std::vector<log::OrganisationId>{publisher.organisation()});
  EXPECT_EQ(state().held, 1U);
  ASSERT_TRUE(state().head.has_value());
  EXPECT_EQ(state().head->head.size, 1U);
  EXPECT_EQ(state().head->head.root, log::hash_leaf(publisher.first_leaf()));
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Publishing, FoundsOnlyOnce) {
  ASSERT_FAULT(fixture.apply(publisher.found()), store::Fault::exists_already);
  ASSERT_FAULT(fixture.apply(Publisher().found()), store::Fault::exists_already);
  EXPECT_EQ(fixture.store().organisations().size(), 1U);
}

TEST(Founding, RefusesALeafThatFoundsNothing) {
  StoreFixture fixture;
  const Publisher publisher;
  Bytes broken = publisher.first_leaf();
  broken.back() ^= 1;
  ASSERT_FAULT(fixture.apply(store::Found{.first_leaf = broken, .sign = publisher.signer()}),
               store::Fault::bad_job);
  ASSERT_FAULT(fixture.apply(Publisher().records(1)), store::Fault::not_founded);
  EXPECT_FALSE(fixture.store().own_organisation().has_value());
  EXPECT_TRUE(fixture.store().organisations().empty());
}

TEST_F(Publishing, AnswersWhereTheRecordsAreAndTheSignedHead) {
  const auto first = fixture.apply(publisher.records(10));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->first, 1U);
  const auto second = fixture.apply(publisher.records(5));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->first, 11U);
  ASSERT_TRUE(second->checkpoint.has_value());
  EXPECT_EQ(second->checkpoint->head.size, 16U);
  EXPECT_EQ(second->checkpoint->note, state().head->note);
  EXPECT_EQ(second->state.held, 16U);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Publishing, LinksTheVersionsOfARecord) {
  const log::RecordId record = record_id(70'007);
  const auto put = [&] { return fixture.apply(publisher.one(record, "{}"))->first; };
  const log::LeafIndex first = put();
  EXPECT_EQ(leaf(first).previous, 0U);
  ASSERT_TRUE(fixture.apply(publisher.records(300)));
  const log::LeafIndex second = put();
  EXPECT_EQ(leaf(second).previous, first + 1);
  EXPECT_EQ(leaf(second).epoch, 0U);
  EXPECT_EQ(fixture.store().newest_version(publisher.organisation(), record), second);
  fixture.reopen();
  const log::LeafIndex third = put();
  EXPECT_EQ(leaf(third).previous, second + 1);
  EXPECT_EQ(fixture.store().newest_version(publisher.organisation(), record), third);
  EXPECT_FALSE(fixture.store().newest_version(publisher.organisation(), record_id(99'999)));
}

TEST_F(Publishing, LinksVersionsWithinOneJobAndBetweenJobsOfOneCall) {
  store::Publish twice = publisher.one(record_id(1), "a");
  twice.records.push_back(twice.records.front());
  const auto results =
      fixture.apply_all({twice, store::PutFollow{}, publisher.one(record_id(1), "b"), twice});
  ASSERT_TRUE(results[0] && results[2] && results[3]);
  EXPECT_EQ(leaf(1).previous, 0U);
  EXPECT_EQ(leaf(2).previous, 2U);
  EXPECT_EQ(leaf(3).previous, 3U);
  EXPECT_EQ(leaf(4).previous, 4U);
  EXPECT_EQ(leaf(5).previous, 5U);
  EXPECT_EQ(fixture.store().newest_version(publisher.organisation(), record_id(1)), 5U);
}

TEST_F(Publishing, JobsThatWaitTogetherShareOneSignature) {
  int signatures = 0;
  std::vector<store::Job> jobs;
  for (int i = 0; i < 5; ++i) {
    store::Publish job = publisher.records(3);
    job.sign = [&signatures, sign = job.sign](const log::Head& head) {
      ++signatures;
      return sign(head);
    };
    jobs.emplace_back(std::move(job));
  }
  const auto results = fixture.apply_all(std::move(jobs));
  EXPECT_EQ(signatures, 1);
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_TRUE(results[i].has_value());
    EXPECT_EQ(results[i]->first, 1 + 3 * i);
    EXPECT_EQ(results[i]->checkpoint->head, state().head->head);
  }
  EXPECT_EQ(state().head->head.size, 16U);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Publishing, ABadJobLeavesNoTraceAmongGoodOnes) {
  store::Publish empty = publisher.records(1);
  empty.records.clear();
  store::Publish bad_kind = publisher.records(1);
  bad_kind.records[0].kind = "Service!";
  store::Publish no_body = publisher.records(1);
  no_body.records[0].parts.clear();
  store::Publish withdraw_with_body = publisher.records(1);
  withdraw_with_body.records[0].operation = log::Operation::withdraw;
  store::Publish large = publisher.records(1, limits::body_bytes_max + 1);
  store::Publish wrong_order = publisher.one(record_id(500), "a", "b");
  std::swap(wrong_order.records[0].parts[0], wrong_order.records[0].parts[1]);
  store::Publish half_bad = publisher.records(3);
  half_bad.records[2].kind.clear();
  store::Publish unsigned_job = publisher.records(1);
  unsigned_job.sign = nullptr;
  store::Publish withdraw = publisher.records(1);
  withdraw.records[0].operation = log::Operation::withdraw;
  withdraw.records[0].parts.clear();
  const auto results =
      fixture.apply_all({empty, publisher.records(2), bad_kind, no_body, withdraw_with_body, large,
                         wrong_order, half_bad, unsigned_job, withdraw, publisher.records(2)});
  for (const std::size_t bad : {0U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    ASSERT_FAULT(results[bad], store::Fault::bad_job);
  }
  ASSERT_TRUE(results[1] && results[9] && results[10]);
  EXPECT_EQ(results[10]->first, 4U);
  EXPECT_EQ(state().held, 6U);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Publishing, RefusesToContradictAHeadThatItSigned) {
  ASSERT_TRUE(fixture.apply(publisher.records(4)));
  const log::LogState before = state();
  fixture.close();
  {  // as if a head of size 8 had been signed before the disk was put back to an older state
    auto environment = store::Environment::open(fixture.folder(), {});
    ASSERT_TRUE(environment.has_value());
    store::WriteTransaction transaction(**environment);
    const auto row = store::read_log_row(transaction, publisher.organisation());
    ASSERT_TRUE(row.has_value());
    transaction.put(
        store::Table::checkpoints, store::checkpoint_key(row->number, 8),
        encode(store::CheckpointRow{.time_ms = 0,
                                    .stored = {.head = {.size = 8, .root = {}}, .note = "note"}}));
    ASSERT_EQ(transaction.commit(), 0);
  }
  fixture.open();
  int signatures = 0;
  store::Publish job = publisher.records(3);
  job.sign = [&](const log::Head&) {
    ++signatures;
    return std::string("note");
  };
  const auto results = fixture.apply_all({job, store::PutFollow{}});
  ASSERT_FAULT(results[0], store::Fault::contradiction);
  EXPECT_TRUE(results[1].has_value());
  ASSERT_FAULT(fixture.apply(publisher.records(1)), store::Fault::contradiction);
  EXPECT_EQ(signatures, 0);
  EXPECT_EQ(state().held, before.held);
  EXPECT_EQ(fixture.store().follows().size(), 1U);
}

TEST_F(Publishing, KeepsTheNewestCheckpointAndTheLastOfEachDay) {
  constexpr std::uint64_t day_ms = 86'400'000;
  const auto publish = [&](std::uint64_t time_ms) {
    store::Publish job = publisher.records(1);
    job.time_ms = time_ms;
    ASSERT_TRUE(fixture.apply(job));
  };
  publish(20'000 * day_ms + 1);  // size 2
  publish(20'000 * day_ms + 2);  // size 3, the last of its day
  publish(20'001 * day_ms);      // size 4
  publish(20'002 * day_ms - 1);  // size 5, the last of its day
  publish(20'003 * day_ms);      // size 6
  publish(20'003 * day_ms + 5);  // size 7, the newest
  std::vector<log::TreeSize> sizes;
  for (const log::Checkpoint& kept : fixture.store().checkpoints(publisher.organisation())) {
    sizes.push_back(kept.head.size);
    EXPECT_EQ(log::root_at(kept.head.size, *fixture.store().tree(publisher.organisation())),
              kept.head.root);
  }
  EXPECT_EQ(sizes, (std::vector<log::TreeSize>{1, 3, 5, 7}));
}

TEST_F(Publishing, KeepsTheFirstCheckpointThoughOthersOfItsDayFollow) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(fixture.apply(publisher.records(1)));
  const auto kept = fixture.store().checkpoints(publisher.organisation());
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].head.size, 1U);
  EXPECT_EQ(kept[1].head.size, 4U);
}

TEST_F(Publishing, KeepsPersonalPartsApart) {
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(1), "public text", "personal text")));
  const auto with = fixture.store().bodies(publisher.organisation(), 1, 1, SIZE_MAX, true);
  const auto without = fixture.store().bodies(publisher.organisation(), 1, 1, SIZE_MAX, false);
  const Bytes leaf_bundle =
      fixture.store().leaves(publisher.organisation(), 1, 1, limits::block_bytes_max);
  const std::vector<ByteView> leaves = *log::split_leaves(leaf_bundle, 1);
  const auto items_with = *log::split_bodies(with.bundle, 1, leaves);
  const auto items_without = *log::split_bodies(without.bundle, 1, leaves);
  ASSERT_EQ(items_with.size(), 2U);
  ASSERT_EQ(items_without.size(), 2U);
  EXPECT_EQ(text_of(items_with[1].body), "personal text");
  EXPECT_EQ(text_of(items_without[0].body), "public text");
  EXPECT_EQ(items_without[1].status, log::BodyStatus::withheld);
}

}  // namespace
}  // namespace moot::test

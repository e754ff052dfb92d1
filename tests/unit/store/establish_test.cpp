#include "store_fixture.hpp"

namespace moot::test {
namespace {

class Establishing : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fixture.apply(publisher.found()));
    ASSERT_TRUE(fixture.apply(publisher.records(3)));  // 1 to 3
  }
  log::OrganisationId organisation() const { return publisher.organisation(); }
  log::Head head_of(log::TreeSize size) const {
    return {.size = size, .root = log::root_at(size, *fixture.store().tree(organisation()))};
  }
  store::AppendEstablish establish(log::TreeSize trusted, bool republish) {
    return publisher.establish(*fixture.store().identity(organisation()), head_of(trusted),
                               republish);
  }
  log::Entry entry(log::LeafIndex at) const {
    const Bytes bundle = fixture.store().leaves(organisation(), at, 1, SIZE_MAX);
    return *log::decode_entry(log::split_leaves(bundle, 1)->front());
  }
  std::string body(log::LeafIndex at, std::size_t item = 0) const {
    Bytes bundle;
    const auto items = items_of(fixture.store(), organisation(), at, bundle);
    return std::string(text_of(items.at(item).body));
  }

  mutable StoreFixture fixture;
  Publisher publisher;
};

TEST_F(Establishing, AppendsTheEventAndSignsWithTheNewKey) {
  const auto made = fixture.apply(establish(4, false));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->first, 4U);
  EXPECT_EQ(made->checkpoint->head.size, 5U);
  EXPECT_TRUE(std::holds_alternative<log::Establish>(entry(4)));
  fixture.reopen();
  const auto identity = fixture.store().identity(organisation());
  ASSERT_EQ(identity->events().size(), 2U);
  EXPECT_EQ(identity->newest().position, 4U);
  // Records from now on are of the new epoch.
  ASSERT_TRUE(fixture.apply(publisher.records(1)));
  EXPECT_EQ(std::get<log::RecordLeaf>(entry(5)).epoch, 1U);
  expect_sound(fixture.store(), organisation());
  // The checkpoint before the event and the one with it are kept.
  std::vector<log::TreeSize> sizes;
  for (const auto& kept : fixture.store().checkpoints(organisation())) {
    sizes.push_back(kept.head.size);
  }
  EXPECT_EQ(sizes, (std::vector<log::TreeSize>{1, 4, 5, 6}));
}

TEST_F(Establishing, PublishesAgainWhatIsDisowned) {
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(0), "second", "personal")));  // 4
  store::Publish withdrawal = publisher.one(record_id(1), "x");
  withdrawal.records[0].operation = log::Operation::withdraw;
  withdrawal.records[0].parts.clear();
  ASSERT_TRUE(fixture.apply(withdrawal));                                    // 5
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(0), "third")));          // 6
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(50), "to be erased")));  // 7
  ASSERT_TRUE(fixture.apply(
      store::Erase{.erased = {{.leaf = 2, .part_mask = 1}, {.leaf = 7, .part_mask = 1}},
                   .reason = log::EraseReason::court,
                   .time_ms = 1'700'000'000'000,
                   .now = false,
                   .sign = publisher.signer()}));  // 8
  const auto made = fixture.apply(establish(4, true));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->first, 9U);
  // 10: second, 11: withdrawal, 12: third, 13: the erasure; what was erased is not published again.
  ASSERT_EQ(made->state.held, 14U);
  const auto second = std::get<log::RecordLeaf>(entry(10));
  EXPECT_EQ(second.epoch, 1U);
  EXPECT_EQ(second.previous, 7U);
  EXPECT_EQ(second.parts.size(), 2U);
  EXPECT_NE(second.parts[0].commitment, std::get<log::RecordLeaf>(entry(4)).parts[0].commitment);
  EXPECT_EQ(body(10, 0), "second");
  EXPECT_EQ(body(10, 1), "personal");
  EXPECT_EQ(std::get<log::RecordLeaf>(entry(11)).operation, log::Operation::withdraw);
  EXPECT_EQ(std::get<log::RecordLeaf>(entry(11)).previous, 6U);
  EXPECT_EQ(std::get<log::RecordLeaf>(entry(12)).previous, 11U);
  EXPECT_EQ(body(12), "third");
  EXPECT_EQ(std::get<log::EraseLeaf>(entry(13)).epoch, 1U);
  EXPECT_EQ(fixture.store().newest_version(organisation(), record_id(0)), 12U);
  const auto erasures = fixture.store().erasures(organisation(), 0, 100);
  ASSERT_EQ(erasures.size(), 2U);
  EXPECT_EQ(erasures[0].leaf, 2U);
  EXPECT_EQ(erasures[0].by, 13U);
  EXPECT_EQ(status_of(fixture.store(), organisation(), 7), log::BodyStatus::erased);
  fixture.reopen();
  expect_sound(fixture.store(), organisation());
  EXPECT_EQ(fixture.store().newest_version(organisation(), record_id(0)), 12U);
}

TEST_F(Establishing, PublishesAgainOnlyWhatCameAfterTheOfficersWereAsked) {
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(60), "after")));  // 4
  store::AppendEstablish job = establish(2, true);
  job.republish_from = 4;
  const auto made = fixture.apply(job);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->first, 5U);
  ASSERT_EQ(made->state.held, 7U);  // entries 2 and 3 are not there again
  EXPECT_EQ(body(6), "after");
  // From below the head that they stand by nothing is.
  ASSERT_TRUE(fixture.apply(publisher.one(record_id(61), "later")));  // 7
  store::AppendEstablish all = establish(7, true);
  all.republish_from = 1;
  ASSERT_EQ(fixture.apply(all)->state.held, 10U);
  EXPECT_EQ(body(9), "later");
  expect_sound(fixture.store(), organisation());
}

TEST_F(Establishing, WithoutThatItStaysDisownedAndErasuresAreLifted) {
  ASSERT_TRUE(fixture.apply(store::Erase{.erased = {{.leaf = 2, .part_mask = 1}},
                                         .reason = log::EraseReason::abuse,
                                         .time_ms = 1'700'000'000'000,
                                         .now = false,
                                         .sign = publisher.signer()}));
  EXPECT_EQ(status_of(fixture.store(), organisation(), 2), log::BodyStatus::erased);
  const auto made = fixture.apply(establish(4, false));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->state.held, 6U);
  EXPECT_EQ(status_of(fixture.store(), organisation(), 2), log::BodyStatus::held);
  EXPECT_TRUE(fixture.store().erasures(organisation(), 0, 100).empty());
}

TEST_F(Establishing, RefusesWhatDoesNotFollow) {
  const auto identity = *fixture.store().identity(organisation());
  ASSERT_FAULT(StoreFixture().apply(Publisher(publisher).establish(identity, head_of(4), false)),
               store::Fault::not_founded);
  Publisher stranger;
  ASSERT_FAULT(fixture.apply(stranger.establish(identity, head_of(4), false)),
               store::Fault::contradiction);  // not its reserve keys
  log::Head wrong = head_of(3);
  wrong.root[0] ^= 1;
  Publisher copy = publisher;
  ASSERT_FAULT(fixture.apply(copy.establish(identity, wrong, false)), store::Fault::contradiction);
  ASSERT_FAULT(fixture.apply(copy.establish(identity, {.size = 5, .root = wrong.root}, false)),
               store::Fault::contradiction);  // of the future
  store::AppendEstablish silent = copy.establish(identity, head_of(4), true);
  silent.sign = [](const log::Head&) { return std::string(); };
  ASSERT_FAULT(fixture.apply(silent), store::Fault::bad_job);
  EXPECT_EQ(fixture.store().state(organisation())->held, 4U);
  EXPECT_EQ(fixture.store().identity(organisation())->events().size(), 1U);
  // Publishing goes on as before.
  ASSERT_TRUE(fixture.apply(publisher.records(1)));
  expect_sound(fixture.store(), organisation());
}

}  // namespace
}  // namespace moot::test

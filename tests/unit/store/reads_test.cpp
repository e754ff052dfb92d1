#include <atomic>
#include <thread>

#include "store/environment.hpp"
#include "store_fixture.hpp"

namespace moot::test {
namespace {

class Reads : public ::testing::Test {
 protected:
  void SetUp() override {
    builder.put_many(400, 500);
    builder.put(record_id(1), "public", "personal");
    builder.put_many(200, 3000);
    ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
    ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                             .ranges = builder.ranges(0, builder.size()),
                                             .target = builder.checkpoint()}));
  }
  StoreFixture fixture;
  LogBuilder builder;
};

TEST_F(Reads, LeavesAreBoundedByCountAndBytes) {
  const auto leaves = [&](log::LeafIndex first, std::uint64_t count, std::size_t bytes) {
    return fixture.store().leaves(builder.organisation(), first, count, bytes);
  };
  EXPECT_EQ(leaves(250, 20, SIZE_MAX), builder.leaf_bundle(250, 270));
  EXPECT_EQ(leaves(590, 100, SIZE_MAX), builder.leaf_bundle(590, builder.size()));
  const Bytes three = builder.leaf_bundle(255, 258);
  EXPECT_EQ(leaves(255, 100, three.size()), three);
  EXPECT_EQ(leaves(255, 100, three.size() + 1), three);
  EXPECT_EQ(leaves(255, 100, 0), builder.leaf_bundle(255, 256));  // at least one
  EXPECT_TRUE(leaves(builder.size(), 1, SIZE_MAX).empty());
  EXPECT_TRUE(leaves(~std::uint64_t{0}, ~std::uint64_t{0}, SIZE_MAX).empty());
  EXPECT_TRUE(leaves(0, 0, SIZE_MAX).empty());
}

TEST_F(Reads, BodiesStopBeforeTheEntryThatWouldPassTheBytes) {
  const auto bodies = [&](log::LeafIndex first, std::uint64_t count, std::size_t bytes) {
    return fixture.store().bodies(builder.organisation(), first, count, bytes, true);
  };
  EXPECT_EQ(bodies(0, 1, SIZE_MAX).bundle, Bytes());  // leaf 0 has no body
  EXPECT_EQ(bodies(0, 1, SIZE_MAX).next, 1U);
  const Bytes four = builder.body_bundle(254, 258);
  EXPECT_EQ(bodies(254, 100, four.size()).bundle, four);
  EXPECT_EQ(bodies(254, 100, four.size()).next, 258U);
  EXPECT_EQ(bodies(254, 100, four.size() - 1).bundle, builder.body_bundle(254, 257));
  EXPECT_EQ(bodies(254, 100, 0).next, 255U);
  EXPECT_EQ(bodies(254, 100, 0).bundle, builder.body_bundle(254, 255));
  EXPECT_EQ(bodies(254, 3, SIZE_MAX).next, 257U);
  EXPECT_EQ(bodies(builder.size(), 5, SIZE_MAX).next, builder.size());
  // In chunks one gets it all.
  Bytes whole;
  for (log::LeafIndex first = 0; first < builder.size();) {
    const auto chunk = bodies(first, ~std::uint64_t{0}, 10'000);
    ASSERT_GT(chunk.next, first);
    append(whole, chunk.bundle);
    first = chunk.next;
  }
  EXPECT_EQ(whole, builder.body_bundle(0, builder.size()));
}

TEST_F(Reads, PersonalPartsAreWithheldFromThoseWhoMayNotHaveThem) {
  const auto all = fixture.store().bodies(builder.organisation(), 401, 1, SIZE_MAX, true);
  const auto some = fixture.store().bodies(builder.organisation(), 401, 1, SIZE_MAX, false);
  EXPECT_EQ(all.bundle, builder.body_bundle(401, 402));
  const Bytes leaf_bundle = builder.leaf_bundle(401, 402);
  const std::vector<ByteView> leaves = *log::split_leaves(leaf_bundle, 1);
  const auto items = *log::split_bodies(some.bundle, 401, leaves);
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].status, log::BodyStatus::held);
  EXPECT_EQ(text_of(items[0].body), "public");
  EXPECT_EQ(items[1].status, log::BodyStatus::withheld);
  EXPECT_EQ(fixture.store().bodies(builder.organisation(), 0, 401, SIZE_MAX, false).bundle,
            builder.body_bundle(0, 401));
}

TEST_F(Reads, NothingIsKnownOfOtherOrganisations) {
  const log::OrganisationId other = LogBuilder().organisation();
  EXPECT_FALSE(fixture.store().state(other).has_value());
  EXPECT_FALSE(fixture.store().identity(other).has_value());
  EXPECT_TRUE(fixture.store().leaves(other, 0, 1, SIZE_MAX).empty());
  EXPECT_EQ(fixture.store().bodies(other, 7, 1, SIZE_MAX, true).next, 7U);
  EXPECT_FALSE(fixture.store().newest_version(other, record_id(1)).has_value());
  EXPECT_TRUE(fixture.store().checkpoints(other).empty());
  EXPECT_TRUE(fixture.store().tree(other)->tile(0, 0).empty());
}

TEST_F(Reads, IdentityGrowsAndIsVerifiedAgainFromDisk) {
  const log::Identity before = builder.identity();
  builder.rotate();
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  EXPECT_EQ(fixture.store().identity(builder.organisation())->events().size(), 2U);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));  // no news
  ASSERT_FAULT(fixture.apply(store::PutIdentity{before}), store::Fault::bad_job);
  fixture.reopen();
  const auto identity = fixture.store().identity(builder.organisation());
  ASSERT_TRUE(identity.has_value());
  EXPECT_EQ(identity->newest().id, builder.identity().newest().id);
  EXPECT_EQ(identity->newest().position, builder.identity().newest().position);
}

TEST_F(Reads, ASecondEventOfOneSeqContradicts) {
  LogBuilder other = builder.fork();
  builder.rotate();
  other.rotate();
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  ASSERT_FAULT(fixture.apply(store::PutIdentity{other.identity()}), store::Fault::contradiction);
}

TEST_F(Reads, FollowsAndPeersAreKept) {
  store::Follow follow{.organisation = builder.organisation(),
                       .name = "Harbour Food Bank",
                       .address = "food.example:7117",
                       .mode = store::Mode::head,
                       .since_ms = 123};
  ASSERT_TRUE(fixture.apply(store::PutFollow{follow}));
  store::PeerSeen peer{.organisation = builder.organisation(),
                       .node_key = builder.log_key().public_key().bytes(),
                       .address = "food.example:7117",
                       .seen_ms = 5};
  ASSERT_TRUE(fixture.apply(peer));
  peer.address.clear();
  peer.seen_ms = 9;
  ASSERT_TRUE(fixture.apply(peer));
  fixture.reopen();
  ASSERT_EQ(fixture.store().follows().size(), 1U);
  EXPECT_EQ(fixture.store().follows()[0].name, follow.name);
  EXPECT_EQ(fixture.store().follows()[0].address, follow.address);
  EXPECT_EQ(fixture.store().follows()[0].mode, store::Mode::head);
  EXPECT_EQ(fixture.store().follows()[0].since_ms, 123U);
  ASSERT_EQ(fixture.store().peers().size(), 1U);
  EXPECT_EQ(fixture.store().peers()[0].seen_ms, 9U);
  EXPECT_EQ(fixture.store().peers()[0].address, "food.example:7117");
  follow.address = std::string(70'000, 'a');
  ASSERT_FAULT(fixture.apply(store::PutFollow{follow}), store::Fault::bad_job);
  ASSERT_TRUE(fixture.apply(store::RemoveFollow{builder.organisation()}));
  ASSERT_TRUE(fixture.apply(store::RemoveFollow{builder.organisation()}));  // already gone
  EXPECT_TRUE(fixture.store().follows().empty());
}

TEST_F(Reads, ADamagedTreeIsFoundBeforeAnythingIsAdded) {
  builder.put_many(1, 10);
  fixture.close();
  {
    auto environment = store::Environment::open(fixture.folder(), {});
    ASSERT_TRUE(environment.has_value());
    store::WriteTransaction transaction(**environment);
    const log::TreeSize held = builder.size() - 1;
    const auto key = store::tile_key(1, 0, held / store::tile_row_hashes);
    const auto row = transaction.get(store::Table::tiles, key);
    ASSERT_TRUE(row.has_value());
    Bytes changed = to_bytes(*row);
    changed[3] ^= 1;
    transaction.put(store::Table::tiles, key, changed);
    ASSERT_EQ(transaction.commit(), 0);
  }
  fixture.open();
  ASSERT_FAULT(
      fixture.apply(store::Receive{.organisation = builder.organisation(),
                                   .ranges = builder.ranges(builder.size() - 1, builder.size()),
                                   .target = builder.checkpoint()}),
      store::Fault::corrupt);
}

// Readers on three threads see whole transactions only, while the map grows under them.
TEST(ReadsBesideAWriter, SeeCommittedHeadsOnly) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  const log::OrganisationId organisation = publisher.organisation();
  std::atomic<bool> is_over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&, i] {
      log::TreeSize before = 0;
      while (!is_over) {
        const auto state = fixture.store().state(organisation);
        if (!state || !state->head || state->head->head.size != state->held ||
            state->held < before) {
          ++wrong;
          return;
        }
        before = state->held;
        const auto tree = fixture.store().tree(organisation);
        if (log::root_at(state->held, *tree) != state->head->head.root) ++wrong;
        if (fixture.store().leaves(organisation, state->held - 1, 1, 5000).empty()) ++wrong;
        if (i == 0 && !fixture.store().identity(organisation)) ++wrong;
        if (i == 1 && state->held > 1 &&
            !fixture.store().newest_version(organisation, record_id(state->held - 2))) {
          ++wrong;
        }
      }
    });
  }
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(fixture.apply(publisher.records(i % 5 == 0 ? 400 : 3, i % 5 == 0 ? 10'000 : 50)));
  }
  is_over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  expect_sound(fixture.store(), organisation);
}

}  // namespace
}  // namespace moot::test

// A holds a log that B relays falsely to C: C names B, keeps nothing of the lie, and takes the log
// from another peer.
#include <gtest/gtest.h>

#include "simulation/checkers.hpp"

namespace moot::simulation {
namespace {

using Lie = LyingReader::Lie;

class LyingPeer : public testing::TestWithParam<Lie> {};

TEST_P(LyingPeer, IsNamedAndLeftAndAnotherServes) {
  // 0 publishes; 1 relays and lies; 2 relays honestly; 3 hears of the log from 1 first.
  World world(11, 4);
  const log::OrganisationId organisation = world.node(0).organisation();
  for (const std::size_t i : {1UL, 2UL, 3UL}) {
    world.node(i).follow(world.now(), organisation);
    world.settle(i);
  }
  world.link(1, 0);
  world.link(2, 0);
  world.node(0).publish(world.now(), world.random(), 700);
  world.settle(0);
  const auto holds = [&](std::size_t i) {
    const auto state = world.node(i).store().state(organisation);
    return state && state->head && state->head->head == world.node(0).own_head();
  };
  ASSERT_TRUE(world.run_until([&] { return holds(1) && holds(2); }, 60'000));

  world.node(1).reader().set_lie(GetParam());
  world.link(3, 1);
  const auto blamed = [&] {
    for (const World::Closed& closed : world.closed()) {
      if (closed.node == 3 && closed.reason == sync::CloseReason::bad_data) return true;
    }
    return false;
  };
  ASSERT_TRUE(world.run_until(blamed, 60'000));
  const auto state = world.node(3).store().state(organisation);
  EXPECT_TRUE(!state || state->held == 0) << "something of the lie was kept";
  EXPECT_NE(world.closed().back().detail.find(log::to_text(organisation)), std::string::npos)
      << world.closed().back().detail;

  world.link(3, 2);
  EXPECT_TRUE(world.run_until([&] { return holds(3); }, 60'000));
  EXPECT_TRUE(check_held_is_prefix(world).empty());
}

INSTANTIATE_TEST_SUITE_P(Lies, LyingPeer,
                         testing::Values(Lie::flip_leaf, Lie::flip_body, Lie::wrong_node,
                                         Lie::drop_body_bytes, Lie::truncate_leaves));

TEST(FullDisk, StopsTheFetchLosesNothingAndGoesOnWhenThereIsRoom) {
  World world(5, 2);
  world.node(1).follow(world.now(), world.node(0).organisation());
  world.settle(1);
  world.node(1).disk_is_full = true;
  world.node(0).publish(world.now(), world.random(), 600);
  world.settle(0);
  world.link(1, 0);
  const auto state_is = [&](sync::FollowState state) {
    const auto views = world.node(1).replicator().logs();
    return views.size() == 1 && views[0].state == state;
  };
  ASSERT_TRUE(world.run_until([&] { return state_is(sync::FollowState::store_failed); }, 60'000));
  world.node(1).disk_is_full = false;
  EXPECT_TRUE(world.run_until([&] { return all_followers_current(world); }, 120'000));
  EXPECT_TRUE(state_is(sync::FollowState::current));
}

TEST(HeadMode, HoldsVerifiedCheckpointsAndNoEntries) {
  World world(6, 2);
  world.node(1).follow(world.now(), world.node(0).organisation(), true);
  world.settle(1);
  world.link(1, 0);
  const auto target_is_newest = [&] {
    const auto state = world.node(1).store().state(world.node(0).organisation());
    return state && state->target && state->target->head == world.node(0).own_head();
  };
  ASSERT_TRUE(world.run_until(target_is_newest, 60'000));
  world.node(0).publish(world.now(), world.random(), 500);
  world.settle(0);
  EXPECT_TRUE(world.run_until(target_is_newest, 60'000));
  EXPECT_EQ(world.node(1).store().state(world.node(0).organisation())->held, 0U);
}

TEST(RequestSync, IsSyncedOnlyWhenWhatPeersHoldIsDurable) {
  World world(7, 2);
  const log::OrganisationId organisation = world.node(0).organisation();
  world.node(1).follow(world.now(), organisation);
  world.settle(1);
  EXPECT_FALSE(world.node(1).replicator().is_synced(organisation));
  world.link(1, 0);
  ASSERT_TRUE(world.run_until([&] { return all_followers_current(world); }, 60'000));
  world.node(0).publish(world.now(), world.random(), 400);
  world.node(1).replicator().request_sync(world.now(), organisation);
  world.settle(0);
  world.settle(1);
  EXPECT_FALSE(world.node(1).replicator().is_synced(organisation));
  ASSERT_TRUE(
      world.run_until([&] { return world.node(1).replicator().is_synced(organisation); }, 60'000));
  EXPECT_TRUE(all_followers_current(world));
}

}  // namespace
}  // namespace moot::simulation

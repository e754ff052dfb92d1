// Forks, thieves, officers who change the key, copies of yesterday's disk, and erasure, each under
// a random network. What must hold: every fork that two connected honest nodes could see becomes
// evidence at both; after the officers have named a branch all hold the same head; an honest node
// signs no second root for one size; nothing erased is shown.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "log/evidence.hpp"
#include "simulation/checkers.hpp"

namespace moot::simulation {
namespace {

constexpr std::int64_t settle_ms = 200'000;
constexpr std::array<std::size_t, 2> followers = {1, 2};

std::uint64_t seeds() {
  const char* text = std::getenv("MOOT_SIMULATION_SEEDS");
  // Each is several scenarios: a fraction of what a federation is given.
  return text != nullptr ? std::max<std::uint64_t>(std::strtoull(text, nullptr, 10) / 4, 1) : 20;
}

std::string repeat(std::uint64_t seed) {
  return "repeat: seed " + std::to_string(seed) +
         ", MOOT_SIMULATION_SEEDS=" + std::to_string(4 * seed) +
         " simulation_tests --gtest_filter=Branches.*";
}

bool has_evidence(World& world, std::size_t node, const log::OrganisationId& organisation) {
  for (const Bytes& file : world.node(node).store().evidence(organisation)) {
    const auto judged = log::judge_evidence(file);
    if (judged && judged->evidence.organisation == organisation) return true;
  }
  return false;
}

log::Head head_at(World& world, std::size_t node, const log::OrganisationId& organisation) {
  const auto state = world.node(node).store().state(organisation);
  return state && state->head ? state->head->head : log::Head{};
}

sync::FollowState state_at(World& world, std::size_t node,
                           const log::OrganisationId& organisation) {
  for (const auto& view : world.node(node).replicator().logs()) {
    if (view.organisation == organisation) return view.state;
  }
  return sync::FollowState::waiting;
}

/// Publisher 0, followers 1 and 2 who follow one another too, and a thief with a copy of 0's disk.
/// 1 hears 0, 2 hears the thief; 1 and 2 are apart until join().
struct Robbery {
  explicit Robbery(std::uint64_t seed)
      : world(seed, 3, {.latency_ms_max = 30, .disk_ms_max = 20}), organisation(own(0)) {
    for (const std::size_t follower : followers) {
      world.node(follower).follow(world.now(), organisation);
      world.node(follower).follow(world.now(), own(3 - follower));
      world.settle(follower);
    }
    world.link(1, 0);
    world.link(2, 0);
    world.link(1, 2);
    publish(0, 1 + world.random().below(600));
    EXPECT_TRUE(world.run_until([&] { return both_at(world.node(0).own_head()); }, settle_ms));
    world.cut(2, 0);
    world.cut(1, 2);
    thief = world.add_thief(0);
    world.restart(thief);
    world.link(2, thief);
    publish(0, 1 + world.random().below(400));
    publish(thief, 1 + world.random().below(400));
    EXPECT_TRUE(world.run_until(
        [&] {
          return head_at(world, 1, organisation) == world.node(0).own_head() &&
                 head_at(world, 2, organisation) == world.node(thief).own_head();
        },
        settle_ms));
  }

  log::OrganisationId own(std::size_t node) { return world.node(node).organisation(); }
  void publish(std::size_t node, std::size_t records) {
    world.node(node).publish(world.now(), world.random(), records);
    world.settle(node);
  }
  bool both_at(const log::Head& head) {
    return head_at(world, 1, organisation) == head && head_at(world, 2, organisation) == head;
  }
  /// The thief is gone and the network whole.
  void join() {
    world.crash(thief);
    world.restore_links();
  }

  World world;
  log::OrganisationId organisation;
  std::size_t thief = 0;
};

TEST(Branches, AForkSeenByTwoConnectedNodesIsEvidenceAtBothAndAtThePublisher) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Robbery robbery(seed);
    World& world = robbery.world;
    world.crash(robbery.thief);
    world.cut(1, 0);
    world.cut(2, 0);
    const log::Head before = head_at(world, 1, robbery.organisation);
    world.restore_links();
    world.cut(1, 0);
    world.cut(2, 0);
    EXPECT_TRUE(world.run_until(
        [&] {
          return has_evidence(world, 1, robbery.organisation) &&
                 has_evidence(world, 2, robbery.organisation);
        },
        settle_ms))
        << repeat(seed);
    EXPECT_EQ(head_at(world, 1, robbery.organisation), before) << repeat(seed);
    EXPECT_EQ(state_at(world, 1, robbery.organisation), sync::FollowState::frozen) << repeat(seed);
    EXPECT_EQ(state_at(world, 2, robbery.organisation), sync::FollowState::frozen) << repeat(seed);

    // The rest of both nodes goes on.
    robbery.publish(1, 3);
    EXPECT_TRUE(world.run_until(
        [&] { return head_at(world, 2, robbery.own(1)) == world.node(1).own_head(); }, settle_ms))
        << repeat(seed);

    // The publisher hears of it, and that it must stop.
    world.restore_links();
    EXPECT_TRUE(world.run_until(
        [&] {
          return has_evidence(world, 0, robbery.organisation) && !world.node(0).alarms.empty();
        },
        settle_ms))
        << repeat(seed);

    // It is still known after a restart.
    world.crash(1);
    world.restart(1);
    EXPECT_TRUE(world.run_until(
        [&] { return state_at(world, 1, robbery.organisation) == sync::FollowState::frozen; },
        settle_ms))
        << repeat(seed);
  }
}

TEST(Branches, AllEndOnTheBranchThatTheOfficersStandBy) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Robbery robbery(seed);
    World& world = robbery.world;
    robbery.join();
    if (world.random().chance(50)) {
      world.run_until([&] { return has_evidence(world, 0, robbery.organisation); }, settle_ms);
    }
    // They stand by all, or by less than has been published since.
    const log::TreeSize size = world.node(0).own_head().size;
    const log::TreeSize trusted = world.random().chance(50) ? size : 1 + world.random().below(size);
    world.node(0).rotate(world.now(), world.random(), trusted, world.random().chance(50));
    world.settle(0);
    const bool is_healed =
        world.run_until([&] { return robbery.both_at(world.node(0).own_head()); }, settle_ms);
    EXPECT_TRUE(is_healed) << repeat(seed) << " heads " << world.node(0).own_head().size << " "
                           << head_at(world, 1, robbery.organisation).size << " "
                           << head_at(world, 2, robbery.organisation).size;
    EXPECT_NE(state_at(world, 2, robbery.organisation), sync::FollowState::frozen) << repeat(seed);

    // The thief comes back with its old key: nobody is moved, nobody freezes, all go on.
    world.restart(robbery.thief);
    robbery.publish(robbery.thief, 500);
    robbery.publish(0, 20);
    EXPECT_TRUE(
        world.run_until([&] { return robbery.both_at(world.node(0).own_head()); }, settle_ms))
        << repeat(seed);
    world.run_for(10'000);
    EXPECT_TRUE(robbery.both_at(world.node(0).own_head())) << repeat(seed);
    EXPECT_NE(state_at(world, 2, robbery.organisation), sync::FollowState::frozen) << repeat(seed);
  }
}

TEST(Branches, TwoDecisionsOfOneNumberFreezeUntilOneIsRepudiatedByBothSets) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Robbery robbery(seed);
    World& world = robbery.world;
    // Two officers' laptops, each with the disk and a reserve key.
    world.node(0).rotate(world.now(), world.random(), world.node(0).own_head().size, false);
    world.settle(0);
    SimulatedNode& laptop = world.node(robbery.thief);
    laptop.rotate(world.now(), world.random(), laptop.own_head().size, false);
    world.settle(robbery.thief);
    EXPECT_TRUE(world.run_until(
        [&] {
          return head_at(world, 1, robbery.organisation) == world.node(0).own_head() &&
                 head_at(world, 2, robbery.organisation) == laptop.own_head();
        },
        settle_ms))
        << repeat(seed);
    // Only the two followers meet.
    for (const std::size_t follower : followers) {
      world.cut(follower, 0);
      world.cut(follower, robbery.thief);
    }
    world.restore_links();
    for (const std::size_t follower : followers) {
      world.cut(follower, 0);
      world.cut(follower, robbery.thief);
    }
    const auto is_frozen = [&](std::size_t node) {
      return state_at(world, node, robbery.organisation) == sync::FollowState::frozen;
    };
    EXPECT_TRUE(world.run_until([&] { return is_frozen(1) && is_frozen(2); }, settle_ms))
        << repeat(seed);

    world.node(0).rotate(world.now(), world.random(), world.node(0).own_head().size, false,
                         &laptop);
    world.settle(0);
    robbery.join();
    EXPECT_TRUE(
        world.run_until([&] { return robbery.both_at(world.node(0).own_head()); }, settle_ms))
        << repeat(seed) << " " << world.node(0).own_head().size << " "
        << head_at(world, 1, robbery.organisation).size << " "
        << head_at(world, 2, robbery.organisation).size;
    EXPECT_FALSE(is_frozen(1) || is_frozen(2)) << repeat(seed);
    EXPECT_TRUE(has_evidence(world, 1, robbery.organisation)) << repeat(seed);
  }
}

TEST(Branches, OfficersOutrunAThiefWhoKeepsPublishing) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    Robbery robbery(seed);
    World& world = robbery.world;
    world.node(0).rotate(world.now(), world.random(), world.node(0).own_head().size, false);
    world.settle(0);
    for (int i = 0; i < 5; ++i) {
      robbery.publish(robbery.thief, 1 + world.random().below(300));
      world.run_for(world.random().between(1, 500));
      if (i == 2) world.restore_links();
    }
    EXPECT_TRUE(
        world.run_until([&] { return robbery.both_at(world.node(0).own_head()); }, settle_ms))
        << repeat(seed);
  }
}

TEST(Branches, YesterdaysDiskIsFoundOutAndCatchesUp) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    World world(seed, 3, {.latency_ms_max = 30, .disk_ms_max = 20});
    const log::OrganisationId organisation = world.node(0).organisation();
    const auto all_at = [&](const log::Head& head) {
      return head_at(world, 1, organisation) == head && head_at(world, 2, organisation) == head;
    };
    for (const std::size_t follower : followers) {
      world.node(follower).follow(world.now(), organisation);
      world.settle(follower);
      world.link(follower, 0);
    }
    const auto publish = [&](std::size_t records) {
      world.node(0).publish(world.now(), world.random(), records);
      world.settle(0);
    };
    publish(1 + world.random().below(300));
    ASSERT_TRUE(world.run_until([&] { return all_at(world.node(0).own_head()); }, settle_ms));
    world.crash(0);
    const std::size_t copy = world.copy_disk(0);
    world.restart(0);
    publish(1 + world.random().below(600));
    const log::Head newest = world.node(0).own_head();
    ASSERT_TRUE(world.run_until([&] { return all_at(newest); }, settle_ms));
    world.crash(0);
    world.restore_disk(0, copy);
    world.restart(0);
    EXPECT_TRUE(world.run_until([&] { return !world.node(0).alarms.empty(); }, settle_ms))
        << repeat(seed);
    EXPECT_TRUE(world.node(0).confirmed_by.empty()) << repeat(seed);
    EXPECT_FALSE(world.node(0).alarms.empty() || world.node(0).alarms.front().contradicts)
        << repeat(seed);

    world.node(0).replicator().set_own_catch_up(world.now(), true);
    world.settle(0);
    EXPECT_TRUE(world.run_until([&] { return world.node(0).own_head() == newest; }, settle_ms))
        << repeat(seed);
    world.node(0).replicator().set_own_catch_up(world.now(), false);
    world.node(0).rotate(world.now(), world.random(), newest.size, false);
    world.settle(0);
    EXPECT_TRUE(world.run_until([&] { return all_at(world.node(0).own_head()); }, settle_ms))
        << repeat(seed);
  }
}

TEST(Branches, WhoeverFollowsHeadsOnlyRemembersThemToo) {
  World world(5, 2);
  const log::OrganisationId organisation = world.node(0).organisation();
  world.node(1).follow(world.now(), organisation, true);
  world.settle(1);
  world.link(1, 0);
  const auto known = [&] {
    const auto state = world.node(1).store().state(organisation);
    return state && state->target ? state->target->head : log::Head{};
  };
  world.node(0).publish(world.now(), world.random(), 20);
  world.settle(0);
  ASSERT_TRUE(world.run_until([&] { return known() == world.node(0).own_head(); }, settle_ms));
  world.crash(0);
  const std::size_t copy = world.copy_disk(0);
  world.restart(0);
  world.node(0).publish(world.now(), world.random(), 20);
  world.settle(0);
  ASSERT_TRUE(world.run_until([&] { return known() == world.node(0).own_head(); }, settle_ms));
  world.crash(0);
  world.restore_disk(0, copy);
  world.restart(0);
  EXPECT_TRUE(world.run_until([&] { return !world.node(0).alarms.empty(); }, settle_ms));
  EXPECT_TRUE(world.node(0).confirmed_by.empty());

  // The officers decide on what is left, and the follower's head is theirs.
  world.node(0).rotate(world.now(), world.random(), world.node(0).own_head().size, false);
  world.settle(0);
  EXPECT_TRUE(world.run_until([&] { return known() == world.node(0).own_head(); }, settle_ms))
      << known().size << " of " << world.node(0).own_head().size;
}

TEST(Branches, PeersConfirmAHeadThatIsNotBehind) {
  World world(1, 3);
  for (const std::size_t follower : followers) {
    world.link(follower, 0);
  }
  world.node(1).follow(world.now(), world.node(0).organisation());
  world.settle(1);
  EXPECT_TRUE(world.run_until([&] { return world.node(0).confirmed_by.size() == 2; }, settle_ms));
  world.node(0).confirmed_by.clear();
  world.node(0).replicator().request_own_heads(world.now());
  world.settle(0);
  EXPECT_TRUE(world.run_until([&] { return world.node(0).confirmed_by.size() == 2; }, settle_ms));
  EXPECT_TRUE(world.node(0).alarms.empty());
}

TEST(Branches, FollowersCosignForThePublisherNotTooOften) {
  World world(2, 2);
  const log::OrganisationId organisation = world.node(0).organisation();
  world.node(1).follow(world.now(), organisation);
  world.settle(1);
  world.link(1, 0);
  const auto cosigned = [&] {
    const auto rows = world.node(0).store().witnesses(organisation);
    return rows.empty() ? log::TreeSize{0} : rows.front().size;
  };
  for (int i = 0; i < 40; ++i) {
    world.node(0).publish(world.now(), world.random(), 1);
    world.settle(0);
    world.run_for(500);
  }
  EXPECT_GT(cosigned(), 0U);
  EXPECT_LT(cosigned(), world.node(0).own_head().size);
  EXPECT_TRUE(world.run_until([&] { return cosigned() == world.node(0).own_head().size; }, 80'000));
  const auto rows = world.node(0).store().witnesses(organisation);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().witness, world.node(1).organisation());
}

TEST(Branches, FollowersHearWhoElseCosigned) {
  World world(3, 3);
  const log::OrganisationId organisation = world.node(0).organisation();
  for (const std::size_t follower : followers) {
    world.node(follower).follow(world.now(), organisation);
    world.settle(follower);
    world.link(follower, 0);
  }
  world.node(0).publish(world.now(), world.random(), 3);
  world.settle(0);
  // Each on the note that the other holds.
  EXPECT_TRUE(world.run_until(
      [&] {
        return world.node(1).store().witnesses(organisation).size() == 2 &&
               world.node(2).store().witnesses(organisation).size() == 2;
      },
      100'000));
}

TEST(Branches, NothingErasedIsShownAnywhere) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    World world(seed, 3, {.latency_ms_max = 60, .disk_ms_max = 30});
    const log::OrganisationId organisation = world.node(0).organisation();
    for (const std::size_t follower : followers) {
      world.node(follower).follow(world.now(), organisation);
      world.settle(follower);
    }
    world.link(1, 0);
    world.link(2, 1);
    for (int i = 0; i < 12; ++i) {
      world.node(0).publish(world.now(), world.random(), 1 + world.random().below(60));
      if (world.random().chance(40)) {
        world.node(0).erase(world.now(), static_cast<std::uint8_t>(world.random().below(200)));
      }
      world.settle(0);
      world.run_for(world.random().between(1, 200));
      if (world.random().chance(20)) {
        world.crash(2);
        world.at(world.random().between(10, 500), [&world] { world.restart(2); });
      }
    }
    const auto all_current = [&] {
      return world.is_running(2) && head_at(world, 1, organisation) == world.node(0).own_head() &&
             head_at(world, 2, organisation) == world.node(0).own_head();
    };
    EXPECT_TRUE(world.run_until(all_current, settle_ms)) << repeat(seed);
    EXPECT_EQ(check_nothing_erased_is_shown(world, 0), std::vector<std::string>{}) << repeat(seed);
  }
}

}  // namespace
}  // namespace moot::simulation

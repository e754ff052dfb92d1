// Disks are copied back from earlier while the network fails at random. What must hold: whatever
// was restored, no honest node signs a second root for one size with one key, as long as a majority
// of those that it knows had heard of what was lost (2-log.md, Never fork oneself): it waits for
// them before it signs. And once the officers have replaced the key, everybody holds the same
// again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "node/signing_gate.hpp"
#include "simulation/checkers.hpp"

namespace moot::simulation {
namespace {

constexpr std::size_t nodes = 4;
constexpr std::int64_t settle_ms = 200'000;

std::uint64_t seeds() {
  const char* text = std::getenv("MOOT_SIMULATION_SEEDS");
  // Each is several scenarios: a fraction of what a federation is given.
  return text != nullptr ? std::max<std::uint64_t>(std::strtoull(text, nullptr, 10) / 4, 1) : 20;
}

/// Node 0 publishes, is restored and asks its gate; 1 to 3 follow it and are followed by it.
class Restores {
 public:
  explicit Restores(std::uint64_t seed)
      : world_(seed, nodes, {.latency_ms_max = 60, .disk_ms_max = 20}),
        organisation_(world_.node(0).organisation()) {
    for (std::size_t i = 1; i < nodes; ++i) {
      world_.node(0).follow(world_.now(), world_.node(i).organisation());
      world_.node(i).follow(world_.now(), organisation_);
      world_.settle(i);
      world_.link(i, 0);
      // Peers hear of it from one another too.
      for (std::size_t j = 1; j < i; ++j) world_.link(i, j);
    }
    world_.settle(0);
    begin_life();
  }

  void step() {
    world_.run_for(world_.random().between(1, 300));
    hear();
    switch (world_.random().below(8)) {
      case 0:
        world_.cut(0, 1 + world_.random().below(nodes - 1));
        break;
      case 1:
        world_.restore_links();
        break;
      case 2:
        copy();
        break;
      case 3:
        restore();
        break;
      default:
        publish();
    }
  }

  /// The faults end: the node is found out or was never behind, and the officers settle it.
  void settle() {
    world_.restore_links();
    world_.run_until([this] { return hear(), gate_.state() != node::Signing::waiting; }, settle_ms);
    if (gate_.state() == node::Signing::restored) {
      world_.node(0).replicator().set_own_catch_up(world_.now(), true);
      world_.settle(0);
      world_.run_until([this] { return world_.node(0).own_head() == newest_; }, settle_ms);
      world_.node(0).replicator().set_own_catch_up(world_.now(), false);
      world_.node(0).rotate(world_.now(), world_.random(), world_.node(0).own_head().size, false);
      world_.settle(0);
      gate_.open_for_new_key();
    }
    EXPECT_EQ(gate_.state(), node::Signing::open);
    const auto all_current = [this] { return holders_of(world_.node(0).own_head()) == nodes - 1; };
    EXPECT_TRUE(world_.run_until(all_current, settle_ms));
  }

  const std::vector<std::string>& broken() const { return broken_; }
  std::size_t restored() const { return restored_; }

 private:
  void begin_life() {
    gate_ = {};
    std::vector<node::Acquaintance> known;
    for (std::size_t i = 1; i < nodes; ++i) {
      known.push_back(
          {.organisation = world_.node(i).organisation(), .known_since_ms = i, .is_recent = true});
    }
    gate_.set_acquaintances(std::move(known));
    gate_.close(static_cast<std::uint64_t>(world_.now().ms), false);
    alarms_heard_ = world_.node(0).alarms.size();
  }

  void hear() {
    for (const auto& peer : world_.node(0).confirmed_by) gate_.handle_confirmed(peer);
    const auto& alarms = world_.node(0).alarms;
    for (; alarms_heard_ < alarms.size(); ++alarms_heard_) {
      const auto& alarm = alarms[alarms_heard_];
      gate_.handle_ahead({alarm.peer, alarm.head.size, alarm.contradicts},
                         static_cast<std::uint64_t>(world_.now().ms));
    }
  }

  void publish() {
    hear();
    if (!gate_.may_sign()) return;
    world_.node(0).publish(world_.now(), world_.random(), 1 + world_.random().below(40));
    newest_ = world_.node(0).own_head();
    const auto [at, is_new] = signed_.emplace(newest_.size, newest_.root);
    if (!is_new && at->second != newest_.root) {
      broken_.push_back("two roots signed for size " + std::to_string(newest_.size));
    }
    world_.settle(0);
  }

  std::size_t holders_of(const log::Head& head) {
    std::size_t count = 0;
    for (std::size_t i = 1; i < nodes; ++i) {
      const auto state = world_.node(i).store().state(organisation_);
      if (state && state->head && state->head->head == head) ++count;
    }
    return count;
  }

  void copy() {
    world_.crash(0);
    copy_ = world_.copy_disk(0);
    world_.restart(0);
    begin_life();
  }

  /// Two of three know the newest head, so that any two that answer include one of them.
  void restore() {
    if (!copy_ || (newest_.size > 0 && holders_of(newest_) < 2)) return;
    world_.crash(0);
    world_.restore_disk(0, *copy_);
    world_.restart(0);
    begin_life();
    ++restored_;
  }

  World world_;
  log::OrganisationId organisation_;
  node::SigningGate gate_;
  std::size_t alarms_heard_ = 0;
  std::optional<std::size_t> copy_;
  std::size_t restored_ = 0;
  log::Head newest_;
  std::map<log::TreeSize, Hash> signed_;
  std::vector<std::string> broken_;
};

TEST(Restore, AnHonestNodeSignsNoSecondRootWhateverIsCopiedBack) {
  std::size_t restored = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Restores restores(seed);
    for (int i = 0; i < 40; ++i) restores.step();
    restores.settle();
    EXPECT_EQ(restores.broken(), std::vector<std::string>{});
    restored += restores.restored();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(restored, 0U);
}

}  // namespace
}  // namespace moot::simulation

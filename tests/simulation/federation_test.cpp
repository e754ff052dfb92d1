// N nodes publish, follow one another, lose connections, crash and restart under one virtual clock;
// when the faults end, every follower that can hold a log holds its verified head. Each seed is one
// run; a failure prints the command that repeats it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "simulation/checkers.hpp"

namespace moot::simulation {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string joined(const std::vector<std::string>& lines, std::uint64_t seed) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text +
         "repeat: MOOT_SIMULATION_SEEDS=1 MOOT_SIMULATION_FIRST_SEED=" + std::to_string(seed) +
         " simulation_tests --gtest_filter=Federation.*";
}

/// A connected graph: each node but the first dials one before it, and some further links.
void random_topology(World& world) {
  for (std::size_t i = 1; i < world.size(); ++i) world.link(i, world.random().below(i));
  for (std::uint64_t extra = world.random().below(world.size()); extra-- > 0;) {
    const std::size_t a = world.random().below(world.size());
    const std::size_t b = world.random().below(world.size());
    if (a != b) world.link(a, b);
  }
}

void random_follows(World& world) {
  const bool everybody = world.random().chance(60);
  for (std::size_t i = 0; i < world.size(); ++i) {
    for (std::size_t j = 0; j < world.size(); ++j) {
      if (i == j || !(everybody || world.random().chance(60))) continue;
      world.node(i).follow(world.now(), world.node(j).organisation());
      world.settle(i);
    }
  }
}

void random_event(World& world) {
  Random& random = world.random();
  const std::size_t i = random.below(world.size());
  const std::size_t j = random.below(world.size());
  switch (random.below(10)) {
    case 0:
      world.crash(i);
      world.at(random.between(10, 2000), [&world, i] { world.restart(i); });
      break;
    case 1:
    case 2:
      if (i != j) world.cut(i, j);
      break;
    case 3:
      world.restore_links();
      break;
    case 4:
      // A burst: small publishes and batches too large for an announcement, faster than a slow disk
      // takes them.
      for (std::int64_t k = random.between(3, 8); k > 0; --k) {
        world.at(random.between(0, 30), [&world, i] {
          if (!world.is_running(i)) return;
          const std::uint64_t records =
              world.random().chance(50) ? 1 : 40 + world.random().below(300);
          world.node(i).publish(world.now(), world.random(), records);
          world.settle(i);
        });
      }
      break;
    default:
      if (!world.is_running(i)) return;
      world.node(i).publish(world.now(), random,
                            random.chance(10) ? 300 + random.below(900) : 1 + random.below(12));
      world.settle(i);
  }
}

std::vector<std::string> run_federation(std::uint64_t seed) {
  Random shape(seed ^ 0xfeed);
  World world(seed, 2 + shape.below(4),
              {.latency_ms_max = shape.between(2, 200), .disk_ms_max = shape.between(1, 60)});
  random_topology(world);
  random_follows(world);
  for (int event = 0; event < 30; ++event) {
    world.run_for(world.random().between(1, 400));
    random_event(world);
    if (auto found = check_held_is_prefix(world); !found.empty()) return found;
  }
  world.restore_links();
  for (std::size_t i = 0; i < world.size(); ++i) world.restart(i);
  world.run_until([&] { return all_followers_current(world); }, 300'000);
  std::vector<std::string> found = check_followers_hold_heads(world);
  for (const auto& check :
       {check_acknowledged_is_kept, check_held_is_prefix, check_no_false_alarm}) {
    for (std::string& line : check(world)) found.push_back(std::move(line));
  }
  return found;
}

TEST(Federation, AllFollowersHoldTheSameVerifiedHeadsOnceFaultsEnd) {
  const std::uint64_t first = number_from("MOOT_SIMULATION_FIRST_SEED", 1);
  const std::uint64_t seeds = number_from("MOOT_SIMULATION_SEEDS", 200);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const std::vector<std::string> found = run_federation(seed);
    ASSERT_TRUE(found.empty()) << joined(found, seed);
  }
}

TEST(Federation, TheSameSeedGivesTheSameRun) {
  const auto trace = [](std::uint64_t seed) {
    World world(seed, 3);
    random_topology(world);
    random_follows(world);
    for (int event = 0; event < 10; ++event) {
      world.run_for(world.random().between(1, 400));
      random_event(world);
    }
    return std::pair(world.now().ms, world.random().next());
  };
  EXPECT_EQ(trace(7), trace(7));
  EXPECT_NE(trace(7), trace(8));
}

}  // namespace
}  // namespace moot::simulation

#include "node/machine.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace moot::node {
namespace {

Machine machine(std::int64_t wall_ms, std::int64_t uptime_ms) {
  return {.id = "m", .boot = "b", .wall_ms = wall_ms, .uptime_ms = uptime_ms};
}

TEST(Machine, ReadsItsClocks) {
  const Machine now = read_machine();
  EXPECT_GT(now.wall_ms, 1'700'000'000'000);
  EXPECT_GT(now.uptime_ms, 0);
}

TEST(MachineWatch, IsQuietWhileTheClocksGoTogether) {
  MachineWatch watch;
  EXPECT_FALSE(watch.look(machine(1'000'000, 10)).has_value());
  EXPECT_FALSE(watch.look(machine(1'000'000 + 86'400'000, 10 + 86'400'000)).has_value());
  EXPECT_FALSE(watch.look(machine(1'000'000 + 86'400'000 + limits::clock_jump_ms, 10 + 86'400'000))
                   .has_value());
}

TEST(MachineWatch, NoticesAClockThatJumpsEitherWay) {
  for (const std::int64_t jump : {limits::clock_jump_ms + 1, -limits::clock_jump_ms - 1}) {
    MachineWatch watch;
    EXPECT_FALSE(watch.look(machine(10'000'000, 10)).has_value());
    EXPECT_EQ(watch.look(machine(10'000'000 + 30'000 + jump, 30'010)), "clock");
    EXPECT_FALSE(watch.look(machine(10'000'000 + 60'000 + jump, 60'010)).has_value());
  }
}

TEST(MachineWatch, NoticesAnotherMachineAndAnotherStart) {
  MachineWatch watch;
  Machine now = machine(10, 10);
  EXPECT_FALSE(watch.look(now).has_value());
  now.boot = "c";
  EXPECT_EQ(watch.look(now), "boot");
  now.id = "n";
  EXPECT_EQ(watch.look(now), "machine");
}

}  // namespace
}  // namespace moot::node

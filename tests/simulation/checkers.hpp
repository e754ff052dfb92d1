#pragma once
#include <string>
#include <vector>

#include "simulation/world.hpp"

/// Invariants, each a function that says which was violated and where; an empty list is a pass.
namespace moot::simulation {

/// Every node that follows a log, and is joined to its publisher by links between nodes that follow
/// it too, holds the publisher's newest head with all entries and bodies.
std::vector<std::string> check_followers_hold_heads(World& world);
/// Nothing that a publisher acknowledged is missing from its own log: the roots at those sizes are
/// the same still.
std::vector<std::string> check_acknowledged_is_kept(World& world);
/// What each node holds is a prefix of what its publisher signed, at every moment: roots at the
/// held sizes agree.
std::vector<std::string> check_held_is_prefix(World& world);
/// Nobody was told that it contradicts itself, and no honest node ended a session over bad data.
std::vector<std::string> check_no_false_alarm(World& world);

/// No running node gives out a body that this publisher has erased.
std::vector<std::string> check_nothing_erased_is_shown(World& world, std::size_t publisher);

/// Is every follower that can be current current? What a run waits for.
bool all_followers_current(World& world);

}  // namespace moot::simulation

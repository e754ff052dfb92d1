#include "simulation/checkers.hpp"

#include <set>

#include "log/tree.hpp"

namespace moot::simulation {
namespace {

/// Nodes that a publisher's log can reach: over links between nodes that follow it.
std::set<std::size_t> reachable(World& world, std::size_t publisher) {
  std::set<std::size_t> reached = {publisher};
  std::vector<std::size_t> edge = {publisher};
  while (!edge.empty()) {
    const std::size_t from = edge.back();
    edge.pop_back();
    for (std::size_t to = 0; to < world.size(); ++to) {
      if (reached.contains(to) || !world.are_linked(from, to)) continue;
      if (!world.node(to).follows(world.node(publisher).organisation())) continue;
      reached.insert(to);
      edge.push_back(to);
    }
  }
  reached.erase(publisher);
  return reached;
}

std::string name(std::size_t holder, std::size_t publisher) {
  return "node " + std::to_string(holder) + ", log of node " + std::to_string(publisher) + ": ";
}

}  // namespace

std::vector<std::string> check_followers_hold_heads(World& world) {
  std::vector<std::string> found;
  for (std::size_t publisher = 0; publisher < world.size(); ++publisher) {
    const log::Head head = world.node(publisher).own_head();
    for (const std::size_t holder : reachable(world, publisher)) {
      const auto state = world.node(holder).store().state(world.node(publisher).organisation());
      if (!state || !state->head) {
        found.push_back(name(holder, publisher) + "nothing held, the head is " +
                        std::to_string(head.size));
      } else if (!(state->head->head == head)) {
        found.push_back(name(holder, publisher) + "head " + std::to_string(state->head->head.size) +
                        " of " + std::to_string(head.size));
      } else if (state->held < head.size || state->bodies_missing != 0) {
        found.push_back(name(holder, publisher) + "entries or bodies are missing");
      }
    }
  }
  return found;
}

bool all_followers_current(World& world) {
  for (std::size_t i = 0; i < world.size(); ++i) {
    if (!world.is_running(i)) return false;
  }
  return check_followers_hold_heads(world).empty();
}

std::vector<std::string> check_acknowledged_is_kept(World& world) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < world.size(); ++i) {
    const auto tree = world.node(i).store().tree(world.node(i).organisation());
    for (const log::Head& head : world.node(i).acknowledged()) {
      if (world.node(i).own_head().size < head.size ||
          log::root_at(head.size, *tree) != head.root) {
        found.push_back("node " + std::to_string(i) + " lost what it acknowledged at size " +
                        std::to_string(head.size));
      }
    }
  }
  return found;
}

std::vector<std::string> check_held_is_prefix(World& world) {
  std::vector<std::string> found;
  for (std::size_t publisher = 0; publisher < world.size(); ++publisher) {
    if (!world.is_running(publisher)) continue;
    const log::OrganisationId& organisation = world.node(publisher).organisation();
    const auto truth = world.node(publisher).store().tree(organisation);
    for (std::size_t holder = 0; holder < world.size(); ++holder) {
      if (holder == publisher || !world.is_running(holder)) continue;
      const auto state = world.node(holder).store().state(organisation);
      if (!state || state->held == 0) continue;
      const auto held = world.node(holder).store().tree(organisation);
      if (log::root_at(state->held, *held) != log::root_at(state->held, *truth)) {
        found.push_back(name(holder, publisher) + "what is held was never signed");
      }
    }
  }
  return found;
}

std::vector<std::string> check_no_false_alarm(World& world) {
  std::vector<std::string> found;
  for (const World::Closed& closed : world.closed()) {
    switch (closed.reason) {
      case sync::CloseReason::bad_data:
      case sync::CloseReason::malformed:
      case sync::CloseReason::bad_identity:
      case sync::CloseReason::bad_handshake:
      case sync::CloseReason::wrong_organisation:
        found.push_back("node " + std::to_string(closed.node) +
                        " blamed an honest peer: " + closed.detail);
        break;
      default:
        break;
    }
  }
  for (std::size_t i = 0; i < world.size(); ++i) {
    if (!world.node(i).alarms.empty()) {
      found.push_back("node " + std::to_string(i) + " was told that its own log is ahead of it");
    }
  }
  return found;
}

std::vector<std::string> check_nothing_erased_is_shown(World& world, std::size_t publisher) {
  std::vector<std::string> found;
  const auto& erased = world.node(publisher).erased_bodies();
  const std::set<Bytes> gone(erased.begin(), erased.end());
  const log::OrganisationId& organisation = world.node(publisher).organisation();
  for (std::size_t holder = 0; holder < world.size(); ++holder) {
    if (!world.is_running(holder)) continue;
    store::Store& held = world.node(holder).store();
    const auto state = held.state(organisation);
    for (log::LeafIndex entry = 0; state && entry < state->held; ++entry) {
      const Bytes bundle = held.leaves(organisation, entry, 1, limits::block_bytes_max);
      const auto leaves = log::split_leaves(bundle, 1);
      const auto bodies = held.bodies(organisation, entry, 1, limits::frame_bytes_max, true);
      const auto items = log::split_bodies(bodies.bundle, entry, *leaves);
      if (!items) {
        found.push_back(name(holder, publisher) + "bodies of entry " + std::to_string(entry) +
                        " do not come apart");
        continue;
      }
      for (const log::BodyItem& item : *items) {
        if (item.status == log::BodyStatus::held && gone.contains(to_bytes(item.body))) {
          found.push_back(name(holder, publisher) + "shows an erased body, entry " +
                          std::to_string(entry));
        }
      }
    }
  }
  return found;
}

}  // namespace moot::simulation

#include "simulation/world.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace moot::simulation {

World::World(std::uint64_t seed, std::size_t nodes, NetworkFaults faults)
    : faults_(faults),
      random_(seed),
      running_(nodes, true),
      lives_(nodes, 0),
      armed_(nodes),
      disk_busy_(nodes, false) {
  MOOT_CHECK(crypto::start_library());
  for (std::size_t i = 0; i < nodes; ++i) {
    nodes_.push_back(std::make_unique<SimulatedNode>(folder_.path() / std::to_string(i), random_));
    nodes_.back()->start(now_);
    settle(i);
  }
}

void World::at(std::int64_t delay_ms, std::function<void()> action) {
  events_.push({now_ + delay_ms, next_sequence_++, std::move(action)});
}

bool World::step() {
  if (events_.empty()) return false;
  Event event = events_.top();
  events_.pop();
  MOOT_CHECK(event.at >= now_, event.at.ms, now_.ms);
  now_ = event.at;
  event.action();
  return true;
}

void World::run_for(std::int64_t duration_ms) {
  const Instant end = now_ + duration_ms;
  while (!events_.empty() && events_.top().at <= end) step();
  now_ = end;
}

bool World::run_until(const std::function<bool()>& condition, std::int64_t limit_ms) {
  const Instant end = now_ + limit_ms;
  while (!condition()) {
    if (events_.empty() || events_.top().at > end) return false;
    step();
  }
  return true;
}

// ---- effects of a node

void World::settle(std::size_t i) {
  if (!running_[i]) return;
  while (auto effect = nodes_[i]->replicator().poll_effect()) perform(i, std::move(*effect));
  disk_next(i);
  arm_timer(i);
  // A node that takes bytes again reads what has arrived meanwhile.
  std::vector<sync::ConnectionId> ids;
  for (const auto& [id, connection] : connections_) {
    if (connection.a == i || connection.b == i) ids.push_back(id);
  }
  for (const sync::ConnectionId id : ids) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    const Pipe& pipe = found->second.a == i ? found->second.to_a : found->second.to_b;
    if (!pipe.arrived.empty() && nodes_[i]->replicator().wants_bytes(id)) {
      at(0, [this, id, i] { read_arrived(id, i); });
    }
  }
}

void World::perform(std::size_t i, sync::Effect effect) {
  if (auto* send = std::get_if<sync::Send>(&effect)) {
    carry(i, send->connection, send->bytes);
  } else if (auto* ranges = std::get_if<sync::StoreRanges>(&effect)) {
    nodes_[i]->disk.emplace_back(std::move(*ranges));
  } else if (auto* identity = std::get_if<sync::StoreIdentity>(&effect)) {
    nodes_[i]->disk.emplace_back(std::move(*identity));
  } else if (auto* closing = std::get_if<sync::Close>(&effect)) {
    closed_.push_back({i, closing->reason, closing->detail});
    close_after_sent(closing->connection, i);
  } else if (auto* alarm = std::get_if<sync::OwnLogAhead>(&effect)) {
    nodes_[i]->alarms.push_back(*alarm);
  } else if (auto* confirmed = std::get_if<sync::OwnHeadConfirmed>(&effect)) {
    nodes_[i]->confirmed_by.insert(confirmed->peer);
  } else if (auto* rewind = std::get_if<sync::StoreRewind>(&effect)) {
    nodes_[i]->disk.emplace_back(std::move(*rewind));
  } else if (auto* evidence = std::get_if<sync::StoreEvidence>(&effect)) {
    nodes_[i]->disk.emplace_back(std::move(*evidence));
  } else if (auto* cosign = std::get_if<sync::Cosign>(&effect)) {
    nodes_[i]->disk.emplace_back(std::move(*cosign));
  } else if (auto* cosigned = std::get_if<sync::Cosigned>(&effect)) {
    nodes_[i]->disk.emplace_back(std::move(*cosigned));
  }
}

void World::disk_next(std::size_t i) {
  if (disk_busy_[i] || nodes_[i]->disk.empty()) return;
  disk_busy_[i] = true;
  const std::uint64_t life = lives_[i];
  at(random_.between(0, faults_.disk_ms_max), [this, i, life] {
    if (lives_[i] != life) return;
    disk_busy_[i] = false;
    nodes_[i]->do_disk(now_);
    settle(i);
  });
}

void World::arm_timer(std::size_t i) {
  const auto due = nodes_[i]->replicator().poll_timer();
  if (!due || (armed_[i] && *armed_[i] <= *due)) return;
  armed_[i] = due;
  const std::uint64_t life = lives_[i];
  at(std::max<std::int64_t>(0, *due - now_), [this, i, life] {
    if (lives_[i] != life) return;
    armed_[i].reset();
    nodes_[i]->replicator().handle_timer(now_);
    settle(i);
  });
}

// ---- network

void World::link(std::size_t from, std::size_t to) {
  links_.insert({from, to});
  keep_dialling(from, to);
}

bool World::are_linked(std::size_t a, std::size_t b) const {
  return links_.contains({a, b}) || links_.contains({b, a});
}

void World::keep_dialling(std::size_t from, std::size_t to) {
  at(random_.between(0, 300), [this, from, to] {
    const bool is_up = running_[from] && running_[to] && !cut_.contains(std::minmax(from, to));
    if (is_up && !nodes_[from]->replicator().is_connected_to(nodes_[to]->organisation()))
      dial(from, to);
    at(500, [this, from, to] { keep_dialling(from, to); });
  });
}

void World::dial(std::size_t from, std::size_t to) {
  const sync::ConnectionId id = next_connection_++;
  Connection connection{.a = from, .b = to, .to_a = {}, .to_b = {}};
  for (Pipe* pipe : {&connection.to_a, &connection.to_b}) {
    pipe->latency_ms = random_.between(faults_.latency_ms_min, faults_.latency_ms_max);
    pipe->last_arrival = now_;
  }
  connections_.emplace(id, std::move(connection));
  const auto accepted = nodes_[to]->replicator().handle_connected(
      now_, id, false, std::nullopt, "node" + std::to_string(from) + ":1");
  const auto dialled = nodes_[from]->replicator().handle_connected(
      now_, id, true, nodes_[to]->organisation(), "node" + std::to_string(to) + ":1");
  const bool both =
      accepted == sync::Replicator::Accept::taken && dialled == sync::Replicator::Accept::taken;
  if (!both) close(id, std::nullopt);
  settle(from);
  settle(to);
}

/// Bytes arrive in order, in pieces of random size, after the link's latency.
void World::carry(std::size_t from, sync::ConnectionId id, const Bytes& bytes) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.is_open) return;
  Connection& connection = found->second;
  const std::size_t to = connection.a == from ? connection.b : connection.a;
  Pipe& pipe = connection.a == from ? connection.to_b : connection.to_a;
  bytes_carried_ += bytes.size();
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::size_t piece = std::min<std::size_t>(
        bytes.size() - done, 1 + random_.below(faults_.bytes_per_delivery_max));
    Bytes part(bytes.begin() + static_cast<std::ptrdiff_t>(done),
               bytes.begin() + static_cast<std::ptrdiff_t>(done + piece));
    done += piece;
    pipe.last_arrival = std::max(pipe.last_arrival, now_ + pipe.latency_ms);
    at(pipe.last_arrival - now_, [this, id, from, to, part = std::move(part)]() mutable {
      const auto still = connections_.find(id);
      if (still == connections_.end()) return;
      Pipe& into = still->second.a == to ? still->second.to_a : still->second.to_b;
      const std::size_t size = part.size();
      into.arrived.push_back(std::move(part));
      read_arrived(id, to);
      if (running_[from] && connections_.contains(id)) {
        nodes_[from]->replicator().handle_sent(now_, id, size);
        settle(from);
      }
    });
  }
}

void World::read_arrived(sync::ConnectionId id, std::size_t i) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !running_[i]) return;
  Pipe& pipe = found->second.a == i ? found->second.to_a : found->second.to_b;
  if (pipe.arrived.empty() || !nodes_[i]->replicator().wants_bytes(id)) return;
  Bytes bytes = std::move(pipe.arrived.front());
  pipe.arrived.pop_front();
  nodes_[i]->replicator().handle_bytes(now_, id, bytes);
  settle(i);
}

/// What was sent before still arrives; then the other side sees the end.
void World::close_after_sent(sync::ConnectionId id, std::size_t by) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  found->second.is_open = false;
  const Pipe& pipe = found->second.a == by ? found->second.to_b : found->second.to_a;
  at(std::max<std::int64_t>(0, pipe.last_arrival - now_) + 1, [this, id, by] { close(id, by); });
}

void World::close(sync::ConnectionId id, std::optional<std::size_t> except) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const Connection connection = std::move(found->second);
  connections_.erase(found);
  for (const std::size_t i : {connection.a, connection.b}) {
    if (!running_[i] || i == except) continue;
    nodes_[i]->replicator().handle_closed(now_, id);
    settle(i);
  }
}

void World::cut(std::size_t a, std::size_t b) {
  cut_.insert(std::minmax(a, b));
  std::vector<sync::ConnectionId> ids;
  for (const auto& [id, connection] : connections_) {
    if (std::minmax(connection.a, connection.b) == std::minmax(a, b)) ids.push_back(id);
  }
  for (const sync::ConnectionId id : ids) close(id, std::nullopt);
}

void World::restore_links() { cut_.clear(); }

void World::crash(std::size_t i) {
  if (!running_[i]) return;
  running_[i] = false;
  ++lives_[i];
  armed_[i].reset();
  disk_busy_[i] = false;
  nodes_[i]->crash();
  std::vector<sync::ConnectionId> ids;
  for (const auto& [id, connection] : connections_) {
    if (connection.a == i || connection.b == i) ids.push_back(id);
  }
  for (const sync::ConnectionId id : ids) close(id, i);
}

std::size_t World::add_thief(std::size_t of) {
  const std::size_t i = nodes_.size();
  nodes_.push_back(nodes_[of]->stolen(folder_.path() / ("node" + std::to_string(i))));
  running_.push_back(false);
  lives_.push_back(0);
  armed_.emplace_back();
  disk_busy_.push_back(false);
  return i;
}

std::size_t World::copy_disk(std::size_t i) {
  nodes_[i]->copy_disk_to(folder_.path() / ("copy" + std::to_string(copies_)));
  return copies_++;
}

void World::restore_disk(std::size_t i, std::size_t copy) {
  nodes_[i]->copy_disk_from(folder_.path() / ("copy" + std::to_string(copy)));
}

void World::restart(std::size_t i) {
  if (running_[i]) return;
  running_[i] = true;
  nodes_[i]->start(now_);
  settle(i);
}

}  // namespace moot::simulation

#pragma once
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>

#include "simulation/random.hpp"
#include "simulation/simulated_node.hpp"
#include "support/shared.hpp"

namespace moot::simulation {

struct NetworkFaults {
  std::int64_t latency_ms_min = 1;
  std::int64_t latency_ms_max = 40;
  std::int64_t disk_ms_max = 20;
  std::size_t bytes_per_delivery_max =
      20'000;  ///< a send arrives in pieces of random size up to this
};

/// N nodes, one virtual clock, one seeded network, in one thread: a run is repeated exactly by its
/// seed.
///
/// Events are ordered by (time, sequence), so that two at one moment keep their order. Each node
/// has the real store (on a temporary folder) and the real replicator; only sockets, the clock and
/// the moment at which the disk answers are made up.
class World {
 public:
  World(std::uint64_t seed, std::size_t nodes, NetworkFaults faults = {});

  Random& random() { return random_; }
  Instant now() const { return now_; }
  std::size_t size() const { return nodes_.size(); }
  SimulatedNode& node(std::size_t i) { return *nodes_[i]; }

  /// Node `from` dials `to`, now and again whenever they are not connected, for as long as both run
  /// and the link is up.
  void link(std::size_t from, std::size_t to);
  /// Cuts the connections between two nodes and lets none arise until restore_links().
  void cut(std::size_t a, std::size_t b);
  void restore_links();
  /// A thief of node `of`'s disk and hot keys goes on with them as one more node, not linked to
  /// anybody yet and not running.
  std::size_t add_thief(std::size_t of);
  /// Copies node's disk (it must not run); the number is for restore_disk().
  std::size_t copy_disk(std::size_t node);
  void restore_disk(std::size_t node, std::size_t copy);
  void crash(std::size_t node);
  void restart(std::size_t node);
  bool is_running(std::size_t node) const { return running_[node]; }
  bool are_linked(std::size_t a, std::size_t b) const;

  /// Runs events until nothing is left to do or `duration_ms` has passed.
  void run_for(std::int64_t duration_ms);
  /// Runs until `condition` holds, asked after every event; false when virtual `limit_ms` have
  /// passed first.
  bool run_until(const std::function<bool()>& condition, std::int64_t limit_ms);
  void at(std::int64_t delay_ms, std::function<void()> action);
  /// Performs a node's effects; to be called after anything was done to its replicator from
  /// outside.
  void settle(std::size_t node);

  struct Closed {
    std::size_t node;
    sync::CloseReason reason;
    std::string detail;
  };
  /// Sessions that a node ended for a reason of its own, in order.
  const std::vector<Closed>& closed() const { return closed_; }
  std::uint64_t bytes_carried() const { return bytes_carried_; }

 private:
  struct Event {
    Instant at;
    std::uint64_t sequence;
    std::function<void()> action;
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : sequence > other.sequence;
    }
  };
  /// One direction of a connection.
  struct Pipe {
    std::deque<Bytes> arrived;  ///< delivered by the network, not read yet
    Instant last_arrival;
    std::int64_t latency_ms = 1;
  };
  struct Connection {
    std::size_t a = 0, b = 0;  ///< a dialled
    Pipe to_a, to_b;
    bool is_open = true;
  };

  bool step();
  void perform(std::size_t node, sync::Effect effect);
  void dial(std::size_t from, std::size_t to);
  void carry(std::size_t from, sync::ConnectionId id, const Bytes& bytes);
  void read_arrived(sync::ConnectionId id, std::size_t node);
  void close(sync::ConnectionId id, std::optional<std::size_t> except);
  void close_after_sent(sync::ConnectionId id, std::size_t by);
  void keep_dialling(std::size_t from, std::size_t to);
  void arm_timer(std::size_t node);
  void disk_next(std::size_t node);

  NetworkFaults faults_;
  Random random_;
  Instant now_{1'000'000};
  std::uint64_t next_sequence_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  test::TemporaryFolder folder_;
  std::vector<std::unique_ptr<SimulatedNode>> nodes_;
  std::vector<bool> running_;
  std::vector<std::uint64_t>
      lives_;  ///< counts restarts, so that what was meant for an earlier life is dropped
  std::vector<std::optional<Instant>> armed_;
  std::vector<bool> disk_busy_;
  std::set<std::pair<std::size_t, std::size_t>> links_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  std::map<sync::ConnectionId, Connection> connections_;
  sync::ConnectionId next_connection_ = 1;
  std::vector<Closed> closed_;
  std::uint64_t bytes_carried_ = 0;
  std::size_t copies_ = 0;
};

}  // namespace moot::simulation

#pragma once
#include <cstdint>
#include <deque>
#include <functional>

#include "node/loop.hpp"
#include "store/group_commit.hpp"

namespace moot::node {

/// The node's way to the writer thread: jobs go out from the io thread and their answers come back
/// to it.
///
/// The writer's inbox is bounded and a job that it refuses is lost, so no more is handed over than
/// it takes; the rest waits here, in order: our own publishes, and apart from them all else. What
/// waits is bounded by those who ask: the replicator by limits::store_window_bytes, the control
/// socket by limits::control_in_flight_bytes. Thread: io.
class Commits {
 public:
  using Done = std::function<void(store::JobResult)>;

  Commits(Loop& loop, store::Store& store);
  Commits(const Commits&) = delete;
  Commits& operator=(const Commits&) = delete;

  /// `done` is called on the io thread once the job is durable or has failed. What was submitted
  /// when the loop ended is still made durable, unless it waited for room.
  void submit(store::Job job, Done done);
  /// Has the store compacted between two transactions. Not answered when the node ends before.
  void compact(std::function<void(Result<moot::Done, store::Fault>)> done);

 private:
  struct Waiting {
    store::Job job;
    std::uint64_t bytes;
    Done done;
  };
  /// As GroupCommit counts. Ours shrinks later than the writer's, so what has room here has there.
  struct Line {
    std::uint64_t bytes_max;
    std::uint64_t bytes = 0;
    std::deque<Waiting> waiting = {};
  };
  void hand_over(Line& line);
  void on_done(Line& line, std::uint64_t bytes, const Done& done, store::JobResult result);

  Loop& loop_;
  Line publishes_;
  Line others_;
  store::GroupCommit writer_;  // last: its thread posts to the loop until it is joined
};

}  // namespace moot::node

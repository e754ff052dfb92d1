#pragma once
#include <functional>
#include <vector>

#include "base/problem.hpp"
#include "node/commits.hpp"
#include "node/loop.hpp"

namespace moot::node {

/// Destroys what was erased once its hold is over, and has the store written anew afterwards: what
/// is only marked as free stays readable in the file for years. When that is due is kept in the
/// store, so that a node that is rarely on does it too. Thread: io.
class Destruction {
 public:
  using Done = std::function<void(Result<moot::Done, Error>)>;

  Destruction(Loop& loop, Commits& commits, const store::Store& store, std::int64_t scrub_every_ms);

  /// Something may have been hidden: looks when the next hold is over. Cheap.
  void look();
  /// Text was dropped from the store without being erased (hidden here, taken back, rewound): its
  /// pages are cleared away in time.
  void note_dropped();
  /// Destroys all whose hold is over, then compacts.
  void run_now(Done done);
  /// Compacts; those who ask while it runs share the next run.
  void compact(Done done);
  void stop();

 private:
  void destroy();
  void on_destroyed(const store::JobResult& result);
  void end_run();
  void note_scrub_due(std::uint64_t due_ms);
  void arm_scrub();

  Loop& loop_;
  Commits& commits_;
  const store::Store& store_;
  const std::int64_t scrub_every_ms_;
  Timer destroy_timer_;
  Timer scrub_timer_;
  std::vector<Done> waiting_;       // for all that is due to be destroyed
  std::uint64_t scrub_due_ms_ = 0;  // Unix; 0: nothing to clear away
  bool is_destroying_ = false;
  bool is_stopping_ = false;
};

}  // namespace moot::node

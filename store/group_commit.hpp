#pragma once
#include <functional>
#include <memory>

#include "store/store.hpp"

namespace moot::store {

/// The writer thread: takes jobs, gives all that wait to Store::apply together (group commit: one
/// transaction, one sync), and then answers each. While one transaction is being synced the next
/// batch gathers, so a lone caller waits for one sync and many callers share it. The inbox is
/// bounded by bytes: a full one refuses, and whoever is refused stops reading.
class GroupCommit {
 public:
  /// Called on the writer thread once the job is durable or has failed; must not block.
  using Answer = std::function<void(JobResult)>;
  enum class Push { taken, full, stopping };

  explicit GroupCommit(Store& store);  ///< `store` must outlive it
  ~GroupCommit();                      ///< drains what was taken, then ends the thread
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  /// Any thread. Jobs are done in the order taken.
  Push submit(Job job, Answer answer);
  /// Has the writer thread compact the store between two transactions, as Store::compact must not
  /// meet apply(). Any thread. Those that ask together share one run; what has not begun when it
  /// stops is dropped and not answered.
  void compact(std::function<void(Result<Done, Fault>)> answer);
  /// No more jobs; those taken are finished before it returns.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moot::store

#include "store/group_commit.hpp"

#include <deque>
#include <thread>

#include "store/job_work.hpp"
#include "store/mutex.hpp"

namespace moot::store {

namespace {

/// What one transaction takes at most, unless a single job is larger: its pages stay in memory
/// until the commit, and whoever came first waits for it.
constexpr std::uint64_t batch_bytes_max = limits::store_window_bytes;
constexpr std::uint64_t batch_entries_max = 4096;

/// Jobs of one kind that were taken and are not yet answered.
struct Window {
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = 0;
  /// One job is taken whatever its size, or a large one would be refused for ever.
  bool has_room(std::uint64_t more) const { return bytes == 0 || bytes + more <= bytes_max; }
};

using Compacted = std::function<void(Result<Done, Fault>)>;

struct Waiting {
  Job job;
  GroupCommit::Answer answer;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
};

}  // namespace

struct GroupCommit::State {
  explicit State(Store& store_to_use) : store(store_to_use) {}

  Window& window_of(const Job& job) MOOT_REQUIRES(mutex) {
    return std::holds_alternative<Publish>(job) ? publishes : others;
  }
  /// The jobs of the next transaction; empty when it is time to compact or to end.
  std::vector<Waiting> take();
  /// Those who wait for the store to be compacted.
  std::vector<Compacted> take_compactions();
  void do_jobs(std::vector<Waiting> taken);
  void run();

  Store& store;
  Mutex mutex;
  Condition changed;
  std::deque<Waiting> inbox MOOT_GUARDED_BY(mutex);
  std::vector<Compacted> compactions MOOT_GUARDED_BY(mutex);
  Window publishes MOOT_GUARDED_BY(mutex){.bytes = 0, .bytes_max = 2 * limits::publish_bytes_max};
  Window others MOOT_GUARDED_BY(mutex){.bytes = 0, .bytes_max = limits::store_window_bytes};
  bool is_stopping MOOT_GUARDED_BY(mutex) = false;
  Mutex joining;  ///< the destructor and stop() may meet
  std::thread thread;
};

std::vector<Waiting> GroupCommit::State::take() {
  const MutexLock lock(mutex);
  while (inbox.empty() && compactions.empty() && !is_stopping) changed.wait(mutex);
  std::vector<Waiting> taken;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
  while (!inbox.empty()) {
    const Waiting& next = inbox.front();
    const bool fits =
        bytes + next.bytes <= batch_bytes_max && entries + next.entries <= batch_entries_max;
    if (!taken.empty() && !fits) break;
    bytes += next.bytes;
    entries += next.entries;
    taken.push_back(std::move(inbox.front()));
    inbox.pop_front();
  }
  return taken;
}

std::vector<Compacted> GroupCommit::State::take_compactions() {
  const MutexLock lock(mutex);
  std::vector<Compacted> taken = std::exchange(compactions, {});
  if (is_stopping) taken.clear();
  return taken;
}

void GroupCommit::State::do_jobs(std::vector<Waiting> taken) {
  std::vector<Job> jobs;
  jobs.reserve(taken.size());
  for (Waiting& waiting : taken) jobs.push_back(std::move(waiting.job));
  std::vector<JobResult> results = store.apply(jobs);
  {
    const MutexLock lock(mutex);
    for (std::size_t i = 0; i < taken.size(); ++i) window_of(jobs[i]).bytes -= taken[i].bytes;
  }
  jobs.clear();  // their memory is free before anybody is told that there is room
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (taken[i].answer) taken[i].answer(std::move(results[i]));
  }
}

void GroupCommit::State::run() {
  for (;;) {
    std::vector<Waiting> taken = take();
    const std::vector<Compacted> asked = take_compactions();
    if (taken.empty() && asked.empty()) return;
    if (!taken.empty()) do_jobs(std::move(taken));
    if (asked.empty()) continue;
    const Result<Done, Fault> result = store.compact();
    for (const Compacted& answer : asked) answer(result);
  }
}

GroupCommit::GroupCommit(Store& store) : state_(std::make_unique<State>(store)) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

GroupCommit::~GroupCommit() { stop(); }

GroupCommit::Push GroupCommit::submit(Job job, Answer answer) {
  const std::uint64_t bytes = bytes_of(job);
  const std::uint64_t entries = entries_of(job);
  const MutexLock lock(state_->mutex);
  if (state_->is_stopping) return Push::stopping;
  Window& window = state_->window_of(job);
  if (!window.has_room(bytes)) return Push::full;
  window.bytes += bytes;
  state_->inbox.push_back(
      {.job = std::move(job), .answer = std::move(answer), .bytes = bytes, .entries = entries});
  state_->changed.notify_all();
  return Push::taken;
}

void GroupCommit::compact(Compacted answer) {
  const MutexLock lock(state_->mutex);
  state_->compactions.push_back(std::move(answer));
  state_->changed.notify_all();
}

void GroupCommit::stop() {
  {
    const MutexLock lock(state_->mutex);
    state_->is_stopping = true;
    state_->changed.notify_all();
  }
  const MutexLock lock(state_->joining);
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace moot::store

#include <algorithm>

#include "store/arrivals.hpp"
#include "store/erasing.hpp"
#include "store/job_work.hpp"
#include "store/tile_table.hpp"
#include "store/unix_time.hpp"

namespace moot::store {

namespace {

/// Judges a Receive and computes what it appends.
class Reception {
 public:
  Reception(Batch& batch, StagedLog& log, const Receive& job) : batch_(batch), log_(log) {
    append_.tree = log.slot.tree;
    const LogRow& row = log.slot.row;
    if (row.target) heads_.push_back(*row.target);
    if (job.target) heads_.push_back({.head = (*job.target)->head, .note = (*job.target)->note});
    std::ranges::stable_sort(heads_, {}, [](const StoredHead& stored) { return stored.head.size; });
  }

  /// Do heads that do not go beyond what is held agree with it, and those beyond it with one
  /// another?
  bool agrees_with_held() {
    const LogRow& row = log_.slot.row;
    for (std::size_t i = 0; i + 1 < heads_.size(); ++i) {
      const log::Head& head = heads_[i].head;
      const log::Head& next = heads_[i + 1].head;
      if (head.size == next.size && head.root != next.root) return false;
    }
    for (const StoredHead& stored : heads_) {
      if (stored.head.size < row.held) {
        const TransactionTree tree(batch_.transaction, row.number);
        if (log::root_at(stored.head.size, tree) != stored.head.root) return false;
      }
    }
    return agrees_here();
  }

  /// Adds a range; false when a head that it reaches has another root.
  bool add(const log::EntryRange& range) {
    std::span<const Hash> hashes = range.leaf_hashes;
    while (!hashes.empty()) {
      std::uint64_t count = hashes.size();
      for (const StoredHead& stored : heads_) {
        if (stored.head.size > append_.tree.size()) {
          count = std::min(count, stored.head.size - append_.tree.size());
        }
      }
      append_.tree.append(hashes.first(count), append_.upper);
      hashes = hashes.subspan(count);
      if (!agrees_here()) return false;
    }
    return true;
  }

  log::TreeSize held() const { return append_.tree.size(); }
  Append& append() { return append_; }

  /// Moves head and target, after the entries were written.
  void move_heads() {
    LogRow& row = log_.slot.row;
    row.target.reset();
    const StoredHead* reached = nullptr;
    for (const StoredHead& stored : heads_) {
      if (stored.head.size > row.held) {
        row.target = stored;
      } else if (!row.head || stored.head.size > row.head->head.size ||
                 is_better_note(*row.head, stored)) {
        reached = &stored;
      }
    }
    if (reached != nullptr) keep_checkpoint(batch_.transaction, row, *reached, now_ms());
    log_.is_changed = true;
  }

 private:
  /// The same head, cosigned by more than before.
  static bool is_better_note(const StoredHead& kept, const StoredHead& stored) {
    return kept.head == stored.head && stored.note.size() > kept.note.size();
  }
  /// Compares the heads of the size that has been reached.
  bool agrees_here() const {
    return std::ranges::all_of(heads_, [&](const StoredHead& stored) {
      return stored.head.size != append_.tree.size() || stored.head.root == append_.tree.root();
    });
  }

  Batch& batch_;
  StagedLog& log_;
  std::vector<StoredHead> heads_;  ///< the job's target and the one before, by size
  Append append_;
};

bool is_acceptable(const Receive& job) {
  if (job.ranges.empty() && !job.target) return false;
  if (job.target &&
      ((*job.target)->organisation != job.organisation || (*job.target)->head.size == 0 ||
       (*job.target)->note.size() > limits::note_bytes_max)) {
    return false;
  }
  return std::ranges::all_of(job.ranges, [&](const log::Verified<log::EntryRange>& range) {
    return range->organisation == job.organisation && range->count() > 0;
  });
}

/// Before the head moves over them: whoever sees it sees nothing of what is erased.
void apply_erases(Batch& batch, StagedLog& log, log::LeafIndex first,
                  std::span<const log::LeafIndex> erases) {
  const LogRow& row = log.slot.row;
  bool has_event = false;
  if (row.events > 1) {
    for (const Stand& stand : claimed_stands(batch.transaction, row)) {
      has_event = has_event || (stand.position >= first && stand.position < row.held);
    }
  }
  if (!has_event && erases.empty()) return;
  Erasing erasing(batch, log, now_ms());
  if (has_event) erasing.settle();
  erasing.take(erases, false);
}

}  // namespace

JobResult do_job(Batch& batch, const Receive& job) {
  const auto found = batch.find(job.organisation);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  const bool is_refused = log.slot.row.own && !job.own_catch_up;
  if (is_refused || !is_acceptable(job)) return fail(Fault::bad_job);

  log::LeafIndex next = log.slot.row.held;
  for (const auto& range : job.ranges) {
    if (range->first != next) return fail(Fault::not_contiguous);
    next += range->count();
  }
  if (next >= limits::log_entries_max) return fail(Fault::bad_job);

  Reception reception(batch, log, job);
  if (!reception.agrees_with_held()) return fail(Fault::contradiction);
  Arrivals arrivals;
  for (const auto& range : job.ranges) {
    if (!arrivals.add(*range)) return fail(Fault::bad_job);
    if (!reception.add(*range)) return fail(Fault::contradiction);
  }
  if (!arrivals.erases().empty()) {
    arrivals.drop_erased(claimed_stands(batch.transaction, log.slot.row));
  }
  arrivals.append_to(reception.append());

  const log::LeafIndex first = log.slot.row.held;
  batch.write(log, std::move(reception.append()));
  apply_erases(batch, log, first, arrivals.erases());
  reception.move_heads();
  Outcome outcome;
  outcome.state = state_of(job.organisation, log.slot.row);
  return outcome;
}

}  // namespace moot::store

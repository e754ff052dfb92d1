#include <algorithm>

#include "store/draft.hpp"
#include "store/job_work.hpp"
#include "store/queue.hpp"

namespace moot::store {

namespace {

/// Of a job that was queued: does it still wait, and is it not published by one before?
bool still_waits(Batch& batch, std::span<const Publish* const> before, std::uint64_t queued) {
  if (queued == 0) return true;
  const bool is_repeated =
      std::ranges::any_of(before, [&](const Publish* job) { return job->queued == queued; });
  return !is_repeated && is_queued(batch.transaction, queued);
}

}  // namespace

std::vector<JobResult> do_publishes(Batch& batch, std::span<const Publish* const> jobs) {
  std::vector<JobResult> results(jobs.size(), JobResult(fail(Fault::bad_job)));
  const auto refuse_all = [&](Fault fault) {
    std::ranges::fill(results, JobResult(fail(fault)));
    return results;
  };
  if (!batch.own) return refuse_all(Fault::not_founded);
  const auto found = batch.find(*batch.own);
  if (!found) return refuse_all(found.error());
  StagedLog& log = **found;

  Draft draft(batch, log, *batch.own, log.slot.row.events - 1);
  const Publish* last = nullptr;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Publish& job = *jobs[i];
    if (!job.sign || !are_acceptable(job.records) || !draft.has_room(job.records.size())) continue;
    if (!still_waits(batch, jobs.first(i), job.queued)) {
      results[i] = fail(Fault::unknown_log);
      continue;
    }
    Outcome outcome;
    outcome.first = draft.next();
    draft.add(job.records, job.time_ms);
    results[i] = outcome;
    last = &job;
  }
  if (last == nullptr) return results;

  auto made = sign(batch, log, draft, last->sign);
  if (!made) {
    for (JobResult& result : results) {
      if (result) result = fail(made.error());
    }
    return results;
  }
  write(batch, log, draft, std::move(*made), last->time_ms);
  const Outcome after = outcome_of(log, draft, 0);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (!results[i]) continue;
    if (jobs[i]->queued != 0) remove_queued(batch.transaction, jobs[i]->queued);
    results[i]->checkpoint = after.checkpoint;
    results[i]->state = after.state;
  }
  return results;
}

}  // namespace moot::store

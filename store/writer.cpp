#include "store/writer.hpp"

#include "store/job_work.hpp"

namespace moot::store {

namespace {

/// Bytes of jobs grow to this in pages: keys, branches, rows rewritten, versions indexed.
constexpr std::uint64_t growth_factor = 3;
constexpr std::uint64_t slack_bytes = 8 * limits::MiB;
constexpr std::uint64_t transactions_per_reader_check = 1024;

}  // namespace

std::vector<JobResult> Writer::apply(std::span<const Job> jobs) {
  if (jobs.empty()) return {};
  const auto refuse_all = [&](Fault fault) {
    return std::vector<JobResult>(jobs.size(), JobResult(fail(fault)));
  };
  if (environment_.is_read_only()) return refuse_all(Fault::bad_job);
  std::uint64_t bytes = slack_bytes;
  for (const Job& job : jobs) bytes += growth_factor * bytes_of(job);
  if (++transactions_ % transactions_per_reader_check == 0) environment_.check_readers();

  // The map may be too small in spite of the estimate, which does not know what is taken back,
  // republished or destroyed; or a panic.
  constexpr int attempts_max = 16;
  Attempt last;
  for (int i = 0; i < attempts_max; ++i) {
    const auto room = environment_.make_room(bytes);
    if (!room) return refuse_all(room.error());
    last = attempt(jobs);
    if (last.error == 0) return std::move(last.results);
    forget();
    if (last.error == MDB_MAP_FULL) {
      bytes *= 2;
    } else if (last.error == MDB_PANIC) {
      // A write of LMDB's root pages failed before: it wants to begin anew from the disk.
      const auto reopened = environment_.reopen();
      if (!reopened) return refuse_all(reopened.error());
    } else {
      break;
    }
  }
  return refuse_all(environment_.fault_of(last.error, bytes));
}

/// After a transaction that failed: what the caches took from within it is not so.
void Writer::forget() {
  slots_.clear();
  indexer_.forget();
  recent_.forget();
}

Writer::Attempt Writer::attempt(std::span<const Job> jobs) {
  WriteTransaction transaction(environment_);
  Batch batch(transaction, slots_, recent_, holds_);
  batch.own = read_own_organisation(transaction);
  Attempt out;
  out.results = do_jobs(batch, jobs);
  for (auto& [organisation, log] : batch.logs) {
    if (log.is_rewound) indexer_.forget(log.committed.number);
    if (log.appended == 0 || log.is_rewound) continue;
    log.slot.row.indexed = indexer_.advance(transaction, log.committed, log.appended);
  }
  batch.write_rows();
  if (transaction.error() == 0 && !transaction.has_written()) return out;
  out.error = transaction.commit();
  if (out.error == 0) publish_to_caches(batch);
  return out;
}

std::vector<JobResult> Writer::do_jobs(Batch& batch, std::span<const Job> jobs) {
  std::vector<JobResult> results;
  results.reserve(jobs.size());
  std::vector<const Publish*> together;
  for (std::size_t i = 0; i < jobs.size() && batch.transaction.error() == 0;) {
    together.clear();
    while (i < jobs.size() && std::holds_alternative<Publish>(jobs[i])) {
      together.push_back(&std::get<Publish>(jobs[i++]));
    }
    if (!together.empty()) {
      for (JobResult& result : do_publishes(batch, together)) results.push_back(std::move(result));
      continue;
    }
    results.push_back(std::visit(
        [&](const auto& job) -> JobResult {
          if constexpr (std::is_same_v<std::decay_t<decltype(job)>, Publish>) {
            return fail(Fault::bad_job);  // taken above
          } else {
            return do_job(batch, job);
          }
        },
        jobs[i++]));
  }
  return results;
}

void Writer::publish_to_caches(Batch& batch) {
  for (log::Identity& identity : batch.identities) {
    const auto log = batch.logs.find(identity.organisation());
    const std::uint32_t rewinds = log != batch.logs.end() ? log->second.slot.row.rewinds : 0;
    identities_.put(std::make_shared<const log::Identity>(std::move(identity)), rewinds);
  }
  for (auto& [organisation, log] : batch.logs) {
    const LogRow& row = log.slot.row;
    if (!log.is_rewound) recent_.add(log.committed, row.held, log.pairs);
    if (log.is_changed) slots_.put(organisation, std::move(log.slot));
  }
}

}  // namespace moot::store

#include "store/job_work.hpp"
#include "store/state.hpp"

/// The rows of `evidence`.
namespace moot::store {

JobResult do_job(Batch& batch, const KeepEvidence& job) {
  const auto found = batch.find(job.organisation);
  if (!found) return fail(found.error());
  if (job.file.empty() || job.file.size() > limits::evidence_bytes_max ||
      job.epoch >= limits::evidence_per_log_max) {
    return fail(Fault::bad_job);
  }
  const Key key = identity_key((*found)->slot.row.number, job.epoch);
  if (!batch.transaction.get(Table::evidence, key)) {
    batch.transaction.put(Table::evidence, key, job.file);
  }
  return Outcome{};
}

std::vector<Bytes> Store::evidence(const log::OrganisationId& organisation) const {
  std::vector<Bytes> files;
  ReadTransaction transaction(*state_->environment);
  const auto log = read_log_row(transaction, organisation);
  if (!log) return files;
  Cursor cursor(transaction, Table::evidence);
  for (auto row = cursor.seek(identity_key(log->number, 0));
       row && belongs_to(row->key, log->number); row = cursor.next()) {
    files.push_back(to_bytes(row->value));
  }
  return files;
}

}  // namespace moot::store

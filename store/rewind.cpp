#include <algorithm>

#include "store/abandoned.hpp"
#include "store/entry_table.hpp"
#include "store/erasing.hpp"
#include "store/job_work.hpp"
#include "store/tile_table.hpp"
#include "store/truncation.hpp"
#include "store/unix_time.hpp"
#include "store/version_index.hpp"

namespace moot::store {

namespace {

/// Only an event that is not among what stays can have asked for it.
bool is_acceptable(const LogRow& row, const Rewind& job) {
  // Of a log whose heads alone are held there is nothing to keep.
  return (job.size > 0 || row.held == 0) && job.size <= row.held && (!row.own || job.own) &&
         job.identity.events().size() >= row.events && job.identity.newest().position >= job.size;
}

/// Are the events that lie in what stays the ones that are stored there?
bool fits_tree(Transaction& transaction, const LogRow& row, const Rewind& job) {
  return std::ranges::all_of(job.identity.events(), [&](const log::EstablishEvent& event) {
    if (event.position >= job.size) return true;
    const auto leaf = read_leaf(transaction, row.number, event.position);
    return leaf && std::ranges::equal(*leaf, event.leaf);
  });
}

void replace_identity(WriteTransaction& transaction, LogRow& row, const log::Identity& identity) {
  for (const Table table : {Table::identities, Table::rivals}) {
    remove_while(transaction, table, identity_key(row.number, 0),
                 [&](ByteView key) { return belongs_to(key, row.number); });
  }
  row.events = 0;
  for (const log::EstablishEvent& event : identity.events()) {
    put_event(transaction, row.number, row.events++, event.position, event.leaf, event.rival_leaf);
  }
}

/// Who has cosigned what is no longer held is no witness of what is.
void drop_witnesses(WriteTransaction& transaction, std::uint32_t number, log::TreeSize size) {
  std::vector<Key> keys;
  {
    Cursor cursor(transaction, Table::witnesses);
    for (auto row = cursor.seek(Key().u32(number)); row && belongs_to(row->key, number);
         row = cursor.next()) {
      if (Reader(row->value).u64() > size) keys.push_back(Key().bytes(row->key));
    }
  }
  for (const Key& key : keys) transaction.remove(Table::witnesses, key);
}

}  // namespace

JobResult do_job(Batch& batch, const Rewind& job) {
  const log::OrganisationId& organisation = job.identity.organisation();
  const auto found = batch.find(organisation);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  LogRow& row = log.slot.row;
  if (!is_acceptable(row, job)) return fail(Fault::bad_job);
  if (!fits_tree(batch.transaction, row, job)) return fail(Fault::contradiction);

  const std::uint64_t now = now_ms();
  Erasing(batch, log, now).forget_from(job.size);
  abandon(batch.transaction, row, job.identity.newest().establish.seq, job.size);
  take_back(batch.transaction, batch.recent, row.number, job.size, row.held);
  truncate(batch.transaction, row, job.size);
  replace_identity(batch.transaction, row, job.identity);
  drop_witnesses(batch.transaction, row.number, job.size);
  row.cosigned = std::min(row.cosigned, job.size);
  ++row.rewinds;

  log.slot.tree = read_frontier(batch.transaction, row.number, row.held);
  log.committed = extent_of(row);
  log.pairs.clear();
  log.newest.clear();
  log.appended = 0;
  log.is_rewound = true;
  log.is_changed = true;
  batch.identities.push_back(job.identity);
  // Other events may count now than did before.
  Erasing(batch, log, now).settle();
  Outcome outcome;
  outcome.state = state_of(organisation, row);
  return outcome;
}

}  // namespace moot::store

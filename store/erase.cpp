#include <algorithm>
#include <tuple>

#include "store/body_rows.hpp"
#include "store/draft.hpp"
#include "store/erasing.hpp"
#include "store/job_work.hpp"
#include "store/named_parts.hpp"
#include "store/state.hpp"

namespace moot::store {

namespace {

/// What one call destroys at most, so that others get their turn.
constexpr std::size_t destroyed_max = 10'000;

bool is_acceptable(Batch& batch, const LogRow& row, const Erase& job) {
  if (!job.sign || job.erased.size() > limits::publish_records_max) return false;
  if (job.reason < log::EraseReason::data_protection || job.reason > log::EraseReason::abuse) {
    return false;
  }
  if (!are_parts(batch.transaction, row, job.erased)) return false;
  return std::ranges::all_of(job.erased, [&](const log::ErasedLeaf& named) {
    return (hidden_mask(batch.transaction, row.number, named.leaf) & named.part_mask) == 0;
  });
}

}  // namespace

JobResult do_job(Batch& batch, const Erase& job) {
  if (!batch.own) return fail(Fault::not_founded);
  const auto found = batch.find(*batch.own);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  if (!is_acceptable(batch, log.slot.row, job)) return fail(Fault::bad_job);

  Draft draft(batch, log, *batch.own, log.slot.row.events - 1);
  const log::LeafIndex first = draft.next();
  std::vector<log::LeafIndex> entries;
  log::EraseLeaf leaf;
  leaf.reason = job.reason;
  leaf.organisation = *batch.own;
  leaf.epoch = draft.epoch();
  leaf.time_ms = job.time_ms;
  for (std::span<const log::ErasedLeaf> rest = job.erased; !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), limits::erase_leaves_max));
    leaf.erased.assign(some.begin(), some.end());
    entries.push_back(draft.next());
    draft.add_leaf(log::encode(leaf));
    rest = rest.subspan(some.size());
  }
  if (!draft.has_room(0)) return fail(Fault::bad_job);
  auto made = sign(batch, log, draft, job.sign);
  if (!made) return fail(made.error());
  write(batch, log, draft, std::move(*made), job.time_ms);
  Erasing(batch, log, job.time_ms).take(entries, job.now);
  return outcome_of(log, draft, first);
}

namespace {

std::vector<DueRow> read_due(Transaction& transaction, std::uint64_t now_ms) {
  std::vector<DueRow> due;
  Cursor cursor(transaction, Table::due);
  for (auto row = cursor.first(); row && due.size() < destroyed_max; row = cursor.next()) {
    const auto decoded = decode_due(*row);
    if (!decoded || decoded->due_ms > now_ms) break;
    due.push_back(*decoded);
  }
  return due;
}

/// Those of one log: each row of bodies is rewritten once, whatever is destroyed in it.
std::vector<log::ErasedLeaf> leaves_of(std::span<const DueRow> due) {
  std::vector<log::ErasedLeaf> leaves;
  for (const DueRow& row : due) {
    if (leaves.empty() || leaves.back().leaf != row.place.leaf) {
      leaves.push_back({.leaf = row.place.leaf, .part_mask = 0});
    }
    leaves.back().part_mask |= row.part_mask;
  }
  return leaves;
}

void note_destroyed(WriteTransaction& transaction, const DueRow& due) {
  auto row = read_erasure(transaction, due.number, due.place);
  if (!row) return;
  remove_due(transaction, due.number, due.place, *row);
  row->destroyed_mask |= due.part_mask;
  put_due(transaction, due.number, due.place, *row);
  put_erasure(transaction, due.number, due.place, *row);
}

}  // namespace

JobResult do_job(Batch& batch, const DestroyErased& job) {
  std::vector<DueRow> due = read_due(batch.transaction, job.now_ms);
  std::ranges::sort(due, {}, [](const DueRow& row) {
    return std::tuple(row.number, row.place.leaf, row.place.by);
  });
  Outcome outcome;
  for (std::span<const DueRow> rest = due; !rest.empty();) {
    const std::uint32_t number = rest.front().number;
    const auto end =
        std::ranges::find_if(rest, [&](const DueRow& row) { return row.number != number; });
    const auto of_log = rest.first(static_cast<std::size_t>(end - rest.begin()));
    change_bodies(
        batch.transaction, number, leaves_of(of_log),
        [&](log::LeafIndex, log::Part, log::BodyStatus status) -> std::optional<ByteView> {
          if (status == log::BodyStatus::missing) return std::nullopt;
          ++outcome.first;
          return bare_item(log::BodyStatus::erased);
        });
    for (const DueRow& row : of_log) note_destroyed(batch.transaction, row);
    rest = rest.subspan(of_log.size());
  }
  return outcome;
}

std::optional<std::uint64_t> Store::next_destruction_ms() const {
  ReadTransaction transaction(*state_->environment);
  Cursor cursor(transaction, Table::due);
  const auto row = cursor.first();
  const auto due = row ? decode_due(*row) : std::nullopt;
  if (!due) return std::nullopt;
  return due->due_ms;
}

std::vector<log::Erasure> Store::erasures(const log::OrganisationId& organisation,
                                          log::LeafIndex first, std::size_t count_max) const {
  ReadTransaction transaction(*state_->environment);
  const auto row = read_log_row(transaction, organisation);
  if (!row || row->erasures == 0) return {};
  return read_erasures(transaction, row->number, first, count_max);
}

}  // namespace moot::store

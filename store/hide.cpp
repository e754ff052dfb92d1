#include <algorithm>

#include "store/body_rows.hpp"
#include "store/erasure_table.hpp"
#include "store/hidden_table.hpp"
#include "store/job_work.hpp"
#include "store/named_parts.hpp"
#include "store/state.hpp"

namespace moot::store {

namespace {

constexpr std::size_t reason_bytes_max = 256;  // a word or a short sentence

std::optional<HiddenRow> decode_hidden(ByteView value) {
  Reader in(value);
  HiddenRow row;
  row.part_mask = in.u8();
  row.time_ms = in.u64();
  row.reason = std::string(text_of(in.bytes(in.left())));
  if (!in.finished()) return std::nullopt;
  return row;
}

void put_hidden(WriteTransaction& transaction, std::uint32_t number, log::LeafIndex leaf,
                const HiddenRow& row) {
  if (row.part_mask == 0) {
    transaction.remove(Table::hidden, hidden_key(number, leaf));
    return;
  }
  transaction.put(
      Table::hidden, hidden_key(number, leaf),
      moot::Writer(64).u8(row.part_mask).u64(row.time_ms).bytes(view_of(row.reason)).view());
}

/// Marks the parts and drops their bodies.
std::int64_t hide(WriteTransaction& transaction, std::uint32_t number, const Hide& job) {
  for (const log::ErasedLeaf& named : job.hidden) {
    HiddenRow row = read_hidden(transaction, number, named.leaf).value_or(HiddenRow{});
    row.part_mask |= named.part_mask;
    row.time_ms = job.time_ms;
    row.reason = job.reason;
    put_hidden(transaction, number, named.leaf, row);
  }
  return change_bodies(
      transaction, number, job.hidden,
      [](log::LeafIndex, log::Part, log::BodyStatus status) -> std::optional<ByteView> {
        // What is erased for all says so.
        if (status == log::BodyStatus::erased) return std::nullopt;
        return bare_item(log::BodyStatus::withheld);
      });
}

/// Takes the marks off, so that the bodies may come again.
std::int64_t show(WriteTransaction& transaction, std::uint32_t number, const Hide& job) {
  std::vector<log::ErasedLeaf> shown = job.hidden;
  for (log::ErasedLeaf& named : shown) {
    HiddenRow row = read_hidden(transaction, number, named.leaf).value_or(HiddenRow{});
    named.part_mask &= row.part_mask;
    row.part_mask &= static_cast<std::uint8_t>(~named.part_mask);
    put_hidden(transaction, number, named.leaf, row);
    // What was erased for all meanwhile does not come again.
    named.part_mask &= static_cast<std::uint8_t>(~hidden_mask(transaction, number, named.leaf));
  }
  return change_bodies(
      transaction, number, shown,
      [](log::LeafIndex, log::Part, log::BodyStatus status) -> std::optional<ByteView> {
        if (status != log::BodyStatus::withheld) return std::nullopt;
        return bare_item(log::BodyStatus::missing);
      });
}

}  // namespace

std::optional<HiddenRow> read_hidden(Transaction& transaction, std::uint32_t number,
                                     log::LeafIndex leaf) {
  const auto value = transaction.get(Table::hidden, hidden_key(number, leaf));
  return value ? decode_hidden(*value) : std::nullopt;
}

std::uint8_t hidden_here_mask(Transaction& transaction, std::uint32_t number, log::LeafIndex leaf) {
  const auto row = read_hidden(transaction, number, leaf);
  return row ? row->part_mask : 0;
}

JobResult do_job(Batch& batch, const Hide& job) {
  const auto found = batch.find(job.organisation);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  const std::uint32_t number = log.slot.row.number;
  if (job.reason.size() > reason_bytes_max ||
      !are_parts(batch.transaction, log.slot.row, job.hidden)) {
    return fail(Fault::bad_job);
  }
  const bool is_shown = job.reason.empty();
  const bool are_hidden = std::ranges::all_of(job.hidden, [&](const log::ErasedLeaf& named) {
    return (named.part_mask & ~hidden_here_mask(batch.transaction, number, named.leaf)) == 0;
  });
  if (is_shown && !are_hidden) return fail(Fault::bad_job);
  const std::int64_t missing =
      is_shown ? show(batch.transaction, number, job) : hide(batch.transaction, number, job);
  log.slot.row.bodies_missing += static_cast<std::uint64_t>(missing);
  log.is_changed = true;
  Outcome outcome;
  outcome.state = state_of(job.organisation, log.slot.row);
  return outcome;
}

std::vector<log::HiddenHere> Store::hidden_here(const log::OrganisationId& organisation) const {
  std::vector<log::HiddenHere> hidden;
  ReadTransaction transaction(*state_->environment);
  const auto log = read_log_row(transaction, organisation);
  if (!log) return hidden;
  Cursor cursor(transaction, Table::hidden);
  for (auto row = cursor.seek(hidden_key(log->number, 0)); row && belongs_to(row->key, log->number);
       row = cursor.next()) {
    auto decoded = decode_hidden(row->value);
    if (!decoded) continue;
    hidden.push_back({.leaf = Reader(row->key.subspan(4)).u64(),
                      .part_mask = decoded->part_mask,
                      .reason = std::move(decoded->reason),
                      .time_ms = decoded->time_ms});
  }
  return hidden;
}

}  // namespace moot::store

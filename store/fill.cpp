#include <algorithm>

#include "store/body_rows.hpp"
#include "store/entry_table.hpp"
#include "store/erasure_table.hpp"
#include "store/hidden_table.hpp"
#include "store/job_work.hpp"

/// Bodies that come after their entries.
namespace moot::store {

namespace {

struct Fill {
  log::LeafIndex entry = 0;
  log::Part part = log::Part::public_part;
  Bytes item;  ///< of a body bundle
};

bool is_committed(ByteView leaf, const log::BodyItem& item) {
  const auto record = log::decode_record(leaf);
  if (!record) return false;
  const Hash commitment = log::body_commitment(item.salt, item.part, item.body);
  return std::ranges::any_of(record->parts, [&](const log::PartCommitment& part) {
    return part.part == item.part && part.commitment == commitment;
  });
}

/// The bodies that are there, each checked; nothing when one is not what its entry says.
std::optional<std::vector<Fill>> checked_fills(const FillBodies& job) {
  const auto leaves = log::split_leaves(job.leaves, limits::log_entries_max);
  if (!leaves || leaves->empty()) return std::nullopt;
  const auto items = log::split_bodies(job.bodies, job.first, *leaves);
  if (!items) return std::nullopt;
  std::vector<Fill> fills;
  for (const log::BodyItem& item : *items) {
    if (item.status != log::BodyStatus::held) continue;
    if (!is_committed((*leaves)[item.entry - job.first], item)) return std::nullopt;
    Fill& fill = fills.emplace_back();
    fill.entry = item.entry;
    fill.part = item.part;
    log::append_body(fill.item, item.salt, item.body);
  }
  return fills;
}

/// The parts that may be filled: neither erased for all nor hidden here.
std::vector<log::ErasedLeaf> wanted_parts(Transaction& transaction, const LogRow& row,
                                          std::span<const Fill> fills) {
  std::vector<log::ErasedLeaf> wanted;
  for (const Fill& fill : fills) {
    if (wanted.empty() || wanted.back().leaf != fill.entry) {
      wanted.push_back({.leaf = fill.entry, .part_mask = 0});
    }
    wanted.back().part_mask |= part_bit(fill.part);
  }
  for (log::ErasedLeaf& one : wanted) {
    std::uint8_t refused = hidden_here_mask(transaction, row.number, one.leaf);
    if (row.erasures > 0) refused |= hidden_mask(transaction, row.number, one.leaf);
    one.part_mask &= static_cast<std::uint8_t>(~refused);
  }
  return wanted;
}

}  // namespace

JobResult do_job(Batch& batch, const FillBodies& job) {
  const auto found = batch.find(job.organisation);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  LogRow& row = log.slot.row;
  const auto fills = checked_fills(job);
  if (!fills || job.first >= row.held) return fail(Fault::bad_job);
  const Bytes stored =
      read_leaves(batch.transaction, row.number, job.first, row.held, job.leaves.size());
  if (stored != job.leaves) return fail(Fault::contradiction);

  Outcome outcome;
  auto next = fills->begin();
  const std::int64_t missing = change_bodies(
      batch.transaction, row.number, wanted_parts(batch.transaction, row, *fills),
      [&](log::LeafIndex entry, log::Part part, log::BodyStatus status) -> std::optional<ByteView> {
        if (status != log::BodyStatus::missing && status != log::BodyStatus::withheld) {
          return std::nullopt;
        }
        while (next->entry != entry || next->part != part) ++next;
        ++outcome.first;
        return next->item;
      });
  row.bodies_missing += static_cast<std::uint64_t>(missing);
  log.is_changed = log.is_changed || outcome.first > 0;
  outcome.state = state_of(job.organisation, row);
  return outcome;
}

}  // namespace moot::store

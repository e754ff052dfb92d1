#include "store/batch.hpp"

#include "store/entry_table.hpp"
#include "store/tile_table.hpp"

namespace moot::store {

namespace {

/// A slot takes 2 to 4 KiB.
constexpr std::size_t slots_max = 512;

/// Reads a log's slot and compares its tree with its checkpoint: what was signed must still be what
/// is stored.
Result<LogSlot, Fault> read_slot(Transaction& transaction,
                                 const log::OrganisationId& organisation) {
  const auto value = transaction.get(Table::logs, Key(organisation));
  if (!value) return fail(Fault::unknown_log);
  auto row = decode_log_row(*value);
  if (!row) return fail(Fault::corrupt);
  LogSlot slot{.row = std::move(*row), .tree = {}};
  slot.tree = read_frontier(transaction, slot.row.number, slot.row.held);
  if (slot.row.head) {
    const log::Head& head = slot.row.head->head;
    if (head.size > slot.row.held) return fail(Fault::corrupt);
    const TransactionTree tree(transaction, slot.row.number);
    const Hash root = head.size == slot.row.held ? slot.tree.root() : log::root_at(head.size, tree);
    if (root != head.root) return fail(Fault::corrupt);
  }
  return slot;
}

}  // namespace

const LogSlot* SlotCache::find(const log::OrganisationId& organisation) {
  const auto found = slots_.find(organisation);
  if (found == slots_.end()) return nullptr;
  found->second.used = ++clock_;
  return &found->second.slot;
}

void SlotCache::put(const log::OrganisationId& organisation, LogSlot slot) {
  slots_[organisation] = {.slot = std::move(slot), .used = ++clock_};
  if (slots_.size() <= slots_max) return;
  auto oldest = slots_.begin();
  for (auto it = slots_.begin(); it != slots_.end(); ++it) {
    if (it->second.used < oldest->second.used) oldest = it;
  }
  slots_.erase(oldest);
}

Result<StagedLog*, Fault> Batch::find(const log::OrganisationId& organisation) {
  const auto staged = logs.find(organisation);
  if (staged != logs.end()) return &staged->second;
  StagedLog log;
  if (const LogSlot* cached = cache_.find(organisation)) {
    log.slot = *cached;
  } else {
    auto read = read_slot(transaction, organisation);
    if (!read) return fail(read.error());
    log.slot = std::move(*read);
  }
  const LogRow& row = log.slot.row;
  log.committed = extent_of(row);
  return &logs.emplace(organisation, std::move(log)).first->second;
}

StagedLog& Batch::create(const log::OrganisationId& organisation) {
  const auto value = transaction.get(Table::meta, Key("next_log"));
  const std::uint32_t number = value ? Reader(*value).u32() : 1;
  transaction.put(Table::meta, Key("next_log"), Writer().u32(number + 1).view());
  StagedLog& log = logs[organisation];
  log.slot.row.number = number;
  log.committed.number = number;
  return log;
}

void Batch::write(StagedLog& log, Append append) {
  LogRow& row = log.slot.row;
  const log::TreeSize held_before = row.held;
  log::TreeSize held = row.held;
  for (const NewRange& range : append.ranges) {
    append_entries(transaction, row.number, range);
    append_tile_hashes(transaction, row.number, 0, range.first, range.leaf_hashes);
    for (const NewEntry& entry : range.entries) {
      if (entry.record) {
        log.pairs.push_back(
            {.hash = recent.hash_of(*entry.record), .entry = static_cast<std::uint32_t>(held)});
      }
      ++held;
    }
  }
  for (const TileFrontier::Added& added : append.upper) {
    append_tile_hashes(transaction, row.number, added.level, added.first, added.hashes);
  }
  row.held = held;
  row.bodies_missing += append.missing;
  log.appended += held - held_before;
  log.slot.tree = std::move(append.tree);
  log.is_changed = true;
}

void Batch::write_rows() {
  for (auto& [organisation, log] : logs) {
    if (!log.is_changed) continue;
    const LogRow& row = log.slot.row;
    const std::uint64_t complete = row.held / limits::block_entries;
    for (std::uint64_t block = log.committed.held / limits::block_entries; block < complete;
         ++block) {
      join_rows(transaction, row.number, block);
    }
    transaction.put(Table::logs, Key(organisation), encode(row));
  }
}

}  // namespace moot::store

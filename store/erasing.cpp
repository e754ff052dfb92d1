#include "store/erasing.hpp"

#include <algorithm>
#include <limits>

#include "store/body_rows.hpp"
#include "store/entry_table.hpp"
#include "store/named_parts.hpp"

namespace moot::store {

namespace {

/// The leaf at an entry, copied: what is read is gone with the next write.
Bytes leaf_at(Transaction& transaction, std::uint32_t number, log::LeafIndex entry) {
  const auto leaf = read_leaf(transaction, number, entry);
  return leaf ? to_bytes(*leaf) : Bytes();
}

std::vector<log::ErasedLeaf> leaves_of(
    std::span<const std::pair<log::LeafIndex, ErasureRow>> rows) {
  std::vector<log::ErasedLeaf> leaves;
  for (const auto& [leaf, row] : rows) leaves.push_back({.leaf = leaf, .part_mask = row.part_mask});
  return leaves;
}

}  // namespace

std::vector<Stand> claimed_stands(Transaction& transaction, const LogRow& row) {
  std::vector<Stand> stands;
  if (row.events <= 1) return stands;
  for (const EventRow& event : read_events(transaction, row.number)) {
    const auto entry = log::decode_entry(event.leaf);
    const auto* establish = entry ? std::get_if<log::Establish>(&*entry) : nullptr;
    if (establish == nullptr || establish->seq == 0) continue;
    stands.push_back({.position = event.position, .trusted_size = establish->trusted_size});
  }
  return stands;
}

std::vector<Stand> read_stands(Transaction& transaction, const LogRow& row) {
  std::vector<Stand> stands;
  if (row.events <= 1) return stands;
  for (const EventRow& event : read_events(transaction, row.number)) {
    if (event.position >= row.held) continue;
    const auto leaf = read_leaf(transaction, row.number, event.position);
    const auto entry = log::decode_entry(event.leaf);
    const auto* establish = entry ? std::get_if<log::Establish>(&*entry) : nullptr;
    if (establish == nullptr || establish->seq == 0) continue;
    if (!leaf || !std::ranges::equal(*leaf, event.leaf)) continue;
    stands.push_back({.position = event.position, .trusted_size = establish->trusted_size});
  }
  return stands;
}

bool is_disowned(log::LeafIndex entry, std::span<const Stand> stands) {
  return std::ranges::any_of(stands, [&](const Stand& stand) {
    return stand.trusted_size <= entry && entry < stand.position;
  });
}

Erasing::Erasing(Batch& batch, StagedLog& log, std::uint64_t now_ms)
    : batch_(batch),
      log_(log),
      now_ms_(now_ms),
      stands_(read_stands(batch.transaction, log.slot.row)) {}

bool Erasing::is_stood_by(log::LeafIndex by) const {
  return std::ranges::any_of(stands_, [&](const Stand& stand) { return stand.trusted_size > by; });
}

void Erasing::put(const Eraser& eraser) {
  put_eraser(batch_.transaction, log_.slot.row.number, eraser.by, eraser.row);
  log_.is_changed = true;
}

std::array<std::uint64_t, limits::parts_max> Erasing::due_of(const EraserRow& row,
                                                             std::uint8_t part_mask) const {
  std::array<std::uint64_t, limits::parts_max> due{};
  for_each_part(part_mask, [&](log::Part part) {
    const std::int64_t hold =
        part == log::Part::personal_part ? batch_.holds.personal_ms : batch_.holds.public_ms;
    const std::uint64_t wait = row.is_at_once ? 0 : static_cast<std::uint64_t>(hold);
    due[static_cast<std::size_t>(part) - 1] = std::max<std::uint64_t>(1, row.hidden_ms + wait);
  });
  return due;
}

/// Parts of records before the entry. What else it names is ignored: its log cannot be refused for
/// it.
std::vector<log::ErasedLeaf> Erasing::named_parts(log::LeafIndex by, log::EraseReason* reason) {
  std::vector<log::ErasedLeaf> named;
  const std::uint32_t number = log_.slot.row.number;
  const auto entry = log::decode_entry(leaf_at(batch_.transaction, number, by));
  const auto* erase = entry ? std::get_if<log::EraseLeaf>(&*entry) : nullptr;
  if (erase == nullptr) return named;
  if (reason != nullptr) *reason = erase->reason;
  for (const log::ErasedLeaf& erased : erase->erased) {
    if (erased.leaf >= by) break;  // they ascend
    const auto leaf = read_leaf(batch_.transaction, number, erased.leaf);
    const std::uint8_t mask = leaf ? erased.part_mask & parts_of(*leaf) : 0;
    if (mask != 0) named.push_back({.leaf = erased.leaf, .part_mask = mask});
  }
  return named;
}

void Erasing::activate(Eraser& eraser) {
  const std::uint32_t number = log_.slot.row.number;
  log::EraseReason reason = log::EraseReason::mistake;
  const std::vector<log::ErasedLeaf> named = named_parts(eraser.by, &reason);
  eraser.row.is_active = true;
  eraser.row.waits = false;
  eraser.row.hidden_ms = now_ms_;
  eraser.row.leaves = static_cast<std::uint32_t>(named.size());

  std::vector<std::uint8_t> gone(named.size());
  std::size_t at = 0;
  const std::int64_t missing = change_bodies(
      batch_.transaction, number, named,
      [&](log::LeafIndex leaf, log::Part part, log::BodyStatus status) -> std::optional<ByteView> {
        if (status == log::BodyStatus::held) return std::nullopt;
        while (named[at].leaf < leaf) ++at;
        gone[at] |= part_bit(part);
        return bare_item(log::BodyStatus::erased);
      });
  log_.slot.row.bodies_missing += static_cast<std::uint64_t>(missing);
  for (std::size_t i = 0; i < named.size(); ++i) {
    const ErasurePlace place{.leaf = named[i].leaf, .by = eraser.by};
    const ErasureRow row{.part_mask = named[i].part_mask,
                         .destroyed_mask = gone[i],
                         .reason = reason,
                         .hidden_ms = now_ms_,
                         .due_ms = due_of(eraser.row, named[i].part_mask)};
    put_erasure(batch_.transaction, number, place, row);
    put_due(batch_.transaction, number, place, row);
  }
  log_.slot.row.erasures += named.size();
  put(eraser);
}

void Erasing::lift(Eraser& eraser) {
  const std::uint32_t number = log_.slot.row.number;
  std::vector<std::pair<log::LeafIndex, ErasureRow>> rows;
  for (const log::ErasedLeaf& named : named_parts(eraser.by, nullptr)) {
    const ErasurePlace place{.leaf = named.leaf, .by = eraser.by};
    auto row = read_erasure(batch_.transaction, number, place);
    if (!row) continue;
    remove_due(batch_.transaction, number, place, *row);
    batch_.transaction.remove(Table::erasures, erasure_key(number, place));
    --log_.slot.row.erasures;
    // What no other entry erases comes back; what is gone may be asked for again.
    row->part_mask &=
        static_cast<std::uint8_t>(~hidden_mask(batch_.transaction, number, named.leaf, eraser.by));
    if (row->part_mask != 0) rows.emplace_back(named.leaf, *row);
  }
  const std::int64_t missing = change_bodies(
      batch_.transaction, number, leaves_of(rows),
      [](log::LeafIndex, log::Part, log::BodyStatus status) -> std::optional<ByteView> {
        if (status != log::BodyStatus::erased) return std::nullopt;
        return bare_item(log::BodyStatus::missing);
      });
  log_.slot.row.bodies_missing += static_cast<std::uint64_t>(missing);
  eraser.row.is_active = false;
  eraser.row.waits = false;
  eraser.row.leaves = 0;
  put(eraser);
}

void Erasing::hold_back(Eraser& eraser) {
  const std::uint32_t number = log_.slot.row.number;
  for (const log::ErasedLeaf& named : named_parts(eraser.by, nullptr)) {
    const ErasurePlace place{.leaf = named.leaf, .by = eraser.by};
    auto row = read_erasure(batch_.transaction, number, place);
    if (!row) continue;
    remove_due(batch_.transaction, number, place, *row);
    row->due_ms = {};
    put_erasure(batch_.transaction, number, place, *row);
  }
  eraser.row.waits = true;
  put(eraser);
}

void Erasing::release(Eraser& eraser) {
  const std::uint32_t number = log_.slot.row.number;
  for (const log::ErasedLeaf& named : named_parts(eraser.by, nullptr)) {
    const ErasurePlace place{.leaf = named.leaf, .by = eraser.by};
    auto row = read_erasure(batch_.transaction, number, place);
    if (!row) continue;
    row->due_ms = due_of(eraser.row, row->part_mask);
    put_erasure(batch_.transaction, number, place, *row);
    put_due(batch_.transaction, number, place, *row);
  }
  eraser.row.waits = false;
  put(eraser);
}

/// Holds back all of the last day when they are too many, those before the one that was too much as
/// well.
void Erasing::check_mass() {
  const LogRow& row = log_.slot.row;
  const std::uint64_t leaves_max = std::max(limits::mass_erase_leaves, row.held / 100);
  const auto window = static_cast<std::uint64_t>(limits::mass_erase_window_ms);
  std::uint64_t leaves = 0;
  std::vector<Eraser> recent;  // not yet waiting, the newest first
  bool is_older_waiting = false;
  {
    Cursor cursor(batch_.transaction, Table::erasers);
    const Key last = eraser_key(row.number, std::numeric_limits<std::uint64_t>::max());
    for (auto stored = cursor.seek_back(last); stored && belongs_to(stored->key, row.number);
         stored = cursor.previous()) {
      const auto eraser = decode_eraser(*stored);
      if (!eraser || eraser->row.hidden_ms + window <= now_ms_) break;
      if (!eraser->row.is_active || eraser->row.is_at_once || is_stood_by(eraser->by)) continue;
      leaves += eraser->row.leaves;
      is_older_waiting = is_older_waiting || eraser->row.waits;
      // Once it was a mass erase, all before it are held back already.
      if (!is_older_waiting) recent.push_back(*eraser);
      if (leaves > leaves_max && is_older_waiting) break;
    }
  }
  if (leaves <= leaves_max) return;
  for (Eraser& eraser : recent) hold_back(eraser);
}

void Erasing::take(std::span<const log::LeafIndex> entries, bool at_once) {
  for (const log::LeafIndex entry : entries) {
    Eraser eraser;
    eraser.by = entry;
    eraser.row.hidden_ms = now_ms_;
    eraser.row.is_at_once = at_once;
    if (is_disowned(entry, stands_)) {
      put(eraser);
    } else {
      activate(eraser);
    }
  }
  if (!entries.empty() && !at_once) check_mass();
}

void Erasing::settle() {
  bool is_any_new = false;
  for (Eraser& eraser : read_erasers(batch_.transaction, log_.slot.row.number, 0)) {
    const bool counts = !is_disowned(eraser.by, stands_);
    if (counts && !eraser.row.is_active) {
      activate(eraser);
      is_any_new = true;
    } else if (!counts && eraser.row.is_active) {
      lift(eraser);
    } else if (counts && eraser.row.waits && is_stood_by(eraser.by)) {
      release(eraser);
    }
  }
  if (is_any_new) check_mass();
}

void Erasing::forget_from(log::TreeSize size) {
  const std::uint32_t number = log_.slot.row.number;
  for (Eraser& eraser : read_erasers(batch_.transaction, number, size)) {
    if (eraser.row.is_active) lift(eraser);
    batch_.transaction.remove(Table::erasers, eraser_key(number, eraser.by));
  }
}

}  // namespace moot::store

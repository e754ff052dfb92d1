#include "store/erasure_table.hpp"

#include <algorithm>

namespace moot::store {

namespace {

constexpr std::uint8_t flag_active = 1;
constexpr std::uint8_t flag_waits = 2;
constexpr std::uint8_t flag_at_once = 4;

ErasurePlace place_of(ByteView key) {
  Reader in(key.subspan(4));
  const log::LeafIndex leaf = in.u64();
  return {.leaf = leaf, .by = in.u64()};
}

Key due_key(std::uint64_t due_ms, std::uint32_t number, const ErasurePlace& place) {
  return Key().u64(due_ms).u32(number).u64(place.leaf).u64(place.by);
}

std::optional<ErasureRow> decode_erasure(ByteView value) {
  Reader in(value);
  ErasureRow row;
  row.part_mask = in.u8();
  row.destroyed_mask = in.u8();
  row.reason = static_cast<log::EraseReason>(in.u8());
  row.hidden_ms = in.u64();
  for (std::uint64_t& due : row.due_ms) due = in.u64();
  if (!in.finished()) return std::nullopt;
  return row;
}

/// Gives each time at which parts of the erasure are due, with the parts.
template <class Visit>
void for_each_due(const ErasureRow& row, Visit visit) {
  for (std::size_t i = 0; i < row.due_ms.size(); ++i) {
    const std::uint64_t due = row.due_ms[i];
    const auto before = row.due_ms.begin() + static_cast<std::ptrdiff_t>(i);
    if (due == 0 || std::find(row.due_ms.begin(), before, due) != before) continue;
    std::uint8_t mask = 0;
    for (std::size_t j = i; j < row.due_ms.size(); ++j) {
      if (row.due_ms[j] == due) mask |= static_cast<std::uint8_t>(1U << j);
    }
    mask &= row.part_mask & static_cast<std::uint8_t>(~row.destroyed_mask);
    if (mask != 0) visit(due, mask);
  }
}

/// Adds what another entry says of the same leaf.
void merge(log::Erasure& into, const ErasureRow& row) {
  const std::uint64_t due = *std::ranges::max_element(row.due_ms);
  into.part_mask |= row.part_mask;
  into.destroyed_mask |= row.destroyed_mask;
  into.destroy_ms = into.destroy_ms == 0 || due == 0 ? 0 : std::max(into.destroy_ms, due);
}

}  // namespace

std::optional<ErasureRow> read_erasure(Transaction& transaction, std::uint32_t number,
                                       const ErasurePlace& place) {
  const auto value = transaction.get(Table::erasures, erasure_key(number, place));
  return value ? decode_erasure(*value) : std::nullopt;
}

void put_erasure(WriteTransaction& transaction, std::uint32_t number, const ErasurePlace& place,
                 const ErasureRow& row) {
  Writer out(32);
  out.u8(row.part_mask).u8(row.destroyed_mask).u8(static_cast<std::uint8_t>(row.reason));
  out.u64(row.hidden_ms);
  for (const std::uint64_t due : row.due_ms) out.u64(due);
  transaction.put(Table::erasures, erasure_key(number, place), out.view());
}

void put_due(WriteTransaction& transaction, std::uint32_t number, const ErasurePlace& place,
             const ErasureRow& row) {
  for_each_due(row, [&](std::uint64_t due, std::uint8_t mask) {
    transaction.put(Table::due, due_key(due, number, place), Writer(1).u8(mask).view());
  });
}

void remove_due(WriteTransaction& transaction, std::uint32_t number, const ErasurePlace& place,
                const ErasureRow& row) {
  for_each_due(row, [&](std::uint64_t due, std::uint8_t) {
    transaction.remove(Table::due, due_key(due, number, place));
  });
}

std::optional<DueRow> decode_due(const Row& row) {
  Reader key(row.key);
  DueRow due;
  due.due_ms = key.u64();
  due.number = key.u32();
  due.place.leaf = key.u64();
  due.place.by = key.u64();
  Reader value(row.value);
  due.part_mask = value.u8();
  if (!key.finished() || !value.finished()) return std::nullopt;
  return due;
}

void put_eraser(WriteTransaction& transaction, std::uint32_t number, log::LeafIndex by,
                const EraserRow& row) {
  std::uint8_t flags = 0;
  if (row.is_active) flags |= flag_active;
  if (row.waits) flags |= flag_waits;
  if (row.is_at_once) flags |= flag_at_once;
  transaction.put(Table::erasers, eraser_key(number, by),
                  Writer(16).u64(row.hidden_ms).u32(row.leaves).u8(flags).view());
}

std::optional<Eraser> decode_eraser(const Row& row) {
  Eraser eraser;
  eraser.by = Reader(row.key.subspan(4)).u64();
  Reader in(row.value);
  eraser.row.hidden_ms = in.u64();
  eraser.row.leaves = in.u32();
  const std::uint8_t flags = in.u8();
  eraser.row.is_active = (flags & flag_active) != 0;
  eraser.row.waits = (flags & flag_waits) != 0;
  eraser.row.is_at_once = (flags & flag_at_once) != 0;
  if (!in.finished()) return std::nullopt;
  return eraser;
}

std::vector<Eraser> read_erasers(Transaction& transaction, std::uint32_t number,
                                 log::LeafIndex first) {
  std::vector<Eraser> erasers;
  Cursor cursor(transaction, Table::erasers);
  for (auto row = cursor.seek(eraser_key(number, first)); row && belongs_to(row->key, number);
       row = cursor.next()) {
    if (const auto eraser = decode_eraser(*row)) erasers.push_back(*eraser);
  }
  return erasers;
}

std::vector<log::Erasure> read_erasures(Transaction& transaction, std::uint32_t number,
                                        log::LeafIndex first, std::size_t count_max) {
  std::vector<log::Erasure> erasures;
  Cursor cursor(transaction, Table::erasures);
  for (auto row = cursor.seek(Key().u32(number).u64(first)); row && belongs_to(row->key, number);
       row = cursor.next()) {
    const ErasurePlace place = place_of(row->key);
    const auto erasure = decode_erasure(row->value);
    if (!erasure) continue;
    if (!erasures.empty() && erasures.back().leaf == place.leaf) {
      merge(erasures.back(), *erasure);
      continue;
    }
    if (erasures.size() == count_max) break;
    erasures.push_back({.leaf = place.leaf,
                        .part_mask = erasure->part_mask,
                        .by = place.by,
                        .reason = erasure->reason,
                        .hidden_ms = erasure->hidden_ms,
                        .destroy_ms = *std::ranges::max_element(erasure->due_ms),
                        .destroyed_mask = erasure->destroyed_mask});
  }
  return erasures;
}

std::uint8_t hidden_mask(Transaction& transaction, std::uint32_t number, log::LeafIndex leaf,
                         std::optional<log::LeafIndex> except) {
  std::uint8_t mask = 0;
  Cursor cursor(transaction, Table::erasures);
  for (auto row = cursor.seek(Key().u32(number).u64(leaf)); row && belongs_to(row->key, number);
       row = cursor.next()) {
    const ErasurePlace place = place_of(row->key);
    if (place.leaf != leaf) break;
    const auto erasure = decode_erasure(row->value);
    if (erasure && place.by != except) mask |= erasure->part_mask;
  }
  return mask;
}

HiddenParts::HiddenParts(Transaction& transaction, std::uint32_t number, log::LeafIndex first)
    : cursor_(transaction, Table::erasures), number_(number) {
  take(cursor_.seek(Key().u32(number).u64(first)));
}

void HiddenParts::take(const std::optional<Row>& row) {
  at_.reset();
  if (!row || !belongs_to(row->key, number_)) return;
  at_ = place_of(row->key).leaf;
  const auto erasure = decode_erasure(row->value);
  mask_ = erasure ? erasure->part_mask : 0;
}

std::uint8_t HiddenParts::mask_at(log::LeafIndex leaf) {
  std::uint8_t mask = 0;
  while (at_ && *at_ <= leaf) {
    if (*at_ == leaf) mask |= mask_;
    take(cursor_.next());
  }
  return mask;
}

}  // namespace moot::store

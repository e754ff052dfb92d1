#include "store/truncation.hpp"

#include <algorithm>
#include <limits>

#include "store/body_items.hpp"
#include "store/body_rows.hpp"
#include "store/hidden_table.hpp"

namespace moot::store {

namespace {

void remove_entries(WriteTransaction& transaction, Table table, std::uint32_t number,
                    log::LeafIndex first) {
  remove_while(transaction, table, entry_key(number, first),
               [&](ByteView key) { return belongs_to(key, number); });
}

/// The row that `size` cuts through, copied; nothing when it cuts between rows.
struct CutRow {
  log::LeafIndex first = 0;
  Bytes value;
};
std::optional<CutRow> row_at(WriteTransaction& transaction, Table table, std::uint32_t number,
                             log::TreeSize size) {
  Cursor cursor(transaction, table);
  const auto row = cursor.seek_back(entry_key(number, size));
  if (!row || !belongs_to(row->key, number)) return std::nullopt;
  const log::LeafIndex first = Reader(row->key.subspan(4)).u64();
  if (first >= size) return std::nullopt;
  return CutRow{.first = first, .value = to_bytes(row->value)};
}

void truncate_leaves(WriteTransaction& transaction, std::uint32_t number, log::TreeSize size) {
  if (const auto cut = row_at(transaction, Table::entries, number, size)) {
    Reader in(cut->value);
    for (log::LeafIndex entry = cut->first; entry < size && in.left() > 0; ++entry) {
      in.bytes(in.u16());
    }
    const std::size_t bytes = cut->value.size() - in.left();
    transaction.put(Table::entries, entry_key(number, cut->first),
                    ByteView(cut->value).first(bytes));
  }
  remove_entries(transaction, Table::entries, number, size);
}

/// The bytes of the items of one entry; counts those that are missing.
std::size_t entry_bytes(std::uint8_t parts, ByteView items, std::uint64_t& missing) {
  std::size_t bytes = 0;
  for_each_part(parts, [&](log::Part) {
    const ByteView rest = items.subspan(bytes);
    const std::size_t item = item_bytes(rest);
    if (item > 0 && rest[0] == static_cast<std::uint8_t>(log::BodyStatus::missing)) ++missing;
    bytes += item;
  });
  return bytes;
}

/// Answers how many missing bodies there were from `size` on.
std::uint64_t truncate_bodies(WriteTransaction& transaction, std::uint32_t number,
                              log::TreeSize size) {
  std::uint64_t missing = 0;
  if (const auto cut = row_at(transaction, Table::bodies, number, size)) {
    if (const auto row = body_row_of(cut->value)) {
      const std::size_t count = std::min<std::size_t>(size - cut->first, row->parts.size());
      std::uint64_t missing_kept = 0;
      std::size_t bytes = 0;
      std::size_t bytes_kept = 0;
      for (std::size_t i = 0; i < row->parts.size(); ++i) {
        bytes += entry_bytes(row->parts[i], row->items.subspan(bytes),
                             i < count ? missing_kept : missing);
        if (i + 1 == count) bytes_kept = bytes;
      }
      transaction.remove(Table::bodies, entry_key(number, cut->first));
      put_body_row(transaction, number, cut->first, row->parts.first(count),
                   row->items.first(bytes_kept));
    }
  }
  {
    Cursor cursor(transaction, Table::bodies);
    for (auto stored = cursor.seek(entry_key(number, size));
         stored && belongs_to(stored->key, number); stored = cursor.next()) {
      const auto row = body_row_of(stored->value);
      if (!row) continue;
      std::size_t bytes = 0;
      for (const std::uint8_t parts : row->parts) {
        bytes += entry_bytes(parts, row->items.subspan(bytes), missing);
      }
    }
  }
  remove_entries(transaction, Table::bodies, number, size);
  return missing;
}

void truncate_tiles(WriteTransaction& transaction, std::uint32_t number, log::TreeSize size) {
  constexpr unsigned levels = 8;
  for (unsigned level = 0; level < levels; ++level) {
    const std::uint64_t hashes = size >> (level * log::tile_height);
    const std::uint64_t row = hashes / tile_row_hashes;
    const std::size_t kept = hashes % tile_row_hashes * sizeof(Hash);
    const Key key = tile_key(number, level, row);
    const auto stored = transaction.get(Table::tiles, key);
    Bytes cut;
    if (stored && kept > 0) cut = to_bytes(stored->first(std::min(kept, stored->size())));
    remove_while(transaction, Table::tiles, key,
                 [&](ByteView other) { return belongs_to(other, number) && other[4] == level; });
    if (!cut.empty()) transaction.put(Table::tiles, key, cut);
  }
}

std::optional<StoredHead> newest_checkpoint(Transaction& transaction, std::uint32_t number) {
  Cursor cursor(transaction, Table::checkpoints);
  const auto row =
      cursor.seek_back(checkpoint_key(number, std::numeric_limits<std::uint64_t>::max()));
  if (!row || !belongs_to(row->key, number)) return std::nullopt;
  const log::TreeSize size = Reader(row->key.subspan(4)).u64();
  const auto kept = decode_checkpoint_row(size, row->value);
  if (!kept) return std::nullopt;
  return kept->stored;
}

}  // namespace

void truncate(WriteTransaction& transaction, LogRow& row, log::TreeSize size) {
  truncate_leaves(transaction, row.number, size);
  row.bodies_missing -= truncate_bodies(transaction, row.number, size);
  truncate_tiles(transaction, row.number, size);
  remove_entries(transaction, Table::hidden, row.number, size);
  remove_while(transaction, Table::checkpoints, checkpoint_key(row.number, size + 1),
               [&](ByteView key) { return belongs_to(key, row.number); });
  row.held = size;
  row.indexed = std::min(row.indexed, size);
  row.target.reset();
  row.head = newest_checkpoint(transaction, row.number);
  // The one that is the head again is kept as that.
  if (!row.head || row.kept_cosigned >= row.head->head.size) row.kept_cosigned = 0;
}

}  // namespace moot::store

#include "store/body_rows.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "store/body_items.hpp"
#include "store/new_range.hpp"

namespace moot::store {

namespace {

/// A row that is being rewritten.
struct NewRow {
  Bytes parts;
  Bytes items;
  std::vector<std::uint32_t> item_bytes;  ///< of each entry
  std::int64_t missing = 0;               ///< more than before
  bool is_changed = false;
  bool is_damaged = false;  ///< then it stays as it is
};

/// Appends an entry's items to the row, changed where `change` says so.
void add_entry(NewRow& row, log::LeafIndex entry, std::uint8_t parts, std::uint8_t named,
               ByteView& items, const BodyChange& change) {
  const std::size_t before = row.items.size();
  for_each_part(parts, [&](log::Part part) {
    const std::size_t bytes = item_bytes(items);
    if (bytes == 0) {
      row.is_damaged = true;
      return;
    }
    const ByteView item = items.first(bytes);
    items = items.subspan(bytes);
    const auto status = static_cast<log::BodyStatus>(item[0]);
    std::optional<ByteView> changed;
    if ((named & part_bit(part)) != 0) changed = change(entry, part, status);
    if (changed) {
      const auto status_after = static_cast<log::BodyStatus>((*changed)[0]);
      row.missing += status_after == log::BodyStatus::missing ? 1 : 0;
      row.missing -= status == log::BodyStatus::missing ? 1 : 0;
      row.is_changed = true;
    }
    append(row.items, changed ? *changed : item);
  });
  row.parts.push_back(parts);
  row.item_bytes.push_back(static_cast<std::uint32_t>(row.items.size() - before));
}

void put_in_pieces(WriteTransaction& transaction, std::uint32_t number, log::LeafIndex first,
                   const NewRow& row) {
  ByteView items = row.items;
  for (std::size_t at = 0; at < row.parts.size();) {
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (at + count < row.parts.size()) {
      const std::size_t more = row.item_bytes[at + count];
      if (count > 0 && bytes + more > body_row_bytes) break;
      bytes += more;
      ++count;
    }
    put_body_row(transaction, number, first + at, ByteView(row.parts).subspan(at, count),
                 items.first(bytes));
    items = items.subspan(bytes);
    at += count;
  }
}

}  // namespace

std::optional<BodyRow> body_row_of(ByteView value) {
  Reader in(value);
  BodyRow row;
  row.parts = in.bytes(in.u16());
  row.items = in.bytes(in.left());
  if (!in.ok()) return std::nullopt;
  return row;
}

void put_body_row(WriteTransaction& transaction, std::uint32_t number, log::LeafIndex first,
                  ByteView parts, ByteView items) {
  const std::size_t bytes = 2 + parts.size() + items.size();
  const auto room = transaction.reserve(Table::bodies, entry_key(number, first), bytes);
  if (room.empty()) return;
  room[0] = static_cast<std::uint8_t>(parts.size() >> 8);
  room[1] = static_cast<std::uint8_t>(parts.size());
  auto end = std::copy(parts.begin(), parts.end(), room.begin() + 2);
  std::copy(items.begin(), items.end(), end);
}

ByteView bare_item(log::BodyStatus status) {
  static constexpr std::uint8_t items[] = {
      static_cast<std::uint8_t>(log::BodyStatus::held),
      static_cast<std::uint8_t>(log::BodyStatus::erased),
      static_cast<std::uint8_t>(log::BodyStatus::withheld),
      static_cast<std::uint8_t>(log::BodyStatus::missing),
  };
  MOOT_CHECK(status != log::BodyStatus::held);
  return std::span(items).subspan(static_cast<std::size_t>(status), 1);
}

std::int64_t change_bodies(WriteTransaction& transaction, std::uint32_t number,
                           std::span<const log::ErasedLeaf> leaves, const BodyChange& change) {
  std::int64_t missing = 0;
  while (!leaves.empty()) {
    NewRow made;
    log::LeafIndex first = 0;
    {
      Cursor cursor(transaction, Table::bodies);
      const auto stored = cursor.seek_back(entry_key(number, leaves.front().leaf));
      const auto row =
          stored && belongs_to(stored->key, number) ? body_row_of(stored->value) : std::nullopt;
      if (!row) return missing;  // no bodies are stored before that entry
      first = Reader(stored->key.subspan(4)).u64();
      if (leaves.front().leaf >= first + row->parts.size()) {
        leaves = leaves.subspan(1);
        continue;
      }
      ByteView items = row->items;
      made.items.reserve(items.size());
      for (const std::uint8_t parts : row->parts) {
        const log::LeafIndex entry = first + made.parts.size();
        const bool is_named = !leaves.empty() && leaves.front().leaf == entry;
        add_entry(made, entry, parts, is_named ? leaves.front().part_mask : 0, items, change);
        if (is_named) leaves = leaves.subspan(1);
      }
    }
    if (!made.is_changed || made.is_damaged) continue;
    // Removed first, so that its pages are new ones and keep nothing of what was in them.
    transaction.remove(Table::bodies, entry_key(number, first));
    put_in_pieces(transaction, number, first, made);
    missing += made.missing;
  }
  return missing;
}

}  // namespace moot::store

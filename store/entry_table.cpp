#include "store/entry_table.hpp"

#include <algorithm>
#include <cstdint>

#include "store/body_items.hpp"
#include "store/body_rows.hpp"

namespace moot::store {

namespace {

/// More small rows than this in a complete block are joined.
constexpr std::size_t rows_per_block_max = 4;

log::LeafIndex first_of(const Row& row) { return Reader(row.key.subspan(4)).u64(); }

/// Where a run of entries that becomes one row ends.
struct Run {
  std::size_t count = 0;
  std::size_t bytes = 0;
};

/// Entries from `at` on until the block or `bytes_max` ends.
Run next_run(const NewRange& range, std::size_t at, std::uint32_t NewEntry::*size,
             std::size_t bytes_max) {
  const std::size_t to_block_end =
      limits::block_entries - (range.first + at) % limits::block_entries;
  const std::size_t count_max = std::min(to_block_end, range.entries.size() - at);
  Run run;
  while (run.count < count_max) {
    const std::size_t bytes = range.entries[at + run.count].*size;
    if (run.count > 0 && run.bytes + bytes > bytes_max) break;
    run.bytes += bytes;
    ++run.count;
  }
  return run;
}

struct OldRow {
  log::LeafIndex first = 0;
  Bytes value;
};

/// The rows of a table that lie in a block; empty when there are few or they are large already.
std::vector<OldRow> small_rows(WriteTransaction& transaction, Table table, std::uint32_t number,
                               std::uint64_t block) {
  const log::LeafIndex begin = block * limits::block_entries;
  std::vector<std::pair<log::LeafIndex, ByteView>> found;
  std::size_t bytes = 0;
  Cursor cursor(transaction, table);
  for (auto row = cursor.seek(entry_key(number, begin));
       row && belongs_to(row->key, number) && first_of(*row) < begin + limits::block_entries;
       row = cursor.next()) {
    found.emplace_back(first_of(*row), row->value);
    bytes += row->value.size();
  }
  // Few are good enough, and joining large bodies would gain nothing.
  if (found.size() <= rows_per_block_max || bytes > limits::MiB) return {};
  std::vector<OldRow> rows;
  rows.reserve(found.size());
  for (const auto& [first, value] : found) {
    rows.push_back({.first = first, .value = to_bytes(value)});
  }
  return rows;
}

void join_body_rows(WriteTransaction& transaction, std::uint32_t number,
                    const std::vector<OldRow>& rows) {
  for (const OldRow& row : rows) {
    transaction.remove(Table::bodies, entry_key(number, row.first));
  }
  log::LeafIndex first = rows.empty() ? 0 : rows.front().first;
  Bytes parts;
  Bytes items;
  for (const OldRow& row : rows) {
    const auto body_row = body_row_of(row.value);
    if (!body_row) continue;
    if (!parts.empty() && items.size() + body_row->items.size() > body_row_bytes) {
      put_body_row(transaction, number, first, parts, items);
      first += parts.size();
      parts.clear();
      items.clear();
    }
    append(parts, body_row->parts);
    append(items, body_row->items);
  }
  if (!parts.empty()) put_body_row(transaction, number, first, parts, items);
}

/// The row that entry `entry` lies in, if it can.
std::optional<Row> row_of(Cursor& cursor, std::uint32_t number, log::LeafIndex entry) {
  auto row = cursor.seek_back(entry_key(number, entry));
  if (row && !belongs_to(row->key, number)) row.reset();
  return row;
}

/// The row after, if it goes on where this one ended.
std::optional<Row> next_row(Cursor& cursor, std::uint32_t number, log::LeafIndex expected) {
  auto row = cursor.next();
  if (row && (!belongs_to(row->key, number) || first_of(*row) != expected)) row.reset();
  return row;
}

/// Appends an entry's items; those of `hidden` parts as erased, those of personal parts as withheld
/// unless they are wanted.
void append_items(Bytes& bundle, std::uint8_t parts, ByteView items, bool with_personal,
                  std::uint8_t hidden) {
  const bool withholds = !with_personal && (parts & part_bit(log::Part::personal_part)) != 0;
  if (!withholds && hidden == 0) {
    append(bundle, items);
    return;
  }
  for_each_part(parts, [&](log::Part part) {
    const std::size_t bytes = item_bytes(items);
    if ((hidden & part_bit(part)) != 0) {
      log::append_no_body(bundle, log::BodyStatus::erased);
    } else if (withholds && part == log::Part::personal_part) {
      log::append_no_body(bundle, log::BodyStatus::withheld);
    } else {
      append(bundle, items.first(bytes));
    }
    items = items.subspan(bytes);
  });
}

}  // namespace

void append_entries(WriteTransaction& transaction, std::uint32_t number, const NewRange& range) {
  ByteView leaves = range.leaves;
  for (std::size_t at = 0; at < range.entries.size();) {
    const Run run = next_run(range, at, &NewEntry::leaf_bytes, SIZE_MAX);
    transaction.put(Table::entries, entry_key(number, range.first + at), leaves.first(run.bytes));
    leaves = leaves.subspan(run.bytes);
    at += run.count;
  }
  ByteView bodies = range.bodies;
  Bytes parts;
  for (std::size_t at = 0; at < range.entries.size();) {
    const Run run = next_run(range, at, &NewEntry::body_bytes, body_row_bytes);
    parts.clear();
    for (std::size_t i = 0; i < run.count; ++i) parts.push_back(range.entries[at + i].parts);
    put_body_row(transaction, number, range.first + at, parts, bodies.first(run.bytes));
    bodies = bodies.subspan(run.bytes);
    at += run.count;
  }
}

void join_rows(WriteTransaction& transaction, std::uint32_t number, std::uint64_t block) {
  const std::vector<OldRow> leaves = small_rows(transaction, Table::entries, number, block);
  for (const OldRow& row : leaves) {
    transaction.remove(Table::entries, entry_key(number, row.first));
  }
  Bytes joined;
  for (const OldRow& row : leaves) append(joined, row.value);
  if (!leaves.empty()) {
    transaction.put(Table::entries, entry_key(number, leaves.front().first), joined);
  }
  join_body_rows(transaction, number, small_rows(transaction, Table::bodies, number, block));
}

void visit_leaves(Transaction& transaction, std::uint32_t number, log::LeafIndex first,
                  log::LeafIndex end, const std::function<bool(log::LeafIndex, ByteView)>& visit) {
  if (first >= end) return;
  Cursor cursor(transaction, Table::entries);
  auto row = row_of(cursor, number, first);
  if (!row) return;
  log::LeafIndex entry = first_of(*row);
  while (row) {
    Reader in(row->value);
    while (in.left() > 0) {
      const ByteView leaf = in.bytes(in.u16());
      if (!in.ok()) return;
      if (entry >= first && !visit(entry, leaf)) return;
      if (++entry == end) return;
    }
    row = next_row(cursor, number, entry);
  }
}

std::optional<ByteView> read_leaf(Transaction& transaction, std::uint32_t number,
                                  log::LeafIndex entry) {
  std::optional<ByteView> found;
  visit_leaves(transaction, number, entry, entry + 1, [&](log::LeafIndex, ByteView leaf) {
    found = leaf;
    return false;
  });
  return found;
}

Bytes read_leaves(Transaction& transaction, std::uint32_t number, log::LeafIndex first,
                  log::LeafIndex end, std::size_t bytes_max) {
  Bytes bundle;
  visit_leaves(transaction, number, first, end, [&](log::LeafIndex, ByteView leaf) {
    if (!bundle.empty() && bundle.size() + 2 + leaf.size() > bytes_max) return false;
    log::append_leaf(bundle, leaf);
    return true;
  });
  return bundle;
}

log::LogReader::Bodies read_bodies(Transaction& transaction, std::uint32_t number,
                                   log::LeafIndex first, log::LeafIndex end, std::size_t bytes_max,
                                   bool with_personal, HiddenParts* hidden) {
  log::LogReader::Bodies out;
  out.next = first;
  if (first >= end) return out;
  Cursor cursor(transaction, Table::bodies);
  auto row = row_of(cursor, number, first);
  log::LeafIndex entry = row ? first_of(*row) : 0;
  while (row) {
    const auto body_row = body_row_of(row->value);
    if (!body_row) return out;
    ByteView items = body_row->items;
    for (const std::uint8_t parts : body_row->parts) {
      std::size_t bytes = 0;
      for (unsigned left = parts; left != 0; left &= left - 1) {
        const std::size_t item = item_bytes(items.subspan(bytes));
        if (item == 0) return out;
        bytes += item;
      }
      if (entry >= first) {
        const std::size_t before = out.bundle.size();
        append_items(out.bundle, parts, items.first(bytes), with_personal,
                     hidden != nullptr ? hidden->mask_at(entry) : std::uint8_t{0});
        if (out.next > first && out.bundle.size() > bytes_max) {
          out.bundle.resize(before);
          return out;
        }
        out.next = entry + 1;
      }
      items = items.subspan(bytes);
      if (++entry == end) return out;
    }
    row = next_row(cursor, number, entry);
  }
  return out;
}

}  // namespace moot::store

#include "store/abandoned.hpp"

#include <algorithm>

#include "store/entry_table.hpp"
#include "store/state.hpp"

namespace moot::store {

namespace {

Key leaves_key(std::uint32_t number, std::uint32_t epoch, log::LeafIndex first) {
  return Key().u32(number).u32(epoch).u64(first);
}

std::optional<log::Abandoned> decode_abandoned(const log::OrganisationId& organisation,
                                               const Row& stored) {
  log::Abandoned row;
  row.epoch = Reader(stored.key.subspan(4)).u32();
  Reader in(stored.value);
  row.first = in.u64();
  row.count = in.u64();
  row.checkpoint.organisation = organisation;
  row.checkpoint.head.size = in.u64();
  row.checkpoint.head.root = in.fixed<32>();
  row.checkpoint.note = std::string(text_of(in.bytes(in.left())));
  if (!in.finished()) return std::nullopt;
  return row;
}

Bytes encode(const log::Abandoned& row) {
  moot::Writer out(64 + row.checkpoint.note.size());
  out.u64(row.first).u64(row.count);
  out.u64(row.checkpoint.head.size).bytes(row.checkpoint.head.root);
  return out.bytes(view_of(row.checkpoint.note)).take();
}

void copy_leaves(WriteTransaction& transaction, std::uint32_t number, std::uint32_t epoch,
                 log::LeafIndex first, log::LeafIndex end) {
  while (first < end) {
    const log::LeafIndex next =
        std::min(end, first - first % limits::block_entries + limits::block_entries);
    const Bytes leaves = read_leaves(transaction, number, first, next, SIZE_MAX);
    transaction.put(Table::abandoned_leaves, leaves_key(number, epoch, first), leaves);
    first = next;
  }
}

}  // namespace

void abandon(WriteTransaction& transaction, const LogRow& row, std::uint32_t epoch,
             log::TreeSize size) {
  if (size >= row.held) return;
  const Key key = identity_key(row.number, epoch);
  const auto value = transaction.get(Table::abandoned, key);
  auto kept = value ? decode_abandoned({}, {.key = key.view(), .value = *value}) : std::nullopt;
  if (!kept) {
    kept = log::Abandoned{.epoch = epoch, .first = row.held, .count = 0, .checkpoint = {}};
    if (row.head && row.head->head.size > size) {
      kept->checkpoint.head = row.head->head;
      kept->checkpoint.note = row.head->note;
    }
  }
  if (kept->first <= size || row.held < kept->first) return;
  copy_leaves(transaction, row.number, epoch, size, kept->first);
  kept->count += kept->first - size;
  kept->first = size;
  transaction.put(Table::abandoned, key, encode(*kept));
}

std::vector<log::Abandoned> Store::abandoned(const log::OrganisationId& organisation) const {
  std::vector<log::Abandoned> abandoned;
  ReadTransaction transaction(*state_->environment);
  const auto log = read_log_row(transaction, organisation);
  if (!log) return abandoned;
  Cursor cursor(transaction, Table::abandoned);
  for (auto row = cursor.seek(identity_key(log->number, 0));
       row && belongs_to(row->key, log->number); row = cursor.next()) {
    if (auto one = decode_abandoned(organisation, *row)) abandoned.push_back(std::move(*one));
  }
  return abandoned;
}

Bytes Store::abandoned_leaves(const log::OrganisationId& organisation, std::uint32_t epoch,
                              log::LeafIndex first, std::uint64_t count_max,
                              std::size_t bytes_max) const {
  Bytes bundle;
  ReadTransaction transaction(*state_->environment);
  const auto log = read_log_row(transaction, organisation);
  if (!log || count_max == 0) return bundle;
  const auto is_here = [&](const Row& row) {
    return belongs_to(row.key, log->number) && Reader(row.key.subspan(4)).u32() == epoch;
  };
  Cursor cursor(transaction, Table::abandoned_leaves);
  std::uint64_t count = 0;
  for (auto row = cursor.seek_back(leaves_key(log->number, epoch, first)); row && is_here(*row);
       row = cursor.next()) {
    log::LeafIndex entry = Reader(row->key.subspan(8)).u64();
    Reader in(row->value);
    for (; in.left() > 0; ++entry) {
      const ByteView leaf = in.bytes(in.u16());
      if (!in.ok()) return bundle;
      if (entry < first) continue;
      if (!bundle.empty() && bundle.size() + 2 + leaf.size() > bytes_max) return bundle;
      log::append_leaf(bundle, leaf);
      if (++count == count_max) return bundle;
    }
  }
  return bundle;
}

}  // namespace moot::store

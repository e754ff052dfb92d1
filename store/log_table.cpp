#include "store/log_table.hpp"

#include <algorithm>
#include <limits>

namespace moot::store {

namespace {

constexpr std::uint64_t day_ms = 24ULL * 60 * 60 * 1000;

/// The size of the kept checkpoint before this one; 0 when there is none.
log::TreeSize size_before(Transaction& transaction, std::uint32_t number, log::TreeSize size) {
  Cursor cursor(transaction, Table::checkpoints);
  const auto row = cursor.seek_back(checkpoint_key(number, size - 1));
  return row && belongs_to(row->key, number) ? Reader(row->key.subspan(4)).u64() : 0;
}

/// Is a kept checkpoint the first that contains an establish event, or, seeing the size of the
/// next, the last before one?
bool is_at_establish(Transaction& transaction, const LogRow& row, log::TreeSize size,
                     log::TreeSize next) {
  if (size == 1) return true;
  if (row.events <= 1) return false;
  const log::TreeSize before = size_before(transaction, row.number, size);
  Cursor cursor(transaction, Table::identities);
  for (auto event = cursor.seek(identity_key(row.number, 1));
       event && belongs_to(event->key, row.number); event = cursor.next()) {
    const log::LeafIndex position = Reader(event->value).u64();
    if (before <= position && position < next) return true;
  }
  return false;
}

/// Of the checkpoint that is the head as yet.
void let_go(WriteTransaction& transaction, LogRow& row) {
  log::TreeSize size = row.head->head.size;
  if (is_cosigned(row.head->note)) std::swap(size, row.kept_cosigned);
  if (size != 0) transaction.remove(Table::checkpoints, checkpoint_key(row.number, size));
}

}  // namespace

std::optional<LogRow> read_log_row(Transaction& transaction,
                                   const log::OrganisationId& organisation) {
  const auto value = transaction.get(Table::logs, Key(organisation));
  return value ? decode_log_row(*value) : std::nullopt;
}

std::optional<log::OrganisationId> read_own_organisation(Transaction& transaction) {
  const auto value = transaction.get(Table::meta, Key("own"));
  if (!value || value->size() != sizeof(Hash)) return std::nullopt;
  return log::OrganisationId{.bytes = Reader(*value).fixed<32>()};
}

std::vector<EventRow> read_events(Transaction& transaction, std::uint32_t number) {
  std::vector<EventRow> events;
  Cursor cursor(transaction, Table::identities);
  for (auto row = cursor.seek(identity_key(number, 0)); row && belongs_to(row->key, number);
       row = cursor.next()) {
    Reader in(row->value);
    const log::LeafIndex position = in.u64();
    events.push_back(
        {.position = position, .leaf = to_bytes(in.bytes(in.left())), .rival_leaf = {}});
  }
  if (events.size() <= 1) return events;
  Cursor rivals(transaction, Table::rivals);
  for (auto row = rivals.seek(identity_key(number, 0)); row && belongs_to(row->key, number);
       row = rivals.next()) {
    const std::uint32_t seq = Reader(row->key.subspan(4)).u32();
    if (seq < events.size()) events[seq].rival_leaf = to_bytes(row->value);
  }
  return events;
}

void put_event(WriteTransaction& transaction, std::uint32_t number, std::uint32_t seq,
               log::LeafIndex position, ByteView leaf, ByteView rival_leaf) {
  if (!rival_leaf.empty()) {
    transaction.put(Table::rivals, identity_key(number, seq), rival_leaf);
  }
  transaction.put(Table::identities, identity_key(number, seq),
                  Writer(8 + leaf.size()).u64(position).bytes(leaf).view());
}

std::optional<log::Identity> identity_of(const std::vector<EventRow>& events) {
  if (events.empty()) return std::nullopt;
  auto identity = log::Identity::begin(events.front().leaf);
  if (!identity) return std::nullopt;
  for (std::size_t i = 1; i < events.size(); ++i) {
    if (!identity->extend(events[i].leaf, events[i].position, events[i].rival_leaf)) {
      return std::nullopt;
    }
  }
  return std::move(*identity);
}

std::vector<log::Checkpoint> read_checkpoints(Transaction& transaction, std::uint32_t number,
                                              const log::OrganisationId& organisation) {
  std::vector<log::Checkpoint> checkpoints;
  Cursor cursor(transaction, Table::checkpoints);
  for (auto row = cursor.seek(checkpoint_key(number, 0)); row && belongs_to(row->key, number);
       row = cursor.next()) {
    const log::TreeSize size = Reader(row->key.subspan(4)).u64();
    auto decoded = decode_checkpoint_row(size, row->value);
    if (!decoded) continue;
    checkpoints.push_back({.organisation = organisation,
                           .head = decoded->stored.head,
                           .note = std::move(decoded->stored.note)});
  }
  return checkpoints;
}

bool contradicts_kept(Transaction& transaction, std::uint32_t number, const log::Head& head) {
  Cursor cursor(transaction, Table::checkpoints);
  const auto newest =
      cursor.seek_back(checkpoint_key(number, std::numeric_limits<std::uint64_t>::max()));
  if (!newest || !belongs_to(newest->key, number)) return false;
  const log::TreeSize size = Reader(newest->key.subspan(4)).u64();
  if (size < head.size) return false;
  const auto row = decode_checkpoint_row(size, newest->value);
  return !row || row->stored.head != head;
}

bool is_cosigned(std::string_view note) {
  return note.find("\n\u2014 moot/node/") != std::string_view::npos;
}

void keep_checkpoint(WriteTransaction& transaction, LogRow& row, const StoredHead& stored,
                     std::uint64_t time_ms) {
  if (row.head && row.head->head.size < stored.head.size) {
    const log::TreeSize before = row.head->head.size;
    const auto value = transaction.get(Table::checkpoints, checkpoint_key(row.number, before));
    const auto kept = value ? decode_checkpoint_row(before, *value) : std::nullopt;
    const bool is_same_day = kept && kept->time_ms / day_ms == time_ms / day_ms;
    if (is_same_day && !is_at_establish(transaction, row, before, stored.head.size)) {
      let_go(transaction, row);
    }
  }
  transaction.put(Table::checkpoints, checkpoint_key(row.number, stored.head.size),
                  encode(CheckpointRow{.time_ms = time_ms, .stored = stored}));
  row.head = stored;
}

}  // namespace moot::store

#include "store/log_table.hpp"

#include <algorithm>
#include <limits>

namespace moot::store {

namespace {

constexpr std::uint64_t day_ms = 24ULL * 60 * 60 * 1000;

/// Is a checkpoint of this size the first that contains an establish event?
bool is_at_establish(Transaction& transaction, const LogRow& row, log::TreeSize size) {
  if (size == 1) return true;
  if (row.events <= 1) return false;
  return std::ranges::any_of(read_events(transaction, row.number),
                             [&](const EventRow& event) { return event.position + 1 == size; });
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
    events.push_back({.position = position, .leaf = to_bytes(in.bytes(in.left()))});
  }
  return events;
}

void put_event(WriteTransaction& transaction, std::uint32_t number, std::uint32_t seq,
               log::LeafIndex position, ByteView leaf) {
  transaction.put(Table::identities, identity_key(number, seq),
                  Writer(8 + leaf.size()).u64(position).bytes(leaf).view());
}

std::optional<log::Identity> identity_of(const std::vector<EventRow>& events) {
  if (events.empty()) return std::nullopt;
  auto identity = log::Identity::begin(events.front().leaf);
  if (!identity) return std::nullopt;
  for (std::size_t i = 1; i < events.size(); ++i) {
    if (!identity->extend(events[i].leaf, events[i].position)) return std::nullopt;
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

void keep_checkpoint(WriteTransaction& transaction, LogRow& row, const StoredHead& stored,
                     std::uint64_t time_ms) {
  if (row.head && row.head->head.size < stored.head.size) {
    const log::TreeSize before = row.head->head.size;
    const auto value = transaction.get(Table::checkpoints, checkpoint_key(row.number, before));
    const auto kept = value ? decode_checkpoint_row(before, *value) : std::nullopt;
    const bool is_same_day = kept && kept->time_ms / day_ms == time_ms / day_ms;
    if (is_same_day && !is_at_establish(transaction, row, before)) {
      transaction.remove(Table::checkpoints, checkpoint_key(row.number, before));
    }
  }
  transaction.put(Table::checkpoints, checkpoint_key(row.number, stored.head.size),
                  encode(CheckpointRow{.time_ms = time_ms, .stored = stored}));
  row.head = stored;
}

}  // namespace moot::store

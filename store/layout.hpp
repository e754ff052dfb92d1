#pragma once
#include <optional>

#include "log/log_reader.hpp"
#include "store/jobs.hpp"

/// What the tables of the environment hold. Every key is of fixed width and big-endian, so that a
/// log is one contiguous range of each table. In the order table: key: value.
///
/// - meta: name (text): format u32; salt 16 bytes; next_log u32; own: organisation id; queue:
/// counts
///   of the queue; value/NAME: the daemon's small values
/// - logs: organisation id: LogRow: log number, held, head, target, …
/// - identities: u32 log, u32 seq: u64 position, establish leaf
/// - entries: u32 log, u64 first entry: entry bundle of consecutive entries
/// - bodies: u32 log, u64 first entry: u16 count, u8 parts for each entry, then the body bundle of
///   these entries
/// - tiles: u32 log, u8 level, u64 row: up to 16 hashes
/// - versions: u32 log, u32 lowest hash: pairs (u32 salted hash of the record id, u32 entry),
///   ascending: the version index
/// - checkpoints: u32 log, u64 size: u64 time (ms), root, note
/// - follows: organisation id: mode, since, name, address
/// - peers: organisation id, node key: last seen, address
///
/// Of format 2:
/// - rivals: u32 log, u32 seq: the rival leaf that the event of this seq repudiates
/// - erasures: u32 log, u64 leaf, u64 erase entry: ErasureRow
/// - erasers: u32 log, u64 erase entry: EraserRow
/// - due: u64 time (ms), u32 log, u64 leaf, u64 erase entry: u8 parts to be destroyed then
/// - hidden: u32 log, u64 leaf: what is hidden here only
/// - abandoned: u32 log, u32 epoch: first, count, head, note
/// - abandoned_leaves: u32 log, u32 epoch, u64 first entry: entry bundle
/// - evidence: u32 log, u32 epoch: the file
/// - witnesses: u32 log, organisation id: newest and first cosignature
/// - queue: u64 number: time, records that wait to be published
///
/// Entries and bodies are kept as bundles of up to a block, the form in which they are sent: a
/// batch is stored by one copy and read by another, and small rows, of which the pages of a log
/// that is not the last in its table would stay half empty, are joined into few large ones once
/// their block of 256 is complete. No row crosses a block.
namespace moot::store {

enum class Table : std::uint8_t {
  meta,
  logs,
  identities,
  entries,
  bodies,
  tiles,
  versions,
  checkpoints,
  follows,
  peers,
  rivals,
  erasures,
  erasers,
  due,
  hidden,
  abandoned,
  abandoned_leaves,
  evidence,
  witnesses,
  queue,
};
inline constexpr std::size_t table_count = 20;
/// The tables of a store of format 1: the first so many.
inline constexpr std::size_t table_count_format_1 = 10;
/// The name of its named database.
const char* name_of(Table table);

/// A store of format 1 has fewer tables and shorter rows in `logs`; it is read as it is, and gets
/// the tables when it is opened for writing.
inline constexpr std::uint32_t format_version = 2;
/// Hashes in one row of `tiles`: seven such rows fill a page, where a whole tile of 8 KiB would
/// take three.
inline constexpr std::size_t tile_row_hashes = 16;
/// A row of `bodies` ends before it would pass this (one entry always fits).
inline constexpr std::size_t body_row_bytes = limits::chunk_bytes;

/// A key under construction; the longest has an organisation id and a node key.
class Key {
 public:
  Key() = default;
  explicit Key(std::string_view name) { bytes(view_of(name)); }
  explicit Key(const log::OrganisationId& organisation) { bytes(organisation.bytes); }
  Key& u8(std::uint8_t value) { return unsigned_of(value, 1); }
  Key& u32(std::uint32_t value) { return unsigned_of(value, 4); }
  Key& u64(std::uint64_t value) { return unsigned_of(value, 8); }
  Key& bytes(ByteView value);
  ByteView view() const { return ByteView(bytes_).first(size_); }

 private:
  Key& unsigned_of(std::uint64_t value, std::size_t width);
  FixedBytes<64> bytes_{};
  std::size_t size_ = 0;
};

inline Key entry_key(std::uint32_t number, log::LeafIndex first) {
  return Key().u32(number).u64(first);
}
inline Key checkpoint_key(std::uint32_t number, log::TreeSize size) {
  return Key().u32(number).u64(size);
}
inline Key tile_key(std::uint32_t number, unsigned level, std::uint64_t row) {
  return Key().u32(number).u8(static_cast<std::uint8_t>(level)).u64(row);
}
inline Key version_key(std::uint32_t number, std::uint32_t hash) {
  return Key().u32(number).u32(hash);
}
inline Key identity_key(std::uint32_t number, std::uint32_t seq) {
  return Key().u32(number).u32(seq);
}

/// A checkpoint as it stands in a LogRow.
struct StoredHead {
  log::Head head;
  std::string note;
};

/// A row of `logs`: where one log stands. Rewritten once in every transaction that touches the log.
struct LogRow {
  std::uint32_t number = 0;  ///< stands for the organisation in the keys of other tables
  bool own = false;
  std::uint32_t events = 0;  ///< rows of `identities`
  log::TreeSize held = 0;
  log::LeafIndex indexed = 0;  ///< the version index knows every record entry below it
  std::uint64_t bodies_missing = 0;
  std::optional<StoredHead> head;
  std::optional<StoredHead> target;  ///< only while its size is larger than held

  // Since format 2. A row that has none of it is as format 1 had it.
  std::uint32_t rewinds = 0;   ///< how often entries were taken back: caches of before are void
  std::uint64_t erasures = 0;  ///< rows of `erasures`
  log::TreeSize cosigned = 0;  ///< newest head that this node has cosigned
  std::uint64_t cosigned_ms = 0;
  log::TreeSize kept_cosigned = 0;  ///< checkpoint kept only for who has cosigned it
};
Bytes encode(const LogRow& row);
/// nullopt when the bytes are not such a row: the store is damaged.
std::optional<LogRow> decode_log_row(ByteView bytes);
log::LogState state_of(const log::OrganisationId& organisation, const LogRow& row);

/// A row of `checkpoints`.
struct CheckpointRow {
  std::uint64_t time_ms = 0;
  StoredHead stored;
};
Bytes encode(const CheckpointRow& row);
std::optional<CheckpointRow> decode_checkpoint_row(log::TreeSize size, ByteView bytes);

Bytes encode(const Follow& follow);
std::optional<Follow> decode_follow(ByteView key, ByteView value);
Key peer_key(const PeerSeen& peer);
Bytes encode(const PeerSeen& peer);
std::optional<PeerSeen> decode_peer(ByteView key, ByteView value);

/// The log number at the front of a key.
inline bool belongs_to(ByteView key, std::uint32_t number) { return Reader(key).u32() == number; }

}  // namespace moot::store

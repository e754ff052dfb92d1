#include "store/layout.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace moot::store {

namespace {

constexpr std::uint8_t flag_own = 1;
constexpr std::uint8_t flag_head = 2;
constexpr std::uint8_t flag_target = 4;
constexpr std::uint8_t flag_more = 8;  // the fields of format 2 follow

bool has_more(const LogRow& row) {
  return row.rewinds != 0 || row.erasures != 0 || row.cosigned != 0 || row.cosigned_ms != 0 ||
         row.kept_cosigned != 0;
}

void put_text(Writer& out, std::string_view text) {
  MOOT_CHECK(text.size() <= 0xFFFF, text.size());
  out.u16(static_cast<std::uint16_t>(text.size())).bytes(view_of(text));
}
std::string get_text(Reader& in) { return std::string(text_of(in.bytes(in.u16()))); }

void put_head(Writer& out, const StoredHead& stored) {
  out.u64(stored.head.size).bytes(stored.head.root);
  put_text(out, stored.note);
}
StoredHead get_head(Reader& in) {
  StoredHead stored;
  stored.head.size = in.u64();
  stored.head.root = in.fixed<32>();
  stored.note = get_text(in);
  return stored;
}

log::Checkpoint checkpoint_of(const log::OrganisationId& organisation, const StoredHead& stored) {
  return {.organisation = organisation, .head = stored.head, .note = stored.note};
}

}  // namespace

const char* name_of(Table table) {
  switch (table) {
    case Table::meta:
      return "meta";
    case Table::logs:
      return "logs";
    case Table::identities:
      return "identities";
    case Table::entries:
      return "entries";
    case Table::bodies:
      return "bodies";
    case Table::tiles:
      return "tiles";
    case Table::versions:
      return "versions";
    case Table::checkpoints:
      return "checkpoints";
    case Table::follows:
      return "follows";
    case Table::peers:
      return "peers";
    case Table::rivals:
      return "rivals";
    case Table::erasures:
      return "erasures";
    case Table::erasers:
      return "erasers";
    case Table::due:
      return "due";
    case Table::hidden:
      return "hidden";
    case Table::abandoned:
      return "abandoned";
    case Table::abandoned_leaves:
      return "abandoned_leaves";
    case Table::evidence:
      return "evidence";
    case Table::witnesses:
      return "witnesses";
    case Table::queue:
      return "queue";
  }
  return "";
}

Key& Key::bytes(ByteView value) {
  MOOT_CHECK(size_ + value.size() <= bytes_.size(), size_, value.size());
  std::copy(value.begin(), value.end(), bytes_.data() + size_);
  size_ += value.size();
  return *this;
}

Key& Key::unsigned_of(std::uint64_t value, std::size_t width) {
  MOOT_CHECK(size_ + width <= bytes_.size(), size_, width);
  for (std::size_t i = width; i-- > 0;) {
    bytes_[size_++] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  return *this;
}

Bytes encode(const LogRow& row) {
  Writer out(128);
  std::uint8_t flags = 0;
  if (row.own) flags |= flag_own;
  if (row.head) flags |= flag_head;
  if (row.target) flags |= flag_target;
  if (has_more(row)) flags |= flag_more;
  out.u32(row.number).u8(flags).u32(row.events);
  out.u64(row.held).u64(row.indexed).u64(row.bodies_missing);
  if (row.head) put_head(out, *row.head);
  if (row.target) put_head(out, *row.target);
  if (has_more(row)) {
    out.u32(row.rewinds).u64(row.erasures).u64(row.cosigned).u64(row.cosigned_ms);
    out.u64(row.kept_cosigned);
  }
  return out.take();
}

std::optional<LogRow> decode_log_row(ByteView bytes) {
  Reader in(bytes);
  LogRow row;
  row.number = in.u32();
  const std::uint8_t flags = in.u8();
  row.own = (flags & flag_own) != 0;
  row.events = in.u32();
  row.held = in.u64();
  row.indexed = in.u64();
  row.bodies_missing = in.u64();
  if ((flags & flag_head) != 0) row.head = get_head(in);
  if ((flags & flag_target) != 0) row.target = get_head(in);
  if ((flags & flag_more) != 0) {
    row.rewinds = in.u32();
    row.erasures = in.u64();
    row.cosigned = in.u64();
    row.cosigned_ms = in.u64();
    row.kept_cosigned = in.u64();
  }
  if (!in.finished() || row.indexed > row.held) return std::nullopt;
  return row;
}

log::LogState state_of(const log::OrganisationId& organisation, const LogRow& row) {
  log::LogState state;
  state.held = row.held;
  state.bodies_missing = row.bodies_missing;
  if (row.head) state.head = checkpoint_of(organisation, *row.head);
  // Once it is reached, the target is the head: the row does not hold it twice.
  state.target = row.target ? checkpoint_of(organisation, *row.target) : state.head;
  return state;
}

Bytes encode(const CheckpointRow& row) {
  Writer out(48 + row.stored.note.size());
  out.u64(row.time_ms).bytes(row.stored.head.root).bytes(view_of(row.stored.note));
  return out.take();
}

std::optional<CheckpointRow> decode_checkpoint_row(log::TreeSize size, ByteView bytes) {
  Reader in(bytes);
  CheckpointRow row;
  row.time_ms = in.u64();
  row.stored.head = {.size = size, .root = in.fixed<32>()};
  row.stored.note = std::string(text_of(in.bytes(in.left())));
  if (!in.finished()) return std::nullopt;
  return row;
}

Bytes encode(const Follow& follow) {
  Writer out(64);
  out.u8(static_cast<std::uint8_t>(follow.mode)).u64(follow.since_ms);
  put_text(out, follow.name);
  put_text(out, follow.address);
  return out.take();
}

std::optional<Follow> decode_follow(ByteView key, ByteView value) {
  Follow follow;
  Reader in_key(key);
  follow.organisation.bytes = in_key.fixed<32>();
  Reader in(value);
  follow.mode = in.u8() == static_cast<std::uint8_t>(Mode::head) ? Mode::head : Mode::full;
  follow.since_ms = in.u64();
  follow.name = get_text(in);
  follow.address = get_text(in);
  if (!in_key.finished() || !in.finished()) return std::nullopt;
  return follow;
}

Key peer_key(const PeerSeen& peer) { return Key(peer.organisation).bytes(peer.node_key); }

Bytes encode(const PeerSeen& peer) {
  Writer out(64);
  out.u64(peer.seen_ms);
  put_text(out, peer.address);
  return out.take();
}

std::optional<PeerSeen> decode_peer(ByteView key, ByteView value) {
  PeerSeen peer;
  Reader in_key(key);
  peer.organisation.bytes = in_key.fixed<32>();
  peer.node_key = in_key.fixed<32>();
  Reader in(value);
  peer.seen_ms = in.u64();
  peer.address = get_text(in);
  if (!in_key.finished() || !in.finished()) return std::nullopt;
  return peer;
}

}  // namespace moot::store

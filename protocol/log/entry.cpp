#include "log/entry.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/hash.hpp"
#include "log/establish_layout.hpp"
#include "log/record_fields.hpp"

namespace moot::log {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint8_t part_mask_all = 3;

RecordLeaf leaf_of(const RecordFields& fields) {
  RecordLeaf out;
  out.critical = fields.critical;
  out.operation = fields.operation;
  out.organisation = fields.organisation;
  out.epoch = fields.epoch;
  out.time_ms = fields.time_ms;
  out.record = fields.record;
  out.previous = fields.previous;
  out.kind = fields.kind;
  out.parts.assign(fields.parts().begin(), fields.parts().end());
  return out;
}

bool is_reason(std::uint8_t reason) {
  return reason >= static_cast<std::uint8_t>(EraseReason::data_protection) &&
         reason <= static_cast<std::uint8_t>(EraseReason::abuse);
}

Result<EraseLeaf, Fault> read_erase(ByteView leaf) {
  if (leaf.size() > limits::leaf_bytes_max) return fail(Fault::too_long);
  Reader in(leaf.subspan(2));
  EraseLeaf out;
  const std::uint8_t flags = in.u8();
  const std::uint8_t reason = in.u8();
  out.critical = (flags & 1) != 0;
  out.reason = static_cast<EraseReason>(reason);
  out.organisation = {in.fixed<32>()};
  out.epoch = in.u32();
  out.time_ms = in.u64();
  const std::size_t count = in.u16();
  if (!in.ok()) return fail(Fault::truncated);
  if (flags > 1 || !is_reason(reason) || count == 0 || count > limits::erase_leaves_max) {
    return fail(Fault::bad_value);
  }
  out.erased.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const ErasedLeaf erased{in.u64(), in.u8()};
    if (!in.ok()) return fail(Fault::truncated);
    const bool is_ascending = i == 0 || out.erased.back().leaf < erased.leaf;
    if (!is_ascending || erased.leaf >= limits::log_entries_max || erased.part_mask == 0 ||
        erased.part_mask > part_mask_all) {
      return fail(Fault::bad_value);
    }
    out.erased.push_back(erased);
  }
  if (!in.finished()) return fail(fault_at_end(in));
  return out;
}

/// Every type but establish, known or not, has its flags behind version and type.
UnknownLeaf read_unknown(ByteView leaf) {
  return {leaf[0], leaf[1], leaf.size() > 2 && (leaf[2] & 1) != 0};
}

template <class T>
Result<Entry, Fault> entry_of(Result<T, Fault> leaf) {
  if (!leaf) return fail(leaf.error());
  return Entry(std::move(*leaf));
}

Result<Establish, Fault> establish_of(ByteView leaf) {
  auto layout = read_establish(leaf);
  if (!layout) return fail(layout.error());
  return std::move(layout->establish);
}

Hash hash_for_use(std::string_view use, ByteView bytes) {
  return crypto::sha256(view_of(use), bytes);
}

}  // namespace

Result<Entry, Fault> decode_entry(ByteView leaf) {
  if (leaf.size() < 2) return fail(Fault::truncated);
  if (leaf.size() > leaf_limit(leaf)) return fail(Fault::too_long);
  if (is_entry_of(leaf, EntryType::record)) return entry_of(decode_record(leaf));
  if (is_entry_of(leaf, EntryType::erase)) return entry_of(read_erase(leaf));
  if (is_entry_of(leaf, EntryType::establish)) return entry_of(establish_of(leaf));
  return Entry(read_unknown(leaf));
}

Result<RecordLeaf, Fault> decode_record(ByteView leaf) {
  const auto fields = read_record_fields(leaf);
  if (!fields) return fail(fields.error());
  return leaf_of(*fields);
}

Bytes encode(const RecordLeaf& leaf) {
  Writer out(128);
  out.u8(entry_version).u8(static_cast<std::uint8_t>(EntryType::record));
  out.u8(leaf.critical ? 1 : 0).u8(static_cast<std::uint8_t>(leaf.operation));
  out.bytes(leaf.organisation.bytes).u32(leaf.epoch).u64(leaf.time_ms).bytes(leaf.record);
  out.u64(leaf.previous).u8(static_cast<std::uint8_t>(leaf.kind.size()));
  out.bytes(view_of(leaf.kind)).u8(static_cast<std::uint8_t>(leaf.parts.size()));
  for (const PartCommitment& part : leaf.parts) {
    out.u8(static_cast<std::uint8_t>(part.part)).bytes(part.commitment);
  }
  Bytes bytes = out.take();
  const auto again = read_record_fields(bytes);
  MOOT_CHECK(again && again->part_count == leaf.parts.size() && again->kind == leaf.kind,
             bytes.size(), std::string_view(leaf.kind));
  return bytes;
}

Bytes encode(const EraseLeaf& leaf) {
  Writer out(limits::leaf_bytes_max);
  out.u8(entry_version).u8(static_cast<std::uint8_t>(EntryType::erase));
  out.u8(leaf.critical ? 1 : 0).u8(static_cast<std::uint8_t>(leaf.reason));
  out.bytes(leaf.organisation.bytes).u32(leaf.epoch).u64(leaf.time_ms);
  out.u16(static_cast<std::uint16_t>(leaf.erased.size()));
  for (const ErasedLeaf& erased : leaf.erased) out.u64(erased.leaf).u8(erased.part_mask);
  Bytes bytes = out.take();
  const auto again = read_erase(bytes);
  MOOT_CHECK(again && *again == leaf, bytes.size(), leaf.erased.size());
  return bytes;
}

Hash event_id(ByteView establish_body) { return hash_for_use("moot/event/v1\0"sv, establish_body); }

OrganisationId organisation_of(ByteView first_establish_body) {
  return {hash_for_use("moot/org/v1\0"sv, first_establish_body)};
}

Hash reserve_digest(const crypto::PublicKeyBytes& key) {
  return hash_for_use("moot/next/v1\0"sv, key);
}

Hash body_commitment(const Salt& salt, Part part, ByteView body) {
  // What stands before the body is put together first: one call less for each of millions of them.
  constexpr std::string_view use = "moot/body/v1\0"sv;
  FixedBytes<use.size() + std::tuple_size_v<Salt> + 1> before;
  const auto end_of_use = std::copy(use.begin(), use.end(), before.begin());
  *std::copy(salt.begin(), salt.end(), end_of_use) = static_cast<std::uint8_t>(part);
  return crypto::sha256(before, body);
}

}  // namespace moot::log

#include "log/block.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "log/establish_layout.hpp"
#include "log/record_fields.hpp"
#include "log/verifier.hpp"

namespace moot::log {
namespace {

void append_u16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void append_u32(Bytes& out, std::size_t value) {
  append_u16(out, value >> 16);
  append_u16(out, value & 0xffff);
}

/// Gives `take` each leaf of the bundle, at most `count_max` of them, until it answers a fault.
template <class Take>
Result<Done, Fault> for_each_leaf(ByteView bundle, std::uint64_t count_max, Take take) {
  Reader in(bundle);
  for (std::uint64_t i = 0; in.left() > 0; ++i) {
    if (i == count_max) return fail(Fault::trailing_bytes);
    const ByteView leaf = in.bytes(in.u16());
    if (!in.ok()) return fail(Fault::truncated);
    if (leaf.size() > leaf_limit(leaf)) return fail(Fault::too_long);
    if (const Result<Done, Fault> taken = take(leaf); !taken) return fail(taken.error());
  }
  return Done();
}

/// The body item of one part, off the front of a body bundle.
Result<BodyItem, Fault> read_body_item(Reader& in, LeafIndex entry, Part part) {
  const std::uint8_t status = in.u8();
  if (!in.ok()) return fail(Fault::truncated);
  if (status > static_cast<std::uint8_t>(BodyStatus::missing)) return fail(Fault::bad_value);
  BodyItem item;
  item.entry = entry;
  item.part = part;
  item.status = static_cast<BodyStatus>(status);
  if (item.status != BodyStatus::held) return item;
  item.salt = in.fixed<limits::salt_bytes>();
  const std::size_t body_bytes = in.u32();
  if (body_bytes > limits::body_bytes_max) return fail(Fault::too_long);
  item.body = in.bytes(body_bytes);
  if (!in.ok()) return fail(Fault::truncated);
  return item;
}

/// Gives `take` the body item of each part of `leaf`, with the part.
template <class Take>
Result<Done, Fault> for_each_body(Reader& in, LeafIndex entry, ByteView leaf, Take take) {
  if (!is_entry_of(leaf, EntryType::record)) return Done();
  const auto record = read_record_fields(leaf);
  if (!record) return fail(record.error());
  for (const PartCommitment& part : record->parts()) {
    const auto item = read_body_item(in, entry, part.part);
    if (!item) return fail(item.error());
    if (const Result<Done, Fault> taken = take(part, *item); !taken) return fail(taken.error());
  }
  return Done();
}

Result<Done, Fault> check_belongs(const OrganisationId& found, const OrganisationId& expected) {
  if (found != expected) return fail(Fault::wrong_organisation);
  return Done();
}

/// Leaf 0 is the event that the organisation's id is made of.
Result<Done, Fault> check_first_leaf(const OrganisationId& organisation, ByteView leaf) {
  if (!is_entry_of(leaf, EntryType::establish)) return fail(Fault::wrong_organisation);
  const auto first = read_establish(leaf);
  if (!first) return fail(first.error());
  return check_belongs(organisation_of(leaf.first(first->body_bytes)), organisation);
}

Result<Done, Fault> check_leaf(const OrganisationId& organisation, LeafIndex index, ByteView leaf) {
  if (index == 0) return check_first_leaf(organisation, leaf);
  if (is_entry_of(leaf, EntryType::record)) {
    const auto record = read_record_fields(leaf);
    if (!record) return fail(record.error());
    return check_belongs(record->organisation, organisation);
  }
  const auto entry = decode_entry(leaf);
  if (!entry) return fail(entry.error());
  if (const auto* unknown = std::get_if<UnknownLeaf>(&*entry)) {
    if (unknown->critical) return fail(Fault::not_supported);
    return Done();
  }
  const auto* event = std::get_if<Establish>(&*entry);
  return check_belongs(
      event != nullptr ? event->organisation : std::get<EraseLeaf>(*entry).organisation,
      organisation);
}

/// Splits and hashes: `leaves` holds exactly `count` of them.
Result<std::vector<Hash>, Fault> hash_leaves(ByteView leaves, std::uint64_t count) {
  std::vector<Hash> out;
  out.reserve(std::min<std::uint64_t>(count, limits::block_entries));
  const auto hashed = for_each_leaf(leaves, count, [&](ByteView leaf) -> Result<Done, Fault> {
    out.push_back(hash_leaf(leaf));
    return Done();
  });
  if (!hashed) return fail(hashed.error());
  if (out.size() != count) return fail(Fault::truncated);
  return out;
}

/// The hashes have been found to lead to the root: who serves these leaves is honest. What is wrong
/// with them from here on is the publisher's doing.
Result<EntryRange, Fault> range_of(const OrganisationId& organisation, LeafIndex first,
                                   Bytes leaves, std::vector<Hash> hashes) {
  LeafIndex index = first;
  const auto checked = for_each_leaf(leaves, hashes.size(), [&](ByteView leaf) {
    return check_leaf(organisation, index++, leaf);
  });
  if (!checked) return fail(checked.error());
  EntryRange range;
  range.organisation = organisation;
  range.first = first;
  range.leaves = std::move(leaves);
  range.leaf_hashes = std::move(hashes);
  return range;
}

}  // namespace

void append_leaf(Bytes& bundle, ByteView leaf) {
  MOOT_CHECK(leaf.size() <= leaf_limit(leaf), leaf.size());
  append_u16(bundle, leaf.size());
  append(bundle, leaf);
}

void append_body(Bytes& bundle, const Salt& salt, ByteView body) {
  MOOT_CHECK(body.size() <= limits::body_bytes_max, body.size());
  bundle.push_back(static_cast<std::uint8_t>(BodyStatus::held));
  append(bundle, salt);
  append_u32(bundle, body.size());
  append(bundle, body);
}

void append_no_body(Bytes& bundle, BodyStatus status) {
  MOOT_CHECK(status != BodyStatus::held);
  bundle.push_back(static_cast<std::uint8_t>(status));
}

Result<std::vector<ByteView>, Fault> split_leaves(ByteView bundle, std::uint64_t count_max) {
  std::vector<ByteView> out;
  out.reserve(std::min<std::uint64_t>(count_max, limits::block_entries));
  const auto split = for_each_leaf(bundle, count_max, [&](ByteView leaf) -> Result<Done, Fault> {
    out.push_back(leaf);
    return Done();
  });
  if (!split) return fail(split.error());
  return out;
}

Result<std::vector<BodyItem>, Fault> split_bodies(ByteView bundle, LeafIndex first,
                                                  std::span<const ByteView> leaves) {
  std::vector<BodyItem> out;
  out.reserve(leaves.size());
  Reader in(bundle);
  LeafIndex entry = first;
  for (const ByteView leaf : leaves) {
    const auto split = for_each_body(
        in, entry++, leaf, [&](const PartCommitment&, const BodyItem& item) -> Result<Done, Fault> {
          out.push_back(item);
          return Done();
        });
    if (!split) return fail(split.error());
  }
  if (!in.finished()) return fail(fault_at_end(in));
  return out;
}

Hash root_over_blocks(TreeSize size, std::span<const Hash> block_hashes) {
  const std::uint64_t whole = size / limits::block_entries;
  const std::uint64_t count = whole + (size % limits::block_entries == 0 ? 0 : 1);
  MOOT_CHECK(block_hashes.size() == count, block_hashes.size(), size);
  return root_over(block_hashes);
}

Result<EntryRange, Fault> check_block(const OrganisationId& organisation, LeafIndex first,
                                      Bytes leaves, std::span<const Hash> held_hashes,
                                      TreeSize size, const Hash& block_hash) {
  MOOT_CHECK(first < size && first % limits::block_entries == held_hashes.size(), first, size,
             held_hashes.size());
  const LeafIndex block_first = first - held_hashes.size();
  const LeafIndex block_end = block_first + std::min(limits::block_entries, size - block_first);
  auto hashes = hash_leaves(leaves, block_end - first);
  if (!hashes) return fail(hashes.error());
  std::vector<Hash> whole(held_hashes.begin(), held_hashes.end());
  whole.insert(whole.end(), hashes->begin(), hashes->end());
  if (root_over(whole) != block_hash) return fail(Fault::wrong_root);
  return range_of(organisation, first, std::move(leaves), std::move(*hashes));
}

Result<EntryRange, Fault> check_tail(const OrganisationId& organisation, const Frontier& frontier,
                                     Bytes leaves, const Head& head) {
  const LeafIndex first = frontier.size();
  if (head.size < first) return fail(Fault::wrong_size);
  auto hashes = hash_leaves(leaves, head.size - first);
  if (!hashes) return fail(hashes.error());
  Frontier grown = frontier;
  for (const Hash& hash : *hashes) grown.append(hash);
  if (grown.head() != head) return fail(Fault::wrong_root);
  return range_of(organisation, first, std::move(leaves), std::move(*hashes));
}

EntryRange take_front(EntryRange& range, std::uint64_t count) {
  MOOT_CHECK(count <= range.count(), count, range.count());
  if (count == range.count()) return std::exchange(range, EntryRange{});
  Reader in(range.leaves);
  for (std::uint64_t i = 0; i < count; ++i) in.bytes(in.u16());
  MOOT_CHECK(in.ok());
  const auto bytes = static_cast<std::ptrdiff_t>(range.leaves.size() - in.left());
  const auto hashes = static_cast<std::ptrdiff_t>(count);
  EntryRange front;
  front.organisation = range.organisation;
  front.first = range.first;
  front.leaves.assign(range.leaves.begin(), range.leaves.begin() + bytes);
  front.leaf_hashes.assign(range.leaf_hashes.begin(), range.leaf_hashes.begin() + hashes);
  range.first += count;
  range.leaves.erase(range.leaves.begin(), range.leaves.begin() + bytes);
  range.leaf_hashes.erase(range.leaf_hashes.begin(), range.leaf_hashes.begin() + hashes);
  return front;
}

Result<Verified<EntryRange>, Fault> check_bodies(EntryRange range, Bytes bodies) {
  Reader in(bodies);
  LeafIndex entry = range.first;
  const auto check_one = [](const PartCommitment& part,
                            const BodyItem& item) -> Result<Done, Fault> {
    if (item.status == BodyStatus::held &&
        body_commitment(item.salt, item.part, item.body) != part.commitment) {
      return fail(Fault::wrong_commitment);
    }
    return Done();
  };
  const auto checked = for_each_leaf(range.leaves, range.count(), [&](ByteView leaf) {
    return for_each_body(in, entry++, leaf, check_one);
  });
  if (!checked) return fail(checked.error());
  // Whoever made the range has hashed its leaves one by one.
  MOOT_CHECK(entry - range.first == range.count(), entry, range.first, range.count());
  if (!in.finished()) return fail(fault_at_end(in));
  range.bodies = std::move(bodies);
  return Verifier::make(std::move(range));
}

}  // namespace moot::log

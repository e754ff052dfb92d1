#include "store/new_range.hpp"

#include "log/record_fields.hpp"
#include "store/body_items.hpp"

namespace moot::store {

std::optional<IndexedBundles> index_bundles(ByteView leaves, ByteView bodies, std::uint64_t count) {
  IndexedBundles out;
  if (count > leaves.size()) return std::nullopt;
  out.entries.reserve(count);
  Reader in(leaves);
  for (std::uint64_t i = 0; i < count; ++i) {
    const ByteView leaf = in.bytes(in.u16());
    if (!in.ok()) return std::nullopt;
    NewEntry& entry = out.entries.emplace_back();
    entry.leaf_bytes = static_cast<std::uint32_t>(2 + leaf.size());
    const auto record = log::read_record_fields(leaf);
    if (!record) {  // erase, establish or unknown: no body
      if (log::is_entry_of(leaf, log::EntryType::erase)) out.erases.push_back(i);
      continue;
    }
    entry.record = record->record;
    for (const log::PartCommitment& part : record->parts()) {
      const std::size_t bytes = item_bytes(bodies);
      if (bytes == 0) return std::nullopt;
      if (bodies[0] == static_cast<std::uint8_t>(log::BodyStatus::missing)) ++out.missing;
      bodies = bodies.subspan(bytes);
      entry.body_bytes += static_cast<std::uint32_t>(bytes);
      entry.parts |= part_bit(part.part);
    }
  }
  if (!in.finished() || !bodies.empty()) return std::nullopt;
  return out;
}

}  // namespace moot::store

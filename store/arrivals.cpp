#include "store/arrivals.hpp"

#include "store/body_items.hpp"
#include "store/body_rows.hpp"

namespace moot::store {

bool Arrivals::add(const log::EntryRange& range) {
  auto bundles = index_bundles(range.leaves, range.bodies, range.count());
  if (!bundles) return false;
  One& one = all_.emplace_back();
  one.bundles = std::move(*bundles);
  one.range = {.first = range.first,
               .leaves = range.leaves,
               .bodies = range.bodies,
               .leaf_hashes = range.leaf_hashes,
               .entries = one.bundles.entries};
  if (one.bundles.erases.empty()) return true;
  std::size_t entry = 0;
  ByteView leaves = range.leaves;
  for (const std::size_t erase : one.bundles.erases) {
    for (; entry < erase; ++entry) leaves = leaves.subspan(one.range.entries[entry].leaf_bytes);
    erases_.push_back(range.first + erase);
    erase_leaves_.push_back(to_bytes(leaves.subspan(2, one.range.entries[erase].leaf_bytes - 2)));
  }
  return true;
}

void Arrivals::drop_erased(std::span<const Stand> stands) {
  if (erases_.empty()) return;
  for (One& one : all_) {
    std::vector<std::uint8_t> masks(one.range.entries.size());
    bool is_any = false;
    for (std::size_t i = 0; i < erases_.size(); ++i) {
      if (is_disowned(erases_[i], stands)) continue;
      const auto entry = log::decode_entry(erase_leaves_[i]);
      const auto* erase = entry ? std::get_if<log::EraseLeaf>(&*entry) : nullptr;
      if (erase == nullptr) continue;
      for (const log::ErasedLeaf& erased : erase->erased) {
        if (erased.leaf >= erases_[i] || erased.leaf < one.range.first ||
            erased.leaf - one.range.first >= masks.size()) {
          continue;
        }
        masks[erased.leaf - one.range.first] |= erased.part_mask;
        is_any = true;
      }
    }
    if (is_any) drop(one, masks);
  }
}

void Arrivals::drop(One& one, std::span<const std::uint8_t> masks) {
  ByteView items = one.range.bodies;
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    NewEntry& entry = one.bundles.entries[i];
    const std::size_t before = one.bodies.size();
    for_each_part(entry.parts, [&](log::Part part) {
      const std::size_t bytes = item_bytes(items);
      const bool is_erased = (masks[i] & part_bit(part)) != 0;
      const ByteView item = is_erased ? bare_item(log::BodyStatus::erased) : items.first(bytes);
      if (item[0] == static_cast<std::uint8_t>(log::BodyStatus::missing)) ++missing;
      append(one.bodies, item);
      items = items.subspan(bytes);
    });
    entry.body_bytes = static_cast<std::uint32_t>(one.bodies.size() - before);
  }
  one.bundles.missing = missing;
  one.range.bodies = one.bodies;
}

void Arrivals::append_to(Append& append) const {
  for (const One& one : all_) {
    append.ranges.push_back(one.range);
    append.missing += one.bundles.missing;
  }
}

}  // namespace moot::store

#include "store/named_parts.hpp"

#include "log/record_fields.hpp"
#include "store/entry_table.hpp"

namespace moot::store {

std::uint8_t parts_of(ByteView leaf) {
  const auto record = log::read_record_fields(leaf);
  std::uint8_t parts = 0;
  if (!record) return parts;
  for (const log::PartCommitment& part : record->parts()) parts |= part_bit(part.part);
  return parts;
}

bool are_parts(Transaction& transaction, const LogRow& row,
               std::span<const log::ErasedLeaf> named) {
  if (named.empty()) return false;
  std::optional<log::LeafIndex> before;
  for (const log::ErasedLeaf& one : named) {
    if (one.part_mask == 0 || one.leaf >= row.held || (before && one.leaf <= *before)) return false;
    const auto leaf = read_leaf(transaction, row.number, one.leaf);
    if (!leaf || (one.part_mask & ~parts_of(*leaf)) != 0) return false;
    before = one.leaf;
  }
  return true;
}

}  // namespace moot::store

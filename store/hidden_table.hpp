#pragma once
#include "store/environment.hpp"

/// Internal: the rows of `hidden`: bodies that are held back here only.
namespace moot::store {

struct HiddenRow {
  std::uint8_t part_mask = 0;
  std::uint64_t time_ms = 0;
  std::string reason;
};
inline Key hidden_key(std::uint32_t number, log::LeafIndex leaf) {
  return Key().u32(number).u64(leaf);
}
std::optional<HiddenRow> read_hidden(Transaction& transaction, std::uint32_t number,
                                     log::LeafIndex leaf);
/// The parts of a leaf that are hidden here.
std::uint8_t hidden_here_mask(Transaction& transaction, std::uint32_t number, log::LeafIndex leaf);

}  // namespace moot::store

#pragma once
#include <optional>

#include "store/jobs.hpp"

namespace moot::store {

/// Which parts a record has, one bit each, as the body rows keep it.
inline constexpr std::uint8_t part_bit(log::Part part) {
  return static_cast<std::uint8_t>(1U << (static_cast<unsigned>(part) - 1));
}

/// What the store needs to know of one entry that is about to be appended.
struct NewEntry {
  std::uint32_t leaf_bytes = 0;  ///< in the entry bundle, with its length
  std::uint32_t body_bytes = 0;  ///< in the body bundle
  std::uint8_t parts = 0;
  std::optional<log::RecordId> record;
};

/// Consecutive entries about to be appended, in the bundles of log/block.hpp. Views into the job
/// that brought them.
struct NewRange {
  log::LeafIndex first = 0;
  ByteView leaves;
  ByteView bodies;
  std::span<const Hash> leaf_hashes;
  std::span<const NewEntry> entries;
};

/// Takes bundles apart; nullopt when they do not hold exactly `count` entries and their bodies.
/// `missing` counts the bodies that are.
struct IndexedBundles {
  std::vector<NewEntry> entries;
  std::uint64_t missing = 0;
  std::vector<std::size_t> erases;  ///< which of the entries are erase entries
};
std::optional<IndexedBundles> index_bundles(ByteView leaves, ByteView bodies, std::uint64_t count);

}  // namespace moot::store

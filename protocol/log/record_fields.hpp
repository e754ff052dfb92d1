#pragma once
#include "log/entry.hpp"

/// The record leaf without allocations: what sync and the store's checks run through for each of
/// millions of leaves.
namespace moot::log {

inline constexpr std::uint8_t entry_version = 1;
enum class EntryType : std::uint8_t { establish = 1, record = 2, erase = 3 };

/// A record leaf's fields; `kind` views the leaf, so this lives within one function.
struct RecordFields {
  bool critical = false;
  Operation operation = Operation::put;
  OrganisationId organisation;
  std::uint32_t epoch = 0;
  std::uint64_t time_ms = 0;
  RecordId record{};
  std::uint64_t previous = 0;
  std::string_view kind;
  std::size_t part_count = 0;
  std::array<PartCommitment, limits::parts_max> part_array{};

  std::span<const PartCommitment> parts() const { return std::span(part_array).first(part_count); }
};

/// Is this a leaf of the version that we know, and of this type?
inline bool is_entry_of(ByteView leaf, EntryType type) {
  return leaf.size() >= 2 && leaf[0] == entry_version && leaf[1] == static_cast<std::uint8_t>(type);
}

/// The limit that holds for this leaf.
inline std::size_t leaf_limit(ByteView leaf) {
  return is_entry_of(leaf, EntryType::establish) ? limits::establish_bytes_max
                                                 : limits::leaf_bytes_max;
}

/// As strict as decode_entry. The leaf must be a record by is_entry_of, else bad_value.
Result<RecordFields, Fault> read_record_fields(ByteView leaf);

/// Why a reader that should be finished() is not.
inline Fault fault_at_end(const Reader& in) {
  return in.ok() ? Fault::trailing_bytes : Fault::truncated;
}

}  // namespace moot::log

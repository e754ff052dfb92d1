#pragma once
#include <optional>

#include "audit/chains.hpp"

/// Reads a stretch of a log once, and checks in it all that needs nothing from elsewhere in the
/// log.
namespace moot::audit {

inline constexpr std::uint64_t stretch_blocks =
    16;  ///< of one task: some 4,000 entries, milliseconds of work
inline constexpr std::uint64_t stretch_entries = stretch_blocks * limits::block_entries;

/// A part of an entry.
struct EntryPart {
  log::LeafIndex entry = 0;
  log::Part part = log::Part::public_part;
  auto operator<=>(const EntryPart&) const = default;
};

/// A part that an erase entry names.
struct NamedErased {
  EntryPart where;
  log::LeafIndex by = 0;
  log::EraseReason reason = log::EraseReason::mistake;
  auto operator<=>(const NamedErased&) const = default;
};

/// What a stretch holds that is judged together with the others.
struct Stretch {
  std::vector<Hash> block_hashes;  ///< of each block, the last of the log over its held entries;
                                   ///< fewer when unreadable
  ChainPart chains;
  std::vector<log::LeafIndex> establish;  ///< positions of establish leaves, ascending
  struct EpochFrom {
    log::LeafIndex entry = 0;
    std::uint32_t epoch = 0;
  };
  std::vector<EpochFrom>
      epochs;  ///< first entry of the stretch, after each establish, and where it changes
  std::vector<NamedErased> named_erased;  ///< by erase leaves here
  std::vector<EntryPart> held_as_erased;  ///< bodies whose holder says that they were erased
  std::uint64_t bodies = 0;               ///< held and true
  std::uint64_t withheld = 0;
  std::uint64_t hidden = 0;  ///< held back by this holder itself
  std::uint64_t missing = 0;
  std::vector<log::LeafIndex> missing_at;  ///< the first few
};

/// The log that is audited, for its tasks.
struct Scope {
  const log::LogReader& reader;
  log::OrganisationId organisation;
  log::TreeSize held = 0;
  std::vector<EntryPart> hidden_here = {};  ///< ascending
};

/// Scans entries [first, min(first + stretch_entries, held)): leaves hashed and decoded, compared
/// with the stored tree's lowest tiles, bodies with commitments.
Stretch scan(const Scope& scope, log::LeafIndex first, Findings& findings,
             const std::function<void(std::uint64_t)>& progress);

/// One leaf; nullopt when it cannot be read.
std::optional<Bytes> read_leaf(const Scope& scope, log::LeafIndex entry);
/// Hashes of the leaves [first, first + count); nullopt when they cannot be read.
std::optional<std::vector<Hash>> read_leaf_hashes(const Scope& scope, log::LeafIndex first,
                                                  std::uint64_t count);

}  // namespace moot::audit

#pragma once
#include <array>

#include "audit/findings.hpp"

/// Version chains: each version of a record names the one before it, and no other.
namespace moot::audit {

/// One version, in 24 bytes: audits hold one for each entry. Entries and `previous` fit by
/// limits::log_entries_max.
struct ChainRow {
  std::uint64_t id_high = 0;  ///< the record id in two halves, for comparing
  std::uint64_t id_low = 0;
  std::uint32_t entry = 0;
  std::uint32_t previous = 0;  ///< as in the leaf: index + 1, 0 for none
};
static_assert(sizeof(ChainRow) == 24);

ChainRow chain_row(const log::RecordLeaf& leaf, log::LeafIndex entry);

/// The versions of one stretch of a log, ready to be gathered by record: sorted into parts by a
/// hash of the id, so that each part of all stretches together can be checked by itself.
class ChainPart {
 public:
  static constexpr std::size_t parts = 64;

  ChainPart() = default;
  /// The rows ascending by entry.
  explicit ChainPart(std::span<const ChainRow> rows);
  std::span<const ChainRow> part(std::size_t index) const;

 private:
  std::vector<ChainRow> rows_;
  std::array<std::uint32_t, parts + 1> offsets_{};
};

/// Checks part `index` of all stretches, given in the order of the log. A `previous` at or past its
/// own entry is left out: whoever made the row reported it.
void check_chains(std::span<const ChainPart> stretches, std::size_t index, Findings& findings);

}  // namespace moot::audit

#include "audit/chains.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace moot::audit {
namespace {

std::size_t part_of(const ChainRow& row) {
  // Multiplicative hashing (Knuth, 6.4): UUIDs made by others need not be evenly spread.
  const std::uint64_t mixed = (row.id_high ^ row.id_low) * 0x9e3779b97f4a7c15U;
  return mixed >> 58;
}
static_assert(ChainPart::parts == std::size_t{1} << (64 - 58));

bool is_same_record(const ChainRow& a, const ChainRow& b) {
  return a.id_high == b.id_high && a.id_low == b.id_low;
}

std::string named_text(std::uint32_t previous) {
  return previous == 0 ? "no version" : entry_text(previous - 1);
}

}  // namespace

ChainRow chain_row(const log::RecordLeaf& leaf, log::LeafIndex entry) {
  ChainRow row;
  for (std::size_t i = 0; i < 8; ++i) {
    row.id_high = row.id_high << 8 | leaf.record[i];
    row.id_low = row.id_low << 8 | leaf.record[8 + i];
  }
  row.entry = static_cast<std::uint32_t>(entry);
  row.previous = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(leaf.previous, std::numeric_limits<std::uint32_t>::max()));
  return row;
}

ChainPart::ChainPart(std::span<const ChainRow> rows) : rows_(rows.size()) {
  for (const ChainRow& row : rows) ++offsets_[part_of(row) + 1];
  for (std::size_t i = 0; i < parts; ++i) offsets_[i + 1] += offsets_[i];
  std::array<std::uint32_t, parts + 1> next = offsets_;
  for (const ChainRow& row : rows) rows_[next[part_of(row)]++] = row;
}

std::span<const ChainRow> ChainPart::part(std::size_t index) const {
  return std::span(rows_).subspan(offsets_[index], offsets_[index + 1] - offsets_[index]);
}

void check_chains(std::span<const ChainPart> stretches, std::size_t index, Findings& findings) {
  std::size_t count = 0;
  for (const ChainPart& stretch : stretches) count += stretch.part(index).size();
  std::vector<ChainRow> rows;
  rows.reserve(count);
  for (const ChainPart& stretch : stretches) {
    const auto part = stretch.part(index);
    rows.insert(rows.end(), part.begin(), part.end());
  }
  std::sort(rows.begin(), rows.end(), [](const ChainRow& a, const ChainRow& b) {
    return std::tie(a.id_high, a.id_low, a.entry) < std::tie(b.id_high, b.id_low, b.entry);
  });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_first = i == 0 || !is_same_record(rows[i - 1], rows[i]);
    const std::uint32_t expected = is_first ? 0 : rows[i - 1].entry + 1;
    if (rows[i].previous == expected || rows[i].previous > rows[i].entry) continue;
    findings.at_entry(
        rows[i].entry,
        "names " + named_text(rows[i].previous) + " as the record's version before it",
        named_text(expected), "the publisher's versions of this record contradict one another");
  }
}

}  // namespace moot::audit

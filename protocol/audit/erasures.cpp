#include "audit/erasures.hpp"

#include <algorithm>

namespace moot::audit {
namespace {

constexpr std::size_t rows_at_once = 1024;

unsigned bit_of(log::Part part) { return part == log::Part::public_part ? 1U : 2U; }

bool is_disowned(const LogReport& report, log::LeafIndex entry) {
  return std::any_of(
      report.disowned_ranges.begin(), report.disowned_ranges.end(),
      [&](const DisownedRange& range) { return range.first <= entry && entry < range.end; });
}

/// The parts that erase entries name, ascending by part; of several that name one the first stays.
std::vector<NamedErased> all_named(std::span<const Stretch> stretches) {
  std::vector<NamedErased> named;
  for (const Stretch& stretch : stretches) {
    named.insert(named.end(), stretch.named_erased.begin(), stretch.named_erased.end());
  }
  std::sort(named.begin(), named.end());
  return named;
}

class ErasureCheck {
 public:
  ErasureCheck(const Scope& scope, std::vector<NamedErased> named, LogReport& report,
               Findings& findings)
      : scope_(scope), named_(std::move(named)), report_(report), findings_(findings) {}

  void count() {
    const EntryPart* counted = nullptr;
    const EntryPart* in_force = nullptr;
    for (const NamedErased& one : named_) {
      if (counted == nullptr || *counted != one.where) ++report_.erased;
      counted = &one.where;
      // What the officers took back is no removal any more.
      if (is_disowned(report_, one.by)) continue;
      if (in_force != nullptr && *in_force == one.where) continue;
      in_force = &one.where;
      if (one.where.part == log::Part::public_part) ++report_.removed[one.reason];
      if (is_still_held(one.where)) ++still_held_;
    }
    if (still_held_ > 0) {
      report_.notes.push_back(std::to_string(still_held_) +
                              (still_held_ == 1 ? " text that the organisation removed is"
                                                : " texts that the organisation removed are") +
                              " still here");
    }
  }

  void check_claim(const EntryPart& claimed) {
    if (names(claimed)) return;
    findings_.at_entry(claimed.entry, "its body is marked as erased, but no entry erases it",
                       "the body, or an erase entry that names it",
                       "what is held is damaged: fetch the log again from a peer");
  }

  void check_rows() {
    for (log::LeafIndex next = 0;;) {
      const auto rows = scope_.reader.erasures(scope_.organisation, next, rows_at_once);
      for (const log::Erasure& row : rows) check_row(row);
      if (rows.size() < rows_at_once || rows.back().leaf < next) return;
      next = rows.back().leaf + 1;
    }
  }

 private:
  bool names(const EntryPart& where) const {
    const auto found = std::lower_bound(
        named_.begin(), named_.end(), where,
        [](const NamedErased& one, const EntryPart& part) { return one.where < part; });
    return found != named_.end() && found->where == where;
  }

  void check_row(const log::Erasure& row) {
    for (const log::Part part : {log::Part::public_part, log::Part::personal_part}) {
      const unsigned bit = bit_of(part);
      if ((row.part_mask & bit) == 0) continue;
      if ((row.destroyed_mask & bit) == 0) ++report_.erased_waiting;
      if (names({row.leaf, part})) continue;
      findings_.at_entry(row.leaf,
                         "is hidden as erased by " + entry_text(row.by) + ", which does not say so",
                         "an erase entry that names it",
                         "what is held is damaged: fetch the log again from a peer");
    }
  }

  bool is_still_held(const EntryPart& where) const {
    const auto leaf = read_leaf(scope_, where.entry);
    if (!leaf) return false;
    const auto bodies =
        scope_.reader.bodies(scope_.organisation, where.entry, 1, limits::frame_bytes_max, true);
    const std::array<ByteView, 1> leaves = {ByteView(*leaf)};
    const auto items = log::split_bodies(bodies.bundle, where.entry, leaves);
    return items && std::any_of(items->begin(), items->end(), [&](const log::BodyItem& item) {
             return item.part == where.part && item.status == log::BodyStatus::held;
           });
  }

  const Scope& scope_;
  std::vector<NamedErased> named_;
  LogReport& report_;
  Findings& findings_;
  std::uint64_t still_held_ = 0;
};

}  // namespace

void check_erasures(const Scope& scope, std::span<const Stretch> stretches, LogReport& report,
                    Findings& findings) {
  ErasureCheck check(scope, all_named(stretches), report, findings);
  check.count();
  check.check_rows();
  for (const Stretch& stretch : stretches) {
    for (const EntryPart& claimed : stretch.held_as_erased) check.check_claim(claimed);
  }
}

}  // namespace moot::audit

#include "query/retention.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "base/limits.hpp"
#include "query/version.hpp"

namespace moot::query {
namespace {

constexpr std::uint64_t never = UINT64_MAX;
constexpr std::uint64_t year_10000_ms = 253'402'300'800'000;
constexpr std::size_t erasures_at_once = 1'000;

std::uint8_t mask_of(log::Part part) { return part == log::Part::public_part ? 1 : 2; }

bool is_stood_by(const log::Identity* identity, log::LeafIndex entry) {
  if (identity == nullptr) return true;
  return std::ranges::none_of(identity->events(), [&](const log::EstablishEvent& event) {
    return event.establish.seq > 0 && entry >= event.establish.trusted_size &&
           entry < event.position;
  });
}

std::uint8_t erased_mask(const log::LogReader& reader, const log::OrganisationId& organisation,
                         log::LeafIndex entry) {
  const auto found = reader.erasures(organisation, entry, 1);
  return !found.empty() && found.front().leaf == entry ? found.front().part_mask : std::uint8_t{0};
}

/// One version's parts that are not erased.
struct Kept {
  log::LeafIndex entry = 0;
  std::uint8_t mask = 0;
};

/// All versions of a record, ascending.
Result<std::vector<Kept>, Error> kept_of(const log::LogReader& reader,
                                         const log::OrganisationId& organisation,
                                         const log::RecordId& record) {
  std::vector<Kept> out;
  const auto newest = reader.newest_version(organisation, record);
  if (!newest) return fail(contradiction("a record vanished while it was read"));
  log::LeafIndex entry = *newest;
  for (std::uint64_t walked = 0; walked < limits::versions_of_record_max; ++walked) {
    const auto version = version_at(reader, organisation, record, entry);
    if (!version) return fail(version.error());
    unsigned mask = 0;
    for (const log::PartCommitment& part : version->record.parts) mask |= mask_of(part.part);
    if (mask != 0) mask &= ~unsigned{erased_mask(reader, organisation, entry)};
    if (mask != 0) out.push_back({.entry = entry, .mask = static_cast<std::uint8_t>(mask)});
    const std::uint64_t previous = version->record.previous;
    if (previous == 0) break;
    if (previous > entry) {
      return fail(contradiction("a version names a later one as the one before it"));
    }
    entry = previous - 1;
  }
  std::ranges::reverse(out);
  return out;
}

}  // namespace

std::uint64_t months_after(std::uint64_t unix_ms, unsigned months) {
  using namespace std::chrono;
  if (unix_ms >= year_10000_ms) return never;
  const sys_time<milliseconds> at{milliseconds(static_cast<std::int64_t>(unix_ms))};
  const sys_days day = floor<days>(at);
  year_month_day date = year_month_day(day) + std::chrono::months(static_cast<int>(months));
  if (!date.ok()) date = date.year() / date.month() / last;
  const auto due_ms =
      static_cast<std::uint64_t>((sys_days(date) + (at - day)).time_since_epoch().count());
  return due_ms < year_10000_ms ? due_ms : never;
}

Result<Done, Error> WithdrawnRecords::read_on(const log::LogReader& reader) {
  const auto head = head_of(reader, organisation_);
  if (!head) return fail(head.error());
  const auto identity = reader.identity(organisation_);
  const std::size_t events = identity ? identity->events().size() : 0;
  if (events != events_ || head->head.size < read_) {
    withdrawn_.clear();
    read_ = 0;
    events_ = events;
  }
  while (read_ < head->head.size) {
    const std::uint64_t count =
        std::min<std::uint64_t>(limits::block_entries, head->head.size - read_);
    const Bytes bundle = reader.leaves(organisation_, read_, count, limits::block_bytes_max);
    const auto leaves = log::split_leaves(bundle, count);
    if (!leaves || leaves->empty()) {
      return fail(contradiction("entry " + std::to_string(read_) + " cannot be read"));
    }
    for (const ByteView leaf : *leaves) {
      const auto record = log::decode_record(leaf);
      if (record) take(*record, is_stood_by(identity ? &*identity : nullptr, read_));
      ++read_;
    }
  }
  return Done{};
}

void WithdrawnRecords::take(const log::RecordLeaf& record, bool is_stood_by) {
  if (!is_stood_by) return;
  const bool has_rule = std::ranges::any_of(
      rules_, [&](const RetentionRule& rule) { return rule.kind == record.kind; });
  if (has_rule) kinds_seen_.insert(record.kind);
  if (has_rule && record.operation == log::Operation::withdraw) {
    withdrawn_[record.record] = {.kind = record.kind, .time_ms = record.time_ms};
  } else {
    withdrawn_.erase(record.record);
  }
}

Result<Done, Error> WithdrawnRecords::add_rows(const log::LogReader& reader,
                                               const log::RecordId& record,
                                               const Withdrawal& withdrawal, std::uint64_t unix_ms,
                                               std::vector<RetentionRow>& rows) const {
  std::optional<std::vector<Kept>> kept;
  for (const RetentionRule& rule : rules_) {
    if (rule.kind != withdrawal.kind) continue;
    const std::uint64_t due_ms = months_after(withdrawal.time_ms, rule.months);
    if (due_ms > unix_ms || due_ms == never) continue;
    if (!kept) {
      auto found = kept_of(reader, organisation_, record);
      if (!found) return fail(std::move(found.error()));
      kept = std::move(*found);
    }
    RetentionRow row{.record = record,
                     .kind = withdrawal.kind,
                     .part = rule.part,
                     .withdrawn_ms = withdrawal.time_ms,
                     .due_ms = due_ms,
                     .versions = {}};
    for (const Kept& version : *kept) {
      if ((version.mask & mask_of(rule.part)) != 0) row.versions.push_back(version.entry);
    }
    if (!row.versions.empty()) rows.push_back(std::move(row));
  }
  return Done{};
}

Result<std::vector<RetentionRow>, Error> WithdrawnRecords::due_until(const log::LogReader& reader,
                                                                     std::uint64_t unix_ms) const {
  std::vector<RetentionRow> rows;
  for (const auto& [record, withdrawal] : withdrawn_) {
    const auto added = add_rows(reader, record, withdrawal, unix_ms, rows);
    if (!added) return fail(added.error());
  }
  std::ranges::stable_sort(rows, {}, [](const RetentionRow& row) {
    return std::tuple(row.due_ms, row.record, row.part);
  });
  return rows;
}

std::vector<std::string> WithdrawnRecords::kinds_without_records() const {
  std::vector<std::string> kinds;
  for (const RetentionRule& rule : rules_) {
    if (!kinds_seen_.contains(rule.kind) && !std::ranges::count(kinds, rule.kind)) {
      kinds.push_back(rule.kind);
    }
  }
  return kinds;
}

Result<std::vector<RetentionRow>, Error> retention_due(const log::LogReader& reader,
                                                       const log::OrganisationId& organisation,
                                                       std::vector<RetentionRule> rules,
                                                       std::uint64_t unix_ms) {
  WithdrawnRecords records(organisation, std::move(rules));
  const auto read = records.read_on(reader);
  if (!read) return fail(read.error());
  return records.due_until(reader, unix_ms);
}

std::vector<log::ErasedLeaf> leaves_of(std::span<const RetentionRow> rows) {
  std::map<log::LeafIndex, std::uint8_t> masks;
  for (const RetentionRow& row : rows) {
    for (const log::LeafIndex entry : row.versions) {
      std::uint8_t& mask = masks[entry];
      mask = static_cast<std::uint8_t>(mask | mask_of(row.part));
    }
  }
  std::vector<log::ErasedLeaf> leaves;
  leaves.reserve(masks.size());
  for (const auto& [leaf, mask] : masks) leaves.push_back({.leaf = leaf, .part_mask = mask});
  return leaves;
}

std::size_t rows_within(std::span<const RetentionRow> rows, std::size_t versions_max) {
  std::set<log::LeafIndex> named;
  std::size_t count = 0;
  for (const RetentionRow& row : rows) {
    named.insert(row.versions.begin(), row.versions.end());
    if (named.size() > versions_max) break;
    ++count;
  }
  return count;
}

std::size_t erased_since(const log::LogReader& reader, const log::OrganisationId& organisation,
                         std::uint64_t unix_ms) {
  std::size_t count = 0;
  for (log::LeafIndex from = 0;;) {
    const auto some = reader.erasures(organisation, from, erasures_at_once);
    count += static_cast<std::size_t>(std::ranges::count_if(
        some, [&](const log::Erasure& one) { return one.hidden_ms >= unix_ms; }));
    if (some.size() < erasures_at_once) return count;
    from = some.back().leaf + 1;
  }
}

}  // namespace moot::query

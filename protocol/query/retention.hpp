#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "log/log_reader.hpp"

/// Which texts of withdrawn records have been kept as long as the rules say (docs/operating.md).
namespace moot::query {

/// One part of all records of a kind is to be erased so many calendar months after the withdrawal.
struct RetentionRule {
  std::string kind;
  log::Part part = log::Part::public_part;
  unsigned months = 0;
};

/// One part of a withdrawn record, in all versions in which it was not yet erased.
struct RetentionRow {
  log::RecordId record{};
  std::string kind;
  log::Part part = log::Part::public_part;
  std::uint64_t withdrawn_ms = 0;        ///< Unix; as the withdrawal's entry says
  std::uint64_t due_ms = 0;              ///< Unix
  std::vector<log::LeafIndex> versions;  ///< ascending; never empty
};

/// The same day and time of day so many months later (UTC, proleptic Gregorian), or the last day of
/// that month when it is shorter; UINT64_MAX (never) past the year 9999.
std::uint64_t months_after(std::uint64_t unix_ms, unsigned months);

/// The withdrawn records of one log, read on as the log grows: each entry is looked at once. What
/// the officers no longer stand by withdraws nothing and puts nothing again. One thread at a time.
class WithdrawnRecords {
 public:
  WithdrawnRecords(log::OrganisationId organisation, std::vector<RetentionRule> rules)
      : organisation_(organisation), rules_(std::move(rules)) {}

  /// Up to the newest checkpoint. "failed" when an entry cannot be read.
  Result<Done, Error> read_on(const log::LogReader& reader);
  /// What is due at this time or before, the longest due first. "failed" when what is held
  /// contradicts itself.
  Result<std::vector<RetentionRow>, Error> due_until(const log::LogReader& reader,
                                                     std::uint64_t unix_ms) const;
  /// Kinds that a rule names and no record has: a slip, most likely.
  std::vector<std::string> kinds_without_records() const;

 private:
  struct Withdrawal {
    std::string kind;
    std::uint64_t time_ms = 0;
  };
  void take(const log::RecordLeaf& record, bool is_stood_by);
  Result<Done, Error> add_rows(const log::LogReader& reader, const log::RecordId& record,
                               const Withdrawal& withdrawal, std::uint64_t unix_ms,
                               std::vector<RetentionRow>& rows) const;

  log::OrganisationId organisation_;
  std::vector<RetentionRule> rules_;
  std::map<log::RecordId, Withdrawal> withdrawn_;  // of the kinds that have a rule
  std::set<std::string, std::less<>> kinds_seen_;
  log::TreeSize read_ = 0;
  std::size_t events_ = 0;  // of the identity: a new one may disown what was read
};

/// The same at once.
Result<std::vector<RetentionRow>, Error> retention_due(const log::LogReader& reader,
                                                       const log::OrganisationId& organisation,
                                                       std::vector<RetentionRule> rules,
                                                       std::uint64_t unix_ms);

/// What an erasure of these rows names: each version once, ascending.
std::vector<log::ErasedLeaf> leaves_of(std::span<const RetentionRow> rows);
/// How many rows from the front name at most so many versions.
std::size_t rows_within(std::span<const RetentionRow> rows, std::size_t versions_max);
/// How many versions were erased since then, as far as the holds tell.
std::size_t erased_since(const log::LogReader& reader, const log::OrganisationId& organisation,
                         std::uint64_t unix_ms);

}  // namespace moot::query

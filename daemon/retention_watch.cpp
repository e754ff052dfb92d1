#include "node/retention_watch.hpp"

#include <spdlog/spdlog.h>

#include "base/limits.hpp"
#include "node/in_quotes.hpp"
#include "node/unix_time.hpp"

namespace moot::node {
namespace {

std::vector<query::RetentionRule> rules_of(const std::vector<config::RetentionRule>& rules) {
  std::vector<query::RetentionRule> out;
  for (const config::RetentionRule& rule : rules) {
    out.push_back({.kind = rule.kind,
                   .part = rule.is_personal ? log::Part::personal_part : log::Part::public_part,
                   .months = rule.months});
  }
  return out;
}

/// A worker's: what the entries since the last look have changed, and what time has.
Result<std::size_t, Error> count_due(query::WithdrawnRecords& records,
                                     const log::LogReader& reader) {
  const auto read = records.read_on(reader);
  if (!read) return fail(read.error());
  const auto rows = records.due_until(reader, unix_now_ms());
  if (!rows) return fail(rows.error());
  std::set<log::RecordId> distinct;
  for (const query::RetentionRow& row : *rows) distinct.insert(row.record);
  return distinct.size();
}

}  // namespace

RetentionWatch::RetentionWatch(Loop& loop, Workers& workers, const log::LogReader& reader,
                               const log::OrganisationId& own,
                               const std::vector<config::RetentionRule>& rules)
    : loop_(loop),
      workers_(workers),
      reader_(reader),
      records_(std::make_shared<query::WithdrawnRecords>(own, rules_of(rules))),
      timer_(loop, [this] { look(); }),
      has_rules_(!rules.empty()) {}

void RetentionWatch::look_soon() {
  if (!has_rules_ || is_stopping_) return;
  is_asked_again_ = is_looking_;
  if (!is_looking_) timer_.arm_no_later_than(loop_.now() + limits::retention_look_soon_ms);
}

void RetentionWatch::look() {
  if (is_looking_ || is_stopping_) return;
  is_looking_ = true;
  workers_.post([this, records = records_] {
    auto count = count_due(*records, reader_);
    loop_.post([this, count = std::move(count)] { on_looked(count); });
  });
}

void RetentionWatch::on_looked(const Result<std::size_t, Error>& count) {
  is_looking_ = false;
  if (is_stopping_) return;
  if (!count) {
    spdlog::warn("retention-not-looked-at reason={}", in_quotes(count.error().message));
  } else {
    if (*count > records_due_) spdlog::info("retention-due records={}", *count);
    records_due_ = *count;
  }
  const bool is_soon = std::exchange(is_asked_again_, false);
  timer_.arm(loop_.now() + (is_soon ? limits::retention_look_soon_ms : limits::retention_look_ms));
}

void RetentionWatch::stop() {
  is_stopping_ = true;
  timer_.cancel();
}

}  // namespace moot::node

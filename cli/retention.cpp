#include "command/retention.hpp"

#include <algorithm>
#include <ostream>
#include <span>

#include "base/limits.hpp"
#include "command/answer_words.hpp"
#include "command/read.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"
#include "query/words.hpp"

namespace moot::command {
namespace {

constexpr std::uint64_t soon_ms = 30 * 24 * 3'600'000ULL;

std::vector<query::RetentionRule> rules_of(const std::vector<config::RetentionRule>& rules) {
  std::vector<query::RetentionRule> out;
  for (const config::RetentionRule& rule : rules) {
    out.push_back({.kind = rule.kind,
                   .part = rule.is_personal ? log::Part::personal_part : log::Part::public_part,
                   .months = rule.months});
  }
  return out;
}

Json time_json(std::uint64_t unix_ms) {
  const auto text = query::time_text(unix_ms);
  return text ? Json(*text) : Json();
}

Json rows_json(std::span<const query::RetentionRow> rows) {
  Json out = Json::array();
  for (const query::RetentionRow& row : rows) out.push_back(retention_row_json(row));
  return out;
}

std::string day_text(std::uint64_t unix_ms) { return time_text(unix_ms).substr(0, 10); }

void print_rows(std::ostream& to, std::span<const query::RetentionRow> rows) {
  Table table({"Record", "Kind", "Part", "Withdrawn", "Due", "Texts"});
  for (const query::RetentionRow& row : rows) {
    table.add({query::record_text(row.record), printable(row.kind),
               std::string(query::word_of(row.part)), day_text(row.withdrawn_ms),
               day_text(row.due_ms), number_text(row.versions.size())});
  }
  table.print(to);
}

std::string kinds_text(const std::vector<std::string>& kinds) {
  std::vector<std::string> shown;
  for (const std::string& kind : kinds) shown.push_back("`" + printable(kind) + "`");
  return joined(shown);
}

}  // namespace

Result<RetentionPlan, Error> read_retention_plan(const Session& session) {
  const auto config = read_config(session);
  if (!config) return fail(config.error());
  RetentionPlan plan;
  plan.rules = config->retention;
  if (plan.rules.empty()) return plan;
  const auto store = open_store(session.paths());
  if (!store) return fail(store.error());
  const auto own = find_organisation(**store, {});
  if (!own) return fail(own.error());
  query::WithdrawnRecords records(*own, rules_of(plan.rules));
  const auto read = records.read_on(**store);
  if (!read) return fail(read.error());
  const std::uint64_t now_ms = unix_now_ms();
  auto rows = records.due_until(**store, now_ms + soon_ms);
  if (!rows) return fail(std::move(rows.error()));
  const auto soon = std::ranges::find_if(
      *rows, [&](const query::RetentionRow& row) { return row.due_ms > now_ms; });
  plan.soon.assign(soon, rows->end());
  rows->erase(soon, rows->end());
  plan.due = std::move(*rows);
  plan.unused_kinds = records.kinds_without_records();
  plan.erased_lately = query::erased_since(
      **store, *own, now_ms - static_cast<std::uint64_t>(limits::mass_erase_window_ms));
  return plan;
}

Json retention_row_json(const query::RetentionRow& row) {
  return {{"record", query::record_text(row.record)},
          {"kind", row.kind},
          {"part", query::word_of(row.part)},
          {"withdrawn", time_json(row.withdrawn_ms)},
          {"due", time_json(row.due_ms)},
          {"texts", row.versions.size()},
          {"entries", row.versions}};
}

Json retention_json(const RetentionPlan& plan) {
  Json rules = Json::array();
  for (const config::RetentionRule& rule : plan.rules) {
    rules.push_back({{"kind", rule.kind},
                     {"part", rule.is_personal ? "personal" : "public"},
                     {"months", rule.months}});
  }
  return {{"rules", std::move(rules)},
          {"due", rows_json(plan.due)},
          {"soon", rows_json(plan.soon)},
          {"unused_kinds", plan.unused_kinds}};
}

void print_retention(std::ostream& to, const RetentionPlan& plan) {
  if (plan.rules.empty()) {
    to << "No retention times are set, so every text is kept until somebody erases it. They stand "
          "in\nconfig.toml below [retention], for example: service.personal = \"6 months\"\n";
    return;
  }
  if (!plan.unused_kinds.empty()) {
    to << "No record is of the kind " << kinds_text(plan.unused_kinds)
       << ", which the settings name: is it spelt right?\n\n";
  }
  if (plan.due.empty()) {
    to << "Nothing is past its retention time.\n";
  } else {
    to << "Past its retention time, and erased by `moot retention run`:\n";
    print_rows(to, plan.due);
  }
  if (plan.soon.empty()) return;
  to << "\nWithin 30 days:\n";
  print_rows(to, plan.soon);
}

}  // namespace moot::command

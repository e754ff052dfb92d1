#include "record/document.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "record/checker.hpp"
#include "record/kinds.hpp"
#include "record/render.hpp"
#include "record/source_reader.hpp"

namespace moot::record {
namespace {

std::string mebibytes(std::size_t bytes) {
  return std::to_string((bytes + limits::MiB - 1) / limits::MiB) + " MiB";
}

Problem bad_kind(std::string_view kind) {
  return {
      "--kind", quoted(kind),
      "1 to " + std::to_string(limits::kind_bytes_max) + " small letters, digits and underscores",
      "moot schema lists the kinds."};
}

/// Two versions of a record in one call would be published in an order that nobody chose.
void report_repeated_ids(std::span<const Source> sources, const std::vector<RecordText>& records,
                         Report& report) {
  if (records.size() < 2) return;
  std::vector<std::uint32_t> order(records.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto less = [&](std::uint32_t a, std::uint32_t b) {
    return records[a].id != records[b].id ? records[a].id < records[b].id : a < b;
  };
  std::sort(order.begin(), order.end(), less);
  const auto place = [&](const RecordText& record) {
    return shown_name(sources[record.source]) + " line " + std::to_string(record.line);
  };
  struct Repeated {
    std::size_t later;
    std::size_t earlier;
  };
  std::vector<Repeated> found;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (records[order[i]].id == records[order[i - 1]].id) found.push_back({order[i], order[i - 1]});
  }
  const auto by_input = [](const Repeated& a, const Repeated& b) { return a.later < b.later; };
  std::sort(found.begin(), found.end(), by_input);
  for (const Repeated& repeated : found) {
    const RecordText& later = records[repeated.later];
    report.add([&] {
      const std::string also = ", which is also at " + place(records[repeated.earlier]);
      return Problem{place(later) + ": /id", to_string(later.id) + also, "each record once",
                     "Take one of them away, or publish them in two calls."};
    });
  }
}

}  // namespace

ReadResult read_records(std::span<const Source> sources, const ReadOptions& options) {
  ReadResult result;
  std::size_t bytes = 0;
  for (const Source& source : sources) bytes += source.text.size();
  if (bytes > limits::publish_bytes_max) {
    result.problems.push_back({"", mebibytes(bytes),
                               "at most " + mebibytes(limits::publish_bytes_max) + " in one call",
                               "Publish it in several calls."});
  }
  if (!options.kind.empty() && !is_kind_name(options.kind))
    result.problems.push_back(bad_kind(options.kind));
  if (!result.problems.empty()) return result;
  Report report;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    SourceReader reader(sources[i], static_cast<std::uint32_t>(i), options.kind, result.records,
                        report);
    if (!reader.read()) break;
  }
  report_repeated_ids(sources, result.records, report);
  result.problems = std::move(report).take();
  return result;
}

std::vector<Problem> check_record(std::string_view kind, std::string_view json,
                                  std::string_view where) {
  if (!is_kind_name(kind)) return {bad_kind(kind)};
  Report report;
  const Place place{where, json, 0, 0};
  if (json.size() > limits::body_bytes_max) {
    report.add([&] { return too_large(place, json.size()); });
  } else if (checker_of_this_thread().check(json, kind, place, report).verdict ==
             Checked::Verdict::list) {
    report.add([&] {
      return Problem{place.of_value(0, ""), "a page of records", "one record", ""};
    });
  }
  return std::move(report).take();
}

}  // namespace moot::record

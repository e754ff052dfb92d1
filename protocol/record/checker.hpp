#pragma once
#include <memory>
#include <string_view>

#include "record/place.hpp"
#include "record/record_id.hpp"
#include "record/report.hpp"

namespace moot::record {

/// What became of one object of the input.
struct Checked {
  enum class Verdict {
    good,      ///< may be published
    refused,   ///< JSON, but not as its kind must be
    not_json,  ///< its extent cannot be trusted either
    list,  ///< no record: it has no id and its field "contents" is a list, so it is a page of HSDS
  };
  Verdict verdict = Verdict::refused;
  std::string_view kind;  ///< of known_kinds(), or what was asked for
  RecordId id{};          ///< of a good one
};

/// Parses and checks one record at a time; what it needs for that is kept for the next one. One
/// thread.
class Checker {
 public:
  Checker();
  ~Checker();
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  /// Judges `text` as a record of `kind` (empty: whichever its fields show); says all that is wrong
  /// with it to `report`.
  Checked check(std::string_view text, std::string_view kind, const Place& place, Report& report);

  /// Judges a page of the HSDS API from which the records were taken out: false when it is no JSON
  /// or has a field twice.
  bool check_page(std::string_view text, const Place& place, Report& report);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

/// The checker that this thread keeps, so that a call for a single record does not begin by
/// allocating a parser.
Checker& checker_of_this_thread();

}  // namespace moot::record

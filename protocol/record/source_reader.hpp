#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "record/checker.hpp"
#include "record/document.hpp"
#include "record/report.hpp"

namespace moot::record {

/// The name that messages give to a source.
std::string shown_name(const Source& source);

Problem too_large(const Place& place, std::size_t bytes);

/// Splits one source into records and gives each to the checker. The text is hostile: each step
/// forward is bounded by the text, pages do not nest, and what is cut out is only believed once it
/// was parsed. One thread; lives in one call.
class SourceReader {
 public:
  SourceReader(const Source& source, std::uint32_t number, std::string_view kind,
               std::vector<RecordText>& records, Report& report);

  /// False when no further source shall be read either: there are too many records.
  bool read();

 private:
  enum class Outcome {
    ok,
    skip,  ///< no JSON; what begins on a line after it may be
    stop,  ///< no JSON, and where it ends cannot be known
    too_many,
  };

  Outcome value();
  Outcome object(bool may_be_page);
  Outcome list(bool may_hold_pages);
  Outcome page(std::size_t end, const Place& place);
  Outcome refuse(std::string allowed, std::string hint);
  Outcome keep(const Checked& checked, std::string_view body);
  Outcome skip(std::size_t end);
  bool go_to_next_object();
  std::uint32_t line();
  Place here() { return {name_, text_, at_, line()}; }

  std::string name_;
  std::string_view text_;
  std::uint32_t number_;
  std::string_view kind_;
  std::vector<RecordText>& records_;
  Report& report_;
  Checker& checker_;
  std::size_t at_ = 0;          ///< only ever moves forward
  std::size_t counted_to_ = 0;  ///< up to here line breaks are counted
  std::uint32_t line_ = 1;
  std::size_t wasted_ = 0;   ///< bytes that were read as part of objects that are no JSON
  std::size_t objects_ = 0;  ///< good ones of earlier sources and all of this one
};

}  // namespace moot::record

#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "record/syntax.hpp"

namespace moot::record {

/// Where a record stands, for messages. Lives in one call: the views are the caller's.
struct Place {
  std::string_view prefix;  ///< the file's name, or what the caller said
  std::string_view source;  ///< the whole text that the record stands in
  std::size_t offset = 0;   ///< of the record in it
  std::uint32_t line = 0;   ///< of the record's start, from 1; 0 when messages shall name no lines

  /// `services.json line 14: /schedules/0/opens_at`; `at` is the value's offset within the record.
  std::string of_value(std::size_t at, std::string_view pointer) const;
  /// `services.json line 14 column 3`
  std::string of_syntax(std::size_t at) const;
  Problem problem(const SyntaxError& error) const;

 private:
  std::size_t line_of(std::size_t at) const;
};

}  // namespace moot::record

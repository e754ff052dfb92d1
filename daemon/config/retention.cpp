#include "config/retention.hpp"

#include <algorithm>
#include <charconv>

#include "base/limits.hpp"
#include "config/distance.hpp"
#include "record/kinds.hpp"

namespace moot::config {
namespace {

// Letters wrong, missing or too many in what is taken for a slip.
constexpr std::size_t slips_max = 2;

}  // namespace

std::optional<unsigned> parse_months(std::string_view text) {
  unsigned months = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, months);
  if (error != std::errc() || months > limits::retention_months_max) return std::nullopt;
  const std::string_view unit(at, static_cast<std::size_t>(end - at));
  if (unit != " months" && unit != " month") return std::nullopt;
  return months;
}

std::string months_text(unsigned months) {
  return std::to_string(months) + (months == 1 ? " month" : " months");
}

std::optional<BadKind> check_retention_kind(std::string_view kind) {
  if (!record::is_kind_name(kind)) {
    return BadKind{"a kind of record: a-z, 0-9 and _, at most 32 letters",
                   "`moot schema` lists the kinds that Moot knows"};
  }
  const auto kinds = record::known_kinds();
  if (std::ranges::find(kinds, kind) != kinds.end()) return std::nullopt;
  for (const std::string_view known : kinds) {
    if (distance(kind, known) <= slips_max) {
      return BadKind{"a kind of record, as it was published",
                     "did you mean " + std::string(known) + "?"};
    }
  }
  return std::nullopt;
}

}  // namespace moot::config

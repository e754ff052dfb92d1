#include "config/duration.hpp"

#include <array>
#include <charconv>

namespace moot::config {
namespace {

struct Unit {
  char letter;
  std::int64_t ms;
};
constexpr std::array<Unit, 4> units = {Unit{'d', 86'400'000}, Unit{'h', 3'600'000},
                                       Unit{'m', 60'000}, Unit{'s', 1'000}};
constexpr std::int64_t days_max = 3'650;  // what is longer was meant otherwise

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.back() != unit.letter) continue;
    std::uint32_t count = 0;
    const char* const end = text.data() + text.size() - 1;
    const auto [at, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || at != end) return std::nullopt;
    const std::int64_t ms = std::int64_t{count} * unit.ms;
    if (ms > days_max * units.front().ms) return std::nullopt;
    return ms;
  }
  return std::nullopt;
}

std::string duration_text(std::int64_t ms) {
  for (const Unit& unit : units) {
    if (ms != 0 && ms % unit.ms == 0) return std::to_string(ms / unit.ms) + unit.letter;
  }
  return std::to_string(ms / units.back().ms) + units.back().letter;
}

}  // namespace moot::config

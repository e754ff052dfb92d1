#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace moot::config {

/// A time span as people write it: a whole number and a unit, `30s`, `10m`, `24h`, `7d`; at most
/// 3650 days. In milliseconds; nullopt for anything else.
std::optional<std::int64_t> parse_duration(std::string_view text);
/// The text that parse_duration() reads as this, in the largest unit that fits.
std::string duration_text(std::int64_t ms);

}  // namespace moot::config

#pragma once
#include <optional>
#include <string>

#include "log/block.hpp"

/// How ids, times and choices are written in JSON: stable words of docs/cli.md.
namespace moot::log {

/// RFC 4122 text, lower case.
std::string record_text(const log::RecordId& record);
/// The id in such a text, in either case; nullopt for anything else.
std::optional<log::RecordId> parse_record(std::string_view text);

/// RFC 3339, UTC, milliseconds; nullopt past the year 9999, which the format cannot say.
std::optional<std::string> time_text(std::uint64_t unix_ms);

std::string_view word_of(log::Operation operation);
std::string_view word_of(log::Part part);
std::string_view word_of(log::BodyStatus status);
std::string_view word_of(log::EraseReason reason);

}  // namespace moot::log

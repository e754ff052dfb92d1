#pragma once
#include <optional>
#include <string>

#include "log/entry.hpp"

namespace moot::audit {

/// RFC 4122 text, lower case.
std::string record_text(const log::RecordId& record);
/// RFC 3339, UTC, milliseconds; nullopt past the year 9999, which the format cannot say.
std::optional<std::string> time_text(std::uint64_t unix_ms);
/// "safety", "court", …: the words of docs/protocol.md.
std::string_view word_of(log::EraseReason reason);

}  // namespace moot::audit

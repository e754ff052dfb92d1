#pragma once
#include <cstddef>
#include <string>
#include <string_view>

/// Words of strangers, made fit for a line on a terminal: what a record holds may not move the
/// cursor, hide text or fill the screen. Any bytes are taken. Any thread.
namespace moot::record {

/// No line of ours shows more of a value than this, in bytes.
inline constexpr std::size_t shown_bytes_max = 80;

/// `text` with control characters, characters that turn the direction of writing, and bytes that
/// are no UTF-8 written as escapes, cut to `bytes_max` bytes with three dots when longer.
std::string shown(std::string_view text, std::size_t bytes_max = shown_bytes_max);

/// The same between quotation marks, which count too.
std::string quoted(std::string_view text, std::size_t bytes_max = shown_bytes_max);

/// One step of a JSON pointer (RFC 6901) with the slash before it, escaped, and shown() so that a
/// long name stays short.
std::string pointer_step(std::string_view name);

}  // namespace moot::record

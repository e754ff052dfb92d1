#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

/// The small rules of text that notes, checkpoints, proofs and addresses share. Any thread.
namespace moot::log {

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// UTF-8 without ASCII control characters (below U+0020) other than line feed: what C2SP
/// signed-note demands.
bool is_note_text(std::string_view text);

/// A name of a key (C2SP signed-note): UTF-8, not empty, no Unicode space, no plus, no control
/// character.
bool is_key_name(std::string_view text);

/// ASCII decimal without sign or leading zeros.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

/// Takes the first line, without its line feed, off `text`; nullopt, and nothing taken, when there
/// is no line feed.
std::optional<std::string_view> take_line(std::string_view& text);

}  // namespace moot::log

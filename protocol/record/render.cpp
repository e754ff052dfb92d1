#include "record/render.hpp"

#include <cstdint>
#include <cstdio>

namespace moot::record {
namespace {

struct Character {
  std::size_t bytes = 1;
  std::uint32_t code = 0;
  bool is_good = false;
};

/// The character at the start of a text that may be anything.
Character first_of(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {1, first, true};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {1, first, false};
  std::uint32_t code = first & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {1, first, false};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {1, first, false};
  return {bytes, code, true};
}

bool is_harmless(std::uint32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  const bool turns_direction = (code >= 0x200e && code <= 0x200f) ||
                               (code >= 0x202a && code <= 0x202e) ||
                               (code >= 0x2066 && code <= 0x2069);
  const bool breaks_line = code == 0x2028 || code == 0x2029;
  return !turns_direction && !breaks_line && code != 0xfeff;
}

std::string escaped(const Character& character) {
  if (character.is_good && character.code == '\n') return "\\n";
  if (character.is_good && character.code == '\t') return "\\t";
  char text[12];
  std::snprintf(text, sizeof text, character.is_good ? "\\u%04x" : "\\x%02x",
                static_cast<unsigned>(character.code));
  return text;
}

}  // namespace

std::string shown(std::string_view text, std::size_t bytes_max) {
  static constexpr std::string_view dots = "...";
  std::string out;
  std::size_t fits = 0;  // how much of `out` leaves room for the dots
  while (!text.empty()) {
    const Character character = first_of(text);
    const bool as_it_is = character.is_good && is_harmless(character.code);
    out += as_it_is ? std::string(text.substr(0, character.bytes)) : escaped(character);
    text.remove_prefix(character.bytes);
    if (out.size() + dots.size() <= bytes_max) fits = out.size();
    if (out.size() > bytes_max) {
      out.resize(fits);
      out += dots;
      return out;
    }
  }
  return out;
}

std::string quoted(std::string_view text, std::size_t bytes_max) {
  return '"' + shown(text, bytes_max > 2 ? bytes_max - 2 : 0) + '"';
}

std::string pointer_step(std::string_view name) {
  std::string escaped_name;
  for (const char c : name.substr(0, shown_bytes_max + 1)) {
    if (c == '~') {
      escaped_name += "~0";
    } else if (c == '/') {
      escaped_name += "~1";
    } else {
      escaped_name += c;
    }
  }
  return '/' + shown(escaped_name);
}

}  // namespace moot::record

#include "log/text.hpp"

#include <algorithm>
#include <charconv>

namespace moot::log {
namespace {

/// Takes one code point off the front; nullopt when it is not well-formed.
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const std::uint8_t first = byte(0);
  std::size_t count = 1;
  char32_t code = first;
  char32_t smallest = 0;
  if (first >= 0x80) {
    if (first >= 0xc0 && first < 0xe0) {
      count = 2, code = first & 0x1fU, smallest = 0x80;
    } else if (first >= 0xe0 && first < 0xf0) {
      count = 3, code = first & 0x0fU, smallest = 0x800;
    } else if (first >= 0xf0 && first < 0xf8) {
      count = 4, code = first & 0x07U, smallest = 0x10000;
    } else {
      return std::nullopt;
    }
  }
  for (std::size_t i = 1; i < count; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    code = code << 6 | (byte(i) & 0x3fU);
  }
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < smallest || is_surrogate || code > 0x10ffff) return std::nullopt;
  text.remove_prefix(count);
  return code;
}

/// White_Space of the Unicode character database.
bool is_unicode_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (!take_code_point(text)) return false;
  }
  return true;
}

bool is_note_text(std::string_view text) {
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n';
  });
  return !has_control && is_utf8(text);
}

bool is_key_name(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const auto code = take_code_point(text);
    if (!code || *code < 0x20 || *code == U'+' || is_unicode_space(*code)) return false;
  }
  return true;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace moot::log

#include "record/scan.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace moot::record {
namespace {

enum : std::uint8_t { plain, quote, opens, closes };

constexpr std::array<std::uint8_t, 256> structure = [] {
  std::array<std::uint8_t, 256> table{};
  table[std::size_t{'"'}] = quote;
  table[std::size_t{'{'}] = table[std::size_t{'['}] = opens;
  table[std::size_t{'}'}] = table[std::size_t{']'}] = closes;
  return table;
}();

std::uint8_t structure_of(char c) { return structure[static_cast<std::uint8_t>(c)]; }

/// Has its highest bit set in each byte that equals `c`; bytes above a first match may be marked
/// wrongly.
constexpr std::uint64_t matches(std::uint64_t eight, char c) {
  const std::uint64_t x = eight ^ (0x0101010101010101U * static_cast<std::uint8_t>(c));
  return (x - 0x0101010101010101U) & ~x & 0x8080808080808080U;
}

}  // namespace

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
    ++at;
  return at;
}

std::size_t string_end(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size()) {
    if constexpr (std::endian::native == std::endian::little) {
      // Most of a record is the inside of strings: eight bytes at a time.
      while (text.size() - at >= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, sizeof eight);
        const std::uint64_t found = matches(eight, '"') | matches(eight, '\\');
        if (found != 0) {
          at += static_cast<std::size_t>(std::countr_zero(found)) / 8;
          break;
        }
        at += 8;
      }
      if (at == text.size()) break;
    }
    if (text[at] == '"') return at + 1;
    at += text[at] == '\\' ? 2 : 1;
  }
  return no_end;
}

std::size_t container_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    switch (structure_of(text[at])) {
      case plain:
        ++at;
        break;
      case quote:
        at = string_end(text, at);
        if (at == no_end) return no_end;
        break;
      case opens:
        ++depth;
        ++at;
        break;
      case closes:
        ++at;
        if (--depth == 0) return at;
        break;
    }
  }
  return no_end;
}

std::size_t value_end(std::string_view text, std::size_t at) {
  if (at >= text.size()) return no_end;
  if (text[at] == '"') return string_end(text, at);
  if (text[at] == '{' || text[at] == '[') return container_end(text, at);
  const std::size_t end = text.find_first_of(",]} \t\r\n", at);
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t find_field(std::string_view text, std::size_t at, std::string_view name) {
  at = skip_space(text, at + 1);
  while (at < text.size() && text[at] == '"') {
    const std::size_t key_end = string_end(text, at);
    if (key_end == no_end) return no_end;
    const std::string_view key = text.substr(at + 1, key_end - at - 2);
    at = skip_space(text, key_end);
    if (at == text.size() || text[at] != ':') return no_end;
    at = skip_space(text, at + 1);
    if (key == name) return at < text.size() ? at : no_end;
    at = value_end(text, at);
    if (at == no_end) return no_end;
    at = skip_space(text, at);
    if (at == text.size() || text[at] != ',') return no_end;
    at = skip_space(text, at + 1);
  }
  return no_end;
}

std::size_t find_item(std::string_view text, std::size_t at, std::size_t index) {
  at = skip_space(text, at + 1);
  for (std::size_t i = 0; at < text.size() && text[at] != ']'; ++i) {
    if (i == index) return at;
    at = value_end(text, at);
    if (at == no_end) return no_end;
    at = skip_space(text, at);
    if (at == text.size() || text[at] != ',') return no_end;
    at = skip_space(text, at + 1);
  }
  return no_end;
}

}  // namespace moot::record

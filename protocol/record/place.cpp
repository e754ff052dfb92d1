#include "record/place.hpp"

#include <algorithm>

namespace moot::record {

std::size_t Place::line_of(std::size_t at) const {
  const std::string_view before = source.substr(offset, at);
  return (line == 0 ? 1 : line) +
         static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

std::string Place::of_value(std::size_t at, std::string_view pointer) const {
  std::string text(prefix);
  if (line != 0) text += " line " + std::to_string(line_of(at));
  if (!pointer.empty()) {
    if (!text.empty()) text += ": ";
    text += pointer;
  }
  return text;
}

std::string Place::of_syntax(std::size_t at) const {
  const std::string_view before = source.substr(0, offset + at);
  const std::size_t line_break = before.rfind('\n');
  const std::string_view beside =
      before.substr(line_break == std::string_view::npos ? 0 : line_break + 1);
  const auto starts_character = [](char c) {
    return (static_cast<std::uint8_t>(c) & 0xc0U) != 0x80U;
  };
  const auto column = std::count_if(beside.begin(), beside.end(), starts_character) + 1;
  std::string text(prefix);
  if (!text.empty()) text += ' ';
  return text + "line " + std::to_string(line_of(at)) + " column " + std::to_string(column);
}

Problem Place::problem(const SyntaxError& error) const {
  return {of_syntax(error.offset), error.found, error.allowed, error.hint};
}

}  // namespace moot::record

#pragma once
#include <cstddef>
#include <string_view>

/// Finds where values begin and end in JSON text without changing a byte of it, so that a record's
/// body is exactly what its owner wrote. It does not judge syntax: what it cuts out is parsed in
/// full afterwards, and text that is no JSON only makes it cut in the wrong place. Linear time, no
/// recursion: the text is hostile until parsed. Any thread.
namespace moot::record {

inline constexpr std::size_t no_end = std::string_view::npos;

/// The first place from `at` on that is not white space; text.size() when there is none.
std::size_t skip_space(std::string_view text, std::size_t at);

/// Past the string whose opening quotation mark is at `at`; no_end when it does not end.
std::size_t string_end(std::string_view text, std::size_t at);

/// Past the object or list whose bracket is at `at`; no_end when it does not end.
std::size_t container_end(std::string_view text, std::size_t at);

/// Past the value that begins at `at`; no_end when it does not end.
std::size_t value_end(std::string_view text, std::size_t at);

/// The value of the first field called `name` (as written between quotation marks) of the object at
/// `at`; no_end without one.
std::size_t find_field(std::string_view text, std::size_t at, std::string_view name);

/// The value number `index` of the list at `at`; no_end without one.
std::size_t find_item(std::string_view text, std::size_t at, std::size_t index);

}  // namespace moot::record

#pragma once
#include <span>
#include <string>
#include <string_view>

namespace moot::command {

/// The candidate that `word` was probably meant to be, or an empty text when none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace moot::command

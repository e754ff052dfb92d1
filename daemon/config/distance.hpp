#pragma once
#include <cstddef>
#include <string_view>

namespace moot::config {

/// Levenshtein distance, for texts as short as keys are.
std::size_t distance(std::string_view a, std::string_view b);

}  // namespace moot::config

#include "command/nearest.hpp"

#include <algorithm>

#include "base/edit_distance.hpp"

namespace moot::command {

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t word_length_max = 64;  // longer is no slip of the finger
  if (word.size() > word_length_max) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const bool begins = word.size() >= 2 && candidate.starts_with(word);
    const std::size_t apart = begins ? 1 : edit_distance(word, candidate);
    if (apart < best_distance && apart < candidate.size()) {
      best_distance = apart;
      best = candidate;
    }
  }
  return best;
}

}  // namespace moot::command

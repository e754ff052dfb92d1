#include "command/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace moot::command {
namespace {

/// Levenshtein's distance: single characters inserted, left out or replaced.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t word_length_max = 64;  // longer is no slip of the finger
  if (word.size() > word_length_max) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const bool begins = word.size() >= 2 && candidate.starts_with(word);
    const std::size_t apart = begins ? 1 : distance(word, candidate);
    if (apart < best_distance && apart < candidate.size()) {
      best_distance = apart;
      best = candidate;
    }
  }
  return best;
}

}  // namespace moot::command

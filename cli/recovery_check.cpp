#include "command/recovery_check.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include "crypto/secret.hpp"
#include "log/words.hpp"

namespace moot::command {
namespace {

constexpr int tries_max = 5;

std::string word_at(const std::string& words, std::size_t number) {
  std::istringstream in(words);
  std::string word;
  for (std::size_t i = 0; i < number; ++i) in >> word;
  return word;
}

/// As when the sheet is used: any case, and the first four letters are enough.
bool is_same_word(std::string answer, const std::string& word) {
  std::erase_if(answer, [](char c) { return c == ' ' || c == '\t'; });
  std::ranges::transform(answer, answer.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return answer.size() >= 4 && word.starts_with(answer);
}

}  // namespace

Result<Done, Error> check_words_back(
    const std::string& words, std::array<std::size_t, 2> numbers,
    const std::function<std::optional<std::string>(const std::string&)>& ask) {
  std::size_t right = 0;
  std::string said;
  for (int tries = 0; tries < tries_max && right < numbers.size(); ++tries) {
    const auto answer =
        ask(said + "What is word " + std::to_string(numbers[right]) + " on your paper?");
    if (!answer) break;
    const bool is_right = is_same_word(*answer, word_at(words, numbers[right]));
    said = is_right ? "" : "That is not it. ";
    if (is_right) ++right;
  }
  if (right == numbers.size()) return Done{};
  return fail(Error{.code = "failed",
                    .message = "the words were not repeated, so nothing was made",
                    .hint = "run it again with pen and paper at hand; the words will be others. Or "
                            "print the sheet: --recovery-file FILE or --recovery-svg FILE",
                    .problems = {}});
}

std::array<std::size_t, 2> two_word_numbers() {
  FixedBytes<2> random{};
  crypto::random_bytes(random);
  const std::size_t first = random[0] % log::word_count;
  const std::size_t second = (first + 1 + random[1] % (log::word_count - 1)) % log::word_count;
  return {first + 1, second + 1};
}

}  // namespace moot::command

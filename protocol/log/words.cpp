#include "log/words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/check.hpp"
#include "base/edit_distance.hpp"
#include "crypto/hash.hpp"

namespace moot::log {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t bits_per_word = 10;
constexpr std::size_t seed_bytes = 32;
constexpr std::size_t letters_needed = 4;
constexpr std::size_t word_letters_max = 32;  // longer is no word, and need not be compared
// The seed, two bytes of its checksum of which 14 bits count.
using Bits = FixedBytes<seed_bytes + 2>;
static_assert(word_count * bits_per_word == 8 * seed_bytes + 14);

/// Fills in the checksum behind the seed.
void put_checksum(Bits& bits) {
  const Hash hash = crypto::sha256(view_of("moot/words/v1\0"sv), ByteView(bits).first(seed_bytes));
  bits[seed_bytes] = hash[0];
  bits[seed_bytes + 1] = hash[1] & 0xfc;
}

std::size_t number_at(const Bits& bits, std::size_t word) {
  std::size_t number = 0;
  for (std::size_t i = word * bits_per_word; i < (word + 1) * bits_per_word; ++i) {
    number = number << 1 | (bits[i / 8] >> (7 - i % 8) & 1U);
  }
  return number;
}

void put_number(Bits& bits, std::size_t word, std::size_t number) {
  for (std::size_t k = 0; k < bits_per_word; ++k) {
    const std::size_t i = word * bits_per_word + k;
    const std::size_t bit = number >> (bits_per_word - 1 - k) & 1U;
    bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | bit << (7 - i % 8));
  }
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower_of(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool parts_words(char c) { return " \t\r\n.,;:-0123456789()|"sv.find(c) != std::string_view::npos; }

/// Takes the next word, in lower case; empty at the end. nullopt: a sign that does not belong here.
std::optional<std::string> take_word(std::string_view& text) {
  while (!text.empty() && parts_words(text.front())) text.remove_prefix(1);
  std::string word;
  while (!text.empty() && is_letter(text.front())) {
    word += lower_of(text.front());
    text.remove_prefix(1);
  }
  if (!text.empty() && !parts_words(text.front())) return std::nullopt;
  return word;
}

std::optional<std::size_t> number_of(std::string_view word) {
  const auto list = word_list();
  const auto found = std::lower_bound(list.begin(), list.end(), word);
  if (found == list.end() || word.size() < letters_needed || !found->starts_with(word)) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - list.begin());
}

std::string nearest_to(std::string_view word) {
  if (word.size() > word_letters_max) return {};
  std::string_view best;
  std::size_t best_distance = 3;  // what is farther off was not that word
  for (const std::string_view candidate : word_list()) {
    const bool begins_same = word.substr(0, letters_needed) == candidate.substr(0, letters_needed);
    const std::size_t apart = begins_same ? 0 : edit_distance(word, candidate);
    if (apart < best_distance) {
      best_distance = apart;
      best = candidate;
    }
  }
  return std::string(best);
}

}  // namespace

std::string to_words(const crypto::SigningKey& key) {
  Bits bits{};
  const auto seed = key.seed();
  std::copy(seed.view().begin(), seed.view().end(), bits.begin());
  put_checksum(bits);
  std::string text;
  text.reserve(word_count * 8);  // never grows, so that no copy of a part is left behind
  for (std::size_t i = 0; i < word_count; ++i) {
    if (i > 0) text += ' ';
    text += word_list()[number_at(bits, i)];
  }
  crypto::wipe(bits);
  return text;
}

Result<crypto::SigningKey, WordFault> parse_words(std::string_view text) {
  Bits bits{};
  std::size_t count = 0;
  std::optional<WordFault> fault;
  for (;;) {
    auto word = take_word(text);
    if (!word) {
      if (!fault) fault = WordFault{Fault::bad_text, count, {}, {}};
      break;
    }
    if (word->empty()) break;
    const auto number = number_of(*word);
    if (!number && !fault) {
      fault = WordFault{Fault::bad_value, count + 1, *word, nearest_to(*word)};
    }
    if (number && count < word_count) put_number(bits, count, *number);
    crypto::wipe({reinterpret_cast<std::uint8_t*>(word->data()), word->size()});
    ++count;
  }
  if (!fault && count != word_count) fault = WordFault{Fault::bad_text, count, {}, {}};
  Bits checked = bits;
  put_checksum(checked);
  if (!fault && checked != bits) fault = WordFault{Fault::bad_checksum, 0, {}, {}};
  crypto::wipe(bits);
  if (fault) {
    crypto::wipe(checked);
    return fail(std::move(*fault));
  }
  auto key = crypto::SigningKey::from_seed(std::span(checked).first<seed_bytes>());
  crypto::wipe(checked);
  return key;
}

}  // namespace moot::log

#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/signing.hpp"
#include "log/fault.hpp"

/// A reserve key's secret as words on paper: 256 bits of seed and 14 of checksum are 27 words of a
/// list of 1,024. A slip of the pen is told by its word's number, and what the words alone do not
/// show, such as two in the wrong order, the checksum shows but for one time in 16,384. Any thread.
namespace moot::log {

inline constexpr std::size_t word_count = 27;

/// The list: ascending, the first four letters of each its own.
std::span<const std::string_view, 1024> word_list();

/// The 27 words, a space between each. It is the secret itself: wipe it after use.
std::string to_words(const crypto::SigningKey& key);

/// Why words were not read.
struct WordFault {
  Fault fault = Fault::bad_text;  ///< bad_value: a word is not in the list; bad_text: there are not
                                  ///< 27, or other signs; bad_checksum: they do not fit together
  std::size_t number = 0;         ///< bad_value: which word, from 1. bad_text: how many there are
  std::string word;               ///< bad_value: as it was read
  std::string nearest;            ///< bad_value: what it was probably meant to be, or empty
};

/// The key again. Letters in any case; spaces, line ends, digits, dots, commas and hyphens only
/// part the words; the first four letters of a word or more of them are enough.
Result<crypto::SigningKey, WordFault> parse_words(std::string_view text);

}  // namespace moot::log

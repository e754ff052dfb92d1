#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"

namespace moot::command {

/// Asks for two of a sheet's words by their numbers, so that nobody goes on without having written
/// them down. `ask` shows a question and answers a line, or nullopt at the end of the input;
/// `numbers` are the two words' numbers from 1. A wrong answer may be given again, a few times.
/// Error: "failed", when it cannot be answered.
Result<Done, Error> check_words_back(
    const std::string& words, std::array<std::size_t, 2> numbers,
    const std::function<std::optional<std::string>(const std::string&)>& ask);

/// Two different numbers from 1 to 27.
std::array<std::size_t, 2> two_word_numbers();

}  // namespace moot::command

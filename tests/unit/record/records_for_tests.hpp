#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "record/document.hpp"

namespace moot::record {

/// A UUID that ends in `number`.
inline std::string uuid(int number) {
  const std::string digits = std::to_string(number);
  return "7a1f0c1e-52d8-4e0b-9c37-" + std::string(12 - digits.size(), '0') + digits;
}

inline nlohmann::json a_service(int number) {
  return {{"id", uuid(number)}, {"name", "Food bank"}, {"status", "active"}};
}

inline ReadResult read(std::string text, std::string kind = "") {
  const std::vector<Source> sources = {{"in.json", std::move(text)}};
  return read_records(sources, ReadOptions{std::move(kind)});
}

/// All problems as text, for the message of a failed test.
inline std::string words(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += problem.where + " | " + problem.found + " | " + problem.allowed + " | " + problem.hint +
            "\n";
  }
  return text;
}

}  // namespace moot::record

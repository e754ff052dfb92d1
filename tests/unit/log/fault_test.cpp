#include "log/fault.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace moot::log {
namespace {

TEST(LogFault, HasAWordAndALineOfItsOwn) {
  std::set<std::string_view> words;
  std::set<std::string_view> lines;
  constexpr int count = static_cast<int>(Fault::not_supported) + 1;
  for (int i = 0; i < count; ++i) {
    const auto fault = static_cast<Fault>(i);
    words.insert(word_of(fault));
    lines.insert(describe(fault));
    EXPECT_FALSE(describe(fault).ends_with('.'));
    EXPECT_EQ(word_of(fault).find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string::npos);
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(lines.size(), static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace moot::log

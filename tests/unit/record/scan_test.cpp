#include "record/scan.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace moot::record {
namespace {

TEST(Scan, EndsStringsAtTheirOwnQuotationMark) {
  // Every length, so that the mark falls on every place of the eight bytes that are looked at
  // together.
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t escape = 0; escape <= length; ++escape) {
      const std::string inside =
          std::string(escape, 'a') + R"(\")" + std::string(length - escape, 'b');
      const std::string text = '"' + inside + R"(" , "next")";
      EXPECT_EQ(string_end(text, 0), inside.size() + 2);
      EXPECT_EQ(string_end(std::string_view(text).substr(0, inside.size() + 1), 0), no_end);
    }
  }
  EXPECT_EQ(string_end(R"("a\\")", 0), 5U);
  EXPECT_EQ(string_end(R"("a\)", 0), no_end);
  EXPECT_EQ(string_end("\"", 0), no_end);
}

TEST(Scan, BracketsWithinTextDoNotCount) {
  const std::string_view text = R"({"a":"}]{[","b":[{"c":"\"}"}]} ])";
  EXPECT_EQ(container_end(text, 0), text.size() - 2);
  EXPECT_EQ(container_end(text.substr(0, text.size() - 3), 0), no_end);
}

TEST(Scan, FindsFieldsAndItems) {
  const std::string_view text = R"( {"a" : [1, "x,]", {"b":2} ,true] , "c":null})";
  const std::size_t list = find_field(text, 1, "a");
  ASSERT_NE(list, no_end);
  EXPECT_EQ(text[list], '[');
  EXPECT_EQ(text.substr(find_item(text, list, 1), 5), "\"x,]\"");
  EXPECT_EQ(text.substr(find_field(text, find_item(text, list, 2), "b"), 1), "2");
  EXPECT_EQ(text.substr(find_item(text, list, 3), 4), "true");
  EXPECT_EQ(text.substr(find_field(text, 1, "c"), 4), "null");
  EXPECT_EQ(find_field(text, 1, "d"), no_end);
  EXPECT_EQ(find_item(text, list, 4), no_end);
}

/// A random value with what makes scanning hard: quotation marks, brackets and backslashes in names
/// and texts.
nlohmann::json random_value(std::mt19937_64& random, int depth) {
  const auto random_text = [&random] {
    static constexpr std::string_view letters = "ab\"\\{}[],: \n\x01";
    std::string text;
    for (std::uint64_t n = random() % 20; n > 0; --n) text += letters[random() % letters.size()];
    return text;
  };
  switch (random() % (depth > 0 ? 6 : 4)) {
    case 0:
      return random_text();
    case 1:
      return static_cast<std::int64_t>(random());
    case 2:
      return nullptr;
    case 3:
      return random() % 2 == 0;
    case 4: {
      nlohmann::json list = nlohmann::json::array();
      for (std::uint64_t n = random() % 4; n > 0; --n)
        list.push_back(random_value(random, depth - 1));
      return list;
    }
    default: {
      nlohmann::json object = nlohmann::json::object();
      for (std::uint64_t n = random() % 4; n > 0; --n)
        object[random_text()] = random_value(random, depth - 1);
      return object;
    }
  }
}

// Whatever follows, a value ends where another writer of JSON ended it.
TEST(Scan, ValuesEndWhereTheyWereWrittenToEnd) {
  std::mt19937_64 random(7);
  for (int run = 0; run < 2000; ++run) {
    const std::string value = random_value(random, 4).dump(random() % 2 == 0 ? -1 : 2);
    for (const std::string_view after : {"", " ", ",{}", "]", "}\"", "\n"}) {
      EXPECT_EQ(value_end(value + std::string(after), 0), value.size()) << value << after;
    }
  }
}

}  // namespace
}  // namespace moot::record

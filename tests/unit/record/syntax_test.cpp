#include "record/syntax.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace moot::record {
namespace {

TEST(Syntax, TakesJson) {
  for (const auto* good : {"{}", " [ ] ", "\"\"", "0", "-0", "-1.5e+10", "1E5", "true", "null",
                           R"({"a":[1,{"b":"\u00e9\n\"\\\/"}],"":""})", R"("\ud83d\ude00")",
                           "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", "18446744073709551615",
                           "-9223372036854775808", "1e-400", "0.0"}) {
    const auto error = find_syntax_error(good);
    EXPECT_FALSE(error.has_value())
        << good << ": found " << error->found << " allowed " << error->allowed;
  }
}

struct Wrong {
  std::string text;
  std::size_t offset;
  std::string_view allowed;
};

TEST(Syntax, SaysWhereItIsWrongAndWhatWasExpected) {
  const std::string deep(limits::json_depth_max + 1, '[');
  for (const Wrong& wrong : std::vector<Wrong>{
           {R"({"a":1,})", 7, "a field name"},
           {"[1,]", 3, "another value"},
           {"[1 2]", 3, "a comma or ]"},
           {R"({"a" 1})", 5, "a colon"},
           {R"({"a":1 "b":2})", 7, "a comma or }"},
           {"{a:1}", 1, "a field name"},
           {R"({"a":})", 5, "a value"},
           {R"({"a":1]})", 6, "a comma or }"},
           {"", 0, "a value"},
           {"[", 1, "a value"},
           {"{} {}", 3, "the end"},
           {"\"a", 0, "text that ends"},
           {"\"a\nb\"", 2, "a quotation mark"},
           {"\"a\tb\"", 2, "no control"},
           {"\"\\x\"", 1, "\\ and one of"},
           {"\"\\u12g4\"", 1, "\\u and four"},
           {"\"\\ud800\"", 1, "a character"},
           {"\"\\udc00\"", 1, "a character"},
           {"\"\\ud800\\u0041\"", 1, "a character"},
           {"\"\xff\"", 1, "text in UTF-8"},
           {"\"\xc0\xaf\"", 1, "text in UTF-8"},
           {"\"\xed\xa0\x80\"", 1, "text in UTF-8"},
           {"\"\xf4\x90\x80\x80\"", 1, "text in UTF-8"},
           {"\"\xe2\x82\"", 1, "text in UTF-8"},
           {"01", 0, "a number without a zero"},
           {"1.", 0, "a digit after the point"},
           {"1e", 0, "a digit in the exponent"},
           {"-", 0, "a value"},
           {"+1", 0, "a value"},
           {"1e999", 0, "a number that fits"},
           {"18446744073709551616", 0, "a number that fits"},
           {"nul", 0, "a value"},
           {"'a'", 0, "a value"},
           {deep, limits::json_depth_max, "at most 64"},
       }) {
    const auto error = find_syntax_error(wrong.text);
    ASSERT_TRUE(error.has_value()) << wrong.text;
    EXPECT_EQ(error->offset, wrong.offset) << wrong.text;
    EXPECT_TRUE(error->allowed.starts_with(wrong.allowed)) << wrong.text << ": " << error->allowed;
    EXPECT_FALSE(error->found.empty());
  }
}

TEST(Syntax, TakesTheDepthThatIsAllowed) {
  const std::string open(limits::json_depth_max, '[');
  const std::string close(limits::json_depth_max, ']');
  EXPECT_FALSE(find_syntax_error(open + close).has_value());
}

}  // namespace
}  // namespace moot::record

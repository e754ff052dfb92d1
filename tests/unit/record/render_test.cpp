#include "record/render.hpp"

#include <gtest/gtest.h>

namespace moot::record {
namespace {

TEST(Render, ShowsPlainTextAsItIs) {
  EXPECT_EQ(shown("Caf\xc3\xa9 10-2"), "Caf\xc3\xa9 10-2");
  EXPECT_EQ(quoted(""), "\"\"");
}

TEST(Render, EscapesWhatCouldDriveATerminal) {
  EXPECT_EQ(shown("a\x1b[2Jb"), "a\\u001b[2Jb");
  EXPECT_EQ(shown("a\r\n\tb"), "a\\u000d\\n\\tb");
  EXPECT_EQ(shown("\xc2\x9b"), "\\u009b");  // the one-character form of ESC [
  EXPECT_EQ(shown("\xe2\x80\xae"
                  "abc"),
            "\\u202eabc");  // right-to-left override
  EXPECT_EQ(shown(std::string_view("\0", 1)), "\\u0000");
}

TEST(Render, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(shown("\xff"), "\\xff");
  EXPECT_EQ(shown("\xc3"), "\\xc3");
  EXPECT_EQ(shown("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(Render, CutsLongTextBetweenCharacters) {
  for (std::size_t max = 3; max < 60; ++max) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "\xe2\x82\xac";
    const std::string cut = shown(text, max);
    EXPECT_LE(cut.size(), max);
    EXPECT_TRUE(cut.ends_with("..."));
    EXPECT_EQ((cut.size() - 3) % 3, 0U);
  }
  EXPECT_EQ(shown("12345678", 8), "12345678");
  EXPECT_EQ(shown("123456789", 8), "12345...");
}

TEST(Render, PointerStepsAreEscapedAsInRfc6901) {
  EXPECT_EQ(pointer_step("a/b~c"), "/a~1b~0c");
  EXPECT_EQ(pointer_step(""), "/");
}

}  // namespace
}  // namespace moot::record

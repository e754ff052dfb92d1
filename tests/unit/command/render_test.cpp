#include "command/render.hpp"

#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "command/nearest.hpp"

namespace moot::command {
namespace {

TEST(Render, CountsInWords) {
  EXPECT_EQ(counted(0, "entry", "entries"), "0 entries");
  EXPECT_EQ(counted(1, "entry", "entries"), "1 entry");
  EXPECT_EQ(counted(1234567, "entry", "entries"), "1,234,567 entries");
  EXPECT_EQ(number_text(999), "999");
  EXPECT_EQ(number_text(1000), "1,000");
}

TEST(Render, SizesHaveUnits) {
  EXPECT_EQ(size_text(1), "1 byte");
  EXPECT_EQ(size_text(999), "999 bytes");
  EXPECT_EQ(size_text(1000), "1.0 kB");
  EXPECT_EQ(size_text(999'960), "1.0 MB");
  EXPECT_EQ(size_text(64ULL << 20), "67.1 MB");
  EXPECT_EQ(size_text(~std::uint64_t{0}), "18.4 EB");
}

TEST(Render, TimesAreUtcAndCannotOverflow) {
  EXPECT_EQ(time_text(0), "1970-01-01 00:00 UTC");
  EXPECT_EQ(time_text(1'709'285'400'000), "2024-03-01 09:30 UTC");
  EXPECT_FALSE(time_text(~std::uint64_t{0}).empty());
}

TEST(Render, AgesAreRoundedDown) {
  constexpr std::uint64_t now = 1'709'285'400'000;
  EXPECT_EQ(age_text(now - 59'999, now), "just now");
  EXPECT_EQ(age_text(now - 60'000, now), "1 minute ago");
  EXPECT_EQ(age_text(now - 47ULL * 3'600'000, now), "47 hours ago");
  EXPECT_EQ(age_text(now - 48ULL * 3'600'000, now), "2 days ago");
  EXPECT_EQ(age_text(now + 30'000, now), "just now");
  EXPECT_EQ(age_text(now + 120'000, now), "2024-03-01 09:32 UTC");
}

// Names and records come from strangers: nothing of theirs may reach the terminal as a command.
TEST(Render, TakesControlCharactersOut) {
  EXPECT_EQ(printable("Tŷ Hafan – 愛"), "Tŷ Hafan – 愛");
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\xEF\xBF\xBD[2Jb");
  EXPECT_EQ(printable("a\nb\tc"), "a b c");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "\xEF\xBF\xBD"
            "31m");  // C1 CSI
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a\xEF\xBF\xBD"
            "b");  // right-to-left override
  EXPECT_EQ(printable("\xFF\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(printable("\xE2\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Render, TablesAlignByCharacters) {
  Table table({"Name", "Entries"});
  table.add({"Tŷ", "1"});
  table.add({"Hall Trust", "20"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "Name        Entries\nTŷ          1\nHall Trust  20\n");
}

TEST(Nearest, FindsASlipAndNotAStranger) {
  const std::array<std::string, 4> commands = {"status", "sync", "show", "schema"};
  EXPECT_EQ(nearest("stauts", commands), "status");
  EXPECT_EQ(nearest("sch", commands), "schema");
  EXPECT_EQ(nearest("frobnicate", commands), "");
  EXPECT_EQ(nearest("", commands), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), commands), "");
}

}  // namespace
}  // namespace moot::command

#include "command/recovery_sheet.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "command/qr.hpp"
#include "command/recovery_check.hpp"
#include "command/recovery_code.hpp"

namespace moot::command {
namespace {

crypto::SigningKey key_of(std::uint8_t filling) {
  FixedBytes<32> seed;
  seed.fill(filling);
  return crypto::SigningKey::from_seed(seed);
}

RecoverySheet a_sheet() { return make_sheet("Hall <& Trust>", "moot1qqq", key_of(0x21)); }

TEST(RecoverySheet, IsReadAsFileWordsOrCode) {
  const auto sheet = a_sheet();
  for (const std::string& text :
       {sheet_text(sheet), sheet.words, sheet.code, " " + sheet.code + "\n"}) {
    const auto read = read_recovery(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->public_key(), key_of(0x21).public_key());
  }
}

TEST(RecoverySheet, SaysWhichWordIsWrong) {
  const auto sheet = a_sheet();
  const std::string first = sheet.words.substr(0, sheet.words.find(' '));
  const auto read = read_recovery("z" + sheet.words);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "usage");
  EXPECT_NE(read.error().message.find("word 1"), std::string::npos) << read.error().message;
  EXPECT_NE(read.error().hint.find(first), std::string::npos) << read.error().hint;
  EXPECT_NE(read_recovery("above").error().message.find("here are 1"), std::string::npos);
  EXPECT_NE(read_recovery("mootr1qqqq").error().message.find("mistyped"), std::string::npos);
  EXPECT_FALSE(read_recovery("moot/recovery/v1\nnothing"));
}

TEST(RecoverySheet, NumbersItsWords) {
  const std::string table = word_table(a_sheet().words);
  for (int i = 1; i <= 27; ++i) {
    EXPECT_NE(table.find(" " + std::to_string(i) + ". "), std::string::npos) << i;
  }
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 9);
}

TEST(RecoverySheet, IsAPageWhoseTextIsEscaped) {
  const std::string page = sheet_svg(a_sheet());
  EXPECT_NE(page.find("Hall &lt;&amp; Trust&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<& Trust"), std::string::npos);
  EXPECT_NE(page.find("27. "), std::string::npos);
  EXPECT_TRUE(page.ends_with("</svg>\n"));
}

TEST(Qr, IsTheSameInBothForms) {
  const QrPath path = qr_path("MOOTR1QQQQ");
  const std::string shown = terminal_qr("MOOTR1QQQQ");
  const auto lines = static_cast<std::size_t>(std::count(shown.begin(), shown.end(), '\n'));
  EXPECT_EQ(lines, (path.width + 1) / 2);
  EXPECT_EQ(path.width, 21U + 8U);  // version 1, the smallest, and its quiet zone
  // The finder pattern's upper edge: seven dark squares after four light ones.
  EXPECT_TRUE(path.path.starts_with("M4 4h7v1h-7z")) << path.path.substr(0, 40);
  EXPECT_TRUE(shown.starts_with("█"));
}

TEST(WordsBack, AreAskedByNumberAndForgiveASlip) {
  const std::string words = "above abroad absent accept";
  std::vector<std::string> answers = {"abroad", "ABSEnt", "acce"};
  std::vector<std::string> asked;
  const auto ask = [&](const std::string& question) -> std::optional<std::string> {
    asked.push_back(question);
    return answers[asked.size() - 1];
  };
  EXPECT_TRUE(check_words_back(words, {3, 4}, ask));
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_NE(asked[0].find("word 3"), std::string::npos);
  EXPECT_NE(asked[1].find("not it"), std::string::npos);
  EXPECT_NE(asked[2].find("word 4"), std::string::npos);
}

TEST(WordsBack, EndWithoutTheRightOnes) {
  const auto end = [](const std::string&) -> std::optional<std::string> { return {}; };
  EXPECT_EQ(check_words_back("above abroad", {1, 2}, end).error().code, "failed");
  int asked = 0;
  const auto wrong = [&](const std::string&) -> std::optional<std::string> {
    ++asked;
    return "abo";  // too short to tell
  };
  EXPECT_FALSE(check_words_back("above abroad", {1, 2}, wrong));
  EXPECT_EQ(asked, 5);
}

TEST(WordsBack, AreTwoDifferentOnes) {
  for (int i = 0; i < 200; ++i) {
    const auto numbers = two_word_numbers();
    EXPECT_NE(numbers[0], numbers[1]);
    EXPECT_TRUE(numbers[0] >= 1 && numbers[0] <= 27 && numbers[1] >= 1 && numbers[1] <= 27);
  }
}

}  // namespace
}  // namespace moot::command

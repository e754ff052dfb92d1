#include "log/words.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "base/edit_distance.hpp"
#include "support.hpp"

namespace moot::log {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += word + " ";
  return out;
}

WordFault fault_of(const std::string& text) {
  const auto read = parse_words(text);
  EXPECT_FALSE(read);
  return read ? WordFault{} : read.error();
}

TEST(WordList, IsInOrderAndCannotBeMixedUp) {
  const auto list = word_list();
  EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
  std::set<std::string_view> beginnings;
  for (const std::string_view word : list) {
    EXPECT_TRUE(word.size() >= 4 && word.size() <= 7) << word;
    EXPECT_TRUE(std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
        << word;
    EXPECT_TRUE(beginnings.insert(word.substr(0, 4)).second) << word;
  }
  EXPECT_EQ(beginnings.size(), 1024U);
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_GE(edit_distance(list[i], list[j]), 2U) << list[i] << " " << list[j];
    }
  }
}

TEST(Words, GiveTheKeyBack) {
  for (const int seed : {0, 1, 0x5a, 0xff}) {
    const auto key = test::fixed_key(static_cast<std::uint8_t>(seed));
    const std::string words = to_words(key);
    EXPECT_EQ(split(words).size(), word_count);
    const auto read = parse_words(words);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->public_key(), key.public_key());
  }
}

TEST(Words, AreTheSameForEver) {
  // A sheet that was printed by an earlier version.
  EXPECT_EQ(to_words(test::fixed_key(0)).substr(0, 18), "above above above ");
  EXPECT_EQ(split(to_words(test::fixed_key(0xff)))[0], "zoology");
  std::string seven;
  for (int i = 0; i < 6; ++i) seven += "already brush import sausage ";
  EXPECT_EQ(to_words(test::fixed_key(7)), seven + "already cactus throne");
}

TEST(Words, AreReadAsPeopleWriteThem) {
  const auto key = test::fixed_key(0x31);
  const auto words = split(to_words(key));
  std::string written = "\n";
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = i % 3 == 0 ? words[i].substr(0, 4) : words[i];
    if (i % 2 == 0) {
      std::transform(word.begin(), word.end(), word.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    }
    written += "  " + std::to_string(i + 1) + ". " + word + (i % 5 == 4 ? ",\r\n" : "  ");
  }
  const auto read = parse_words(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key(), key.public_key());
}

TEST(Words, TellWhichWordIsWrongAndWhatWasMeant) {
  auto words = split(to_words(test::fixed_key(0x31)));
  const std::string right = words[4];
  words[4] = "x" + right;
  const auto fault = fault_of(joined(words));
  EXPECT_EQ(fault.fault, Fault::bad_value);
  EXPECT_EQ(fault.number, 5U);
  EXPECT_EQ(fault.word, "x" + right);
  EXPECT_EQ(fault.nearest, right);
  words[4] = "qqqqqqqq";
  EXPECT_EQ(fault_of(joined(words)).nearest, "");
  words[4] = std::string(100'000, 'a');
  EXPECT_EQ(fault_of(joined(words)).number, 5U);
}

TEST(Words, TellHowManyThereAre) {
  auto words = split(to_words(test::fixed_key(0x31)));
  words.pop_back();
  EXPECT_EQ(fault_of(joined(words)).fault, Fault::bad_text);
  EXPECT_EQ(fault_of(joined(words)).number, 26U);
  words.insert(words.end(), {"above", "above"});
  EXPECT_EQ(fault_of(joined(words)).number, 28U);
  EXPECT_EQ(fault_of("").number, 0U);
  EXPECT_EQ(fault_of("above/absent").fault, Fault::bad_text);
  EXPECT_EQ(fault_of("caf\xc3\xa9").fault, Fault::bad_text);
}

TEST(Words, CatchAnotherWordOfTheListAndAnotherOrder) {
  const auto words = split(to_words(test::fixed_key(0x31)));
  std::size_t caught = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto wrong = words;
    wrong[i] = wrong[i] == "above" ? "absent" : "above";
    if (fault_of(joined(wrong)).fault == Fault::bad_checksum) ++caught;
  }
  EXPECT_EQ(caught, words.size());
  auto swapped = words;
  std::swap(swapped[2], swapped[3]);
  ASSERT_NE(swapped, words);
  EXPECT_EQ(fault_of(joined(swapped)).fault, Fault::bad_checksum);
}

}  // namespace
}  // namespace moot::log

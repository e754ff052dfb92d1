#include "crypto/secret.hpp"

#include "crypto/fault.hpp"
#include "support.hpp"

namespace moot::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Secret<32>> && !std::is_copy_assignable_v<Secret<32>>);

bool is_filled_with(ByteView bytes, std::uint8_t value) {
  return std::ranges::all_of(bytes, [value](std::uint8_t byte) { return byte == value; });
}

TEST(Secret, BeginsAsZeros) { EXPECT_TRUE(is_filled_with(Secret<64>().view(), 0)); }

TEST(Secret, TakesItsSourceAway) {
  FixedBytes<32> source;
  source.fill(7);
  const Secret<32> secret(source);
  EXPECT_TRUE(is_filled_with(secret.view(), 7));
  EXPECT_TRUE(is_filled_with(source, 0));
}

TEST(Secret, MovesAndLeavesNothing) {
  FixedBytes<32> source;
  source.fill(7);
  Secret<32> first(source);
  Secret<32> second = std::move(first);
  // That the moved-from one is empty is what is shown.
  EXPECT_TRUE(first.is_empty());  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_TRUE(is_filled_with(second.view(), 7));
  first = second.clone();
  EXPECT_TRUE(is_filled_with(first.view(), 7));
  EXPECT_NE(first.view().data(), second.view().data());
}

TEST(SecretDeathTest, EndsTheProgramThatWritesASealedOne) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  FixedBytes<32> source{};
  Secret<32> secret(source);
  // A pointer taken before the seal is the stray write that the seal is there for.
  std::uint8_t* const stray = secret.writable().data();
  *stray = 1;
  secret.seal();
  EXPECT_EQ(secret.view()[0], 1);
  EXPECT_DEATH(*static_cast<volatile std::uint8_t*>(stray) = 2, "");
}

TEST(Bytes, CompareInConstantTimeAsTheyAre) {
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_TRUE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_FALSE(equal_in_constant_time(Bytes{1, 2}, Bytes{1, 2, 3}));
}

TEST(RandomBytes, DoNotRepeat) {
  FixedBytes<32> first{};
  FixedBytes<32> second{};
  random_bytes(first);
  random_bytes(second);
  EXPECT_NE(first, second);
}

TEST(Fault, HasWordsOfItsOwn) {
  std::vector<std::string_view> said;
  for (int i = 0; i <= static_cast<int>(Fault::unknown_format); ++i) {
    const std::string_view words = describe(static_cast<Fault>(i));
    EXPECT_FALSE(words.empty());
    EXPECT_NE(words.back(), '.');
    EXPECT_EQ(std::ranges::count(said, words), 0) << words;
    said.push_back(words);
  }
}

}  // namespace
}  // namespace moot::crypto

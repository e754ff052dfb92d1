#include "command/recovery_code.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace moot::command {
namespace {

crypto::SigningKey key_of(std::uint8_t filling) {
  FixedBytes<32> seed;
  seed.fill(filling);
  return crypto::SigningKey::from_seed(seed);
}

TEST(RecoveryCode, GivesTheKeyBack) {
  for (const int filling : {0, 1, 0x5A, 0xFF}) {
    const auto key = key_of(static_cast<std::uint8_t>(filling));
    const auto read = read_recovery_code(recovery_code(key));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->public_key(), key.public_key());
  }
}

TEST(RecoveryCode, IsSixteenGroupsOfFour) {
  const std::string code = recovery_code(key_of(7));
  EXPECT_EQ(code.size(), 16 * 4 + 15);
  EXPECT_EQ(std::count(code.begin(), code.end(), ' '), 15);
  EXPECT_TRUE(code.starts_with("moot r1"));
}

TEST(RecoveryCode, ForgivesHandwriting) {
  const auto key = key_of(0x11);
  std::string code = recovery_code(key);
  std::transform(code.begin(), code.end(), code.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  std::replace(code.begin(), code.end(), ' ', '-');
  const auto read = read_recovery_code("  " + code + "\r\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key(), key.public_key());
}

TEST(RecoveryCode, CatchesEveryWrongCharacter) {
  const std::string code = recovery_code(key_of(0x33));
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == ' ') continue;
    std::string wrong = code;
    wrong[i] = wrong[i] == '7' ? '8' : '7';
    EXPECT_FALSE(read_recovery_code(wrong)) << i;
  }
}

TEST(RecoveryCode, SaysWhatIsNoCode) {
  const std::string code = recovery_code(key_of(0x33));
  const auto fault_of = [](std::string_view text) { return read_recovery_code(text).error(); };
  EXPECT_EQ(fault_of(""), log::Fault::bad_text);
  EXPECT_EQ(fault_of(code + "q"), log::Fault::bad_text);
  EXPECT_EQ(fault_of(code.substr(0, code.size() - 1) + (code.back() == 'q' ? "p" : "q")),
            log::Fault::bad_checksum);
  // A code for something else, with a good checksum.
  EXPECT_EQ(fault_of("moot1" + code.substr(7)), log::Fault::bad_text);
}

}  // namespace
}  // namespace moot::command

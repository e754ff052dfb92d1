#include "crypto/reserve_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "crypto/key_file.hpp"
#include "support.hpp"
#include "support/shared.hpp"

namespace moot::crypto {
namespace {

/// The least that Argon2id takes, so that the tests are quick.
constexpr PassphraseCost least{1, 8192};

SigningKey a_key(std::uint8_t filling) {
  FixedBytes<32> seed;
  seed.fill(filling);
  return SigningKey::from_seed(seed);
}

SealedReserveKey sealed() { return seal_reserve_key(a_key(5), "open sesame", least).value(); }

TEST(ReserveKey, IsOpenedByItsPassphraseAlone) {
  const auto key = sealed();
  const auto opened = open_reserve_key(key, "open sesame");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->public_key(), a_key(5).public_key());
  for (const char* wrong : {"open sesam", "Open sesame", "open sesame ", ""}) {
    EXPECT_EQ(open_reserve_key(key, wrong).error(), Fault::wrong_passphrase) << wrong;
  }
}

TEST(ReserveKey, IsSealedAnewEachTime) { EXPECT_FALSE(sealed() == sealed()); }

TEST(ReserveKey, BindsAllThatItsFileSays) {
  const auto key = sealed();
  auto other = key;
  other.salt[0] ^= 1;
  EXPECT_EQ(open_reserve_key(other, "open sesame").error(), Fault::wrong_passphrase);
  other = key;
  other.nonce[0] ^= 1;
  EXPECT_EQ(open_reserve_key(other, "open sesame").error(), Fault::wrong_passphrase);
  other = key;
  other.sealed[47] ^= 1;
  EXPECT_EQ(open_reserve_key(other, "open sesame").error(), Fault::wrong_passphrase);
  other = key;
  other.cost.rounds = 2;
  EXPECT_EQ(open_reserve_key(other, "open sesame").error(), Fault::wrong_passphrase);
}

TEST(ReserveKey, ComesBackFromItsText) {
  const auto key = sealed();
  const std::string text = to_text(key);
  EXPECT_TRUE(text.starts_with("moot/reserve-key/v1\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
  EXPECT_EQ(parse_reserve_key(text).value(), key);
}

TEST(ReserveKey, RefusesATextThatIsNotStrict) {
  const std::string text = to_text(sealed());
  EXPECT_EQ(parse_reserve_key("").error(), Fault::unknown_format);
  EXPECT_EQ(parse_reserve_key("moot/reserve-key/v2\n" + text.substr(20)).error(),
            Fault::unknown_format);
  EXPECT_EQ(parse_reserve_key("moot/node-key/v1\n").error(), Fault::wrong_use);
  EXPECT_EQ(parse_reserve_key(text + "\n").error(), Fault::bad_encoding);
  EXPECT_EQ(parse_reserve_key(text.substr(0, text.size() - 1)).error(), Fault::bad_encoding);
  EXPECT_EQ(parse_reserve_key(text.substr(0, 33)).error(), Fault::bad_encoding);
  EXPECT_EQ(parse_reserve_key(std::string(100'000, 'x')).error(), Fault::unknown_format);
}

TEST(ReserveKey, ComputesNothingThatIsTooDear) {
  auto key = sealed();
  key.cost.memory_bytes = limits::passphrase_memory_bytes_max + 1;
  EXPECT_EQ(parse_reserve_key(to_text(key)).error(), Fault::too_costly);
  EXPECT_EQ(open_reserve_key(key, "open sesame").error(), Fault::too_costly);
  key = sealed();
  key.cost.rounds = limits::passphrase_rounds_max + 1;
  EXPECT_EQ(parse_reserve_key(to_text(key)).error(), Fault::too_costly);
  key.cost = {0, 0};
  EXPECT_EQ(parse_reserve_key(to_text(key)).error(), Fault::too_costly);
}

TEST(ReserveKey, MayCostWhatMootAsksFor) {
  for (const PassphraseCost& cost : {usual_cost(), small_cost()}) {
    auto key = sealed();
    key.cost = cost;
    EXPECT_TRUE(parse_reserve_key(to_text(key)));
  }
}

TEST(ReserveKeyFile, IsItsOwnersAloneAndForNoOtherUse) {
  moot::test::TemporaryFolder folder;
  const auto path = folder.path() / "officer.key";
  const auto key = sealed();
  ASSERT_TRUE(write_reserve_key_file(path, key));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(read_reserve_key_file(path).value(), key);
  EXPECT_EQ(write_reserve_key_file(path, key).error(), Fault::file_exists);
  EXPECT_EQ(read_key_file(path, KeyUse::log).error(), Fault::wrong_use);
  EXPECT_EQ(read_key_file(path, KeyUse::node).error(), Fault::wrong_use);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(read_reserve_key_file(path).value(), key);  // as on a stick
}

}  // namespace
}  // namespace moot::crypto

#include "crypto/signing.hpp"

#include <chrono>

#include "support.hpp"

namespace moot::crypto {
namespace {

using test::fixed;
using test::hex;

struct Published {
  std::string_view seed;
  std::string_view key;
  std::string_view message;
  std::string_view signature;
};

// RFC 8032 section 7.1, tests 1 to 3.
constexpr Published published[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

SigningKey fixed_key(std::uint8_t which) {
  FixedBytes<32> seed;
  seed.fill(which);
  return SigningKey::from_seed(seed);
}

TEST(SigningKey, GivesThePublishedKeysAndSignatures) {
  for (const Published& vector : published) {
    FixedBytes<32> seed = fixed<32>(hex(vector.seed));
    const SigningKey key = SigningKey::from_seed(seed);
    EXPECT_EQ(seed, FixedBytes<32>{});
    EXPECT_EQ(to_hex(key.public_key().bytes()), vector.key);
    EXPECT_EQ(to_hex(key.sign(hex(vector.message))), vector.signature);
    EXPECT_EQ(to_hex(key.seed().view()), vector.seed);
    EXPECT_TRUE(key.public_key().verify(hex(vector.message), fixed<64>(hex(vector.signature))));
  }
}

TEST(SigningKey, IsAnotherEachTimeItIsGenerated) {
  EXPECT_NE(SigningKey::generate().public_key(), SigningKey::generate().public_key());
}

TEST(SigningKey, SignsAsItsCloneAndItsSeedDo) {
  const SigningKey key = SigningKey::generate();
  FixedBytes<32> seed = fixed<32>(key.seed().view());
  const SigningKey again = SigningKey::from_seed(seed);
  EXPECT_EQ(key.sign(view_of("text")), key.clone().sign(view_of("text")));
  EXPECT_EQ(key.sign(view_of("text")), again.sign(view_of("text")));
}

TEST(PublicKey, RefusesEveryChangedBitOfASignatureMessageOrKey) {
  const SigningKey key = fixed_key(1);
  Bytes message = {1, 2, 3};
  Signature signature = key.sign(message);
  for (std::size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    signature[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(key.public_key().verify(message, signature)) << bit;
    signature[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
    message[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(key.public_key().verify(message, signature)) << bit;
    message[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    PublicKeyBytes bytes = key.public_key().bytes();
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const Result<PublicKey, Fault> changed = PublicKey::from_bytes(bytes);
    EXPECT_FALSE(changed.has_value() && changed->verify(message, signature)) << bit;
  }
  EXPECT_TRUE(key.public_key().verify(message, signature));
}

TEST(PublicKey, RefusesAnSThatIsNotReduced) {
  const SigningKey key = fixed_key(1);
  Signature signature = key.sign(view_of("text"));
  const Bytes order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  EXPECT_EQ(carry, 0U);
  EXPECT_FALSE(key.public_key().verify(view_of("text"), signature));
}

TEST(PublicKey, RefusesWhatIsNoPointOfTheGroup) {
  for (const std::string_view text : {
           "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
           "0100000000000000000000000000000000000000000000000000000000000000",  // identity
           "0200000000000000000000000000000000000000000000000000000000000000",  // off the curve
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // y = p + 1
           // Twice the order of the group: what libsodium took for valid before December 2025.
           "ef4157ae94ab8de157b281383e108b34942d6364f45524f59d777ef2e9aee85b",
       }) {
    const Result<PublicKey, Fault> key = PublicKey::from_bytes(fixed<32>(hex(text)));
    ASSERT_FALSE(key.has_value()) << text;
    EXPECT_EQ(key.error(), Fault::bad_public_key);
  }
}

TEST(SignUse, IsOverTheNamedDomainWithItsZeroByte) {
  const SigningKey key = fixed_key(1);
  using std::string_view_literals::operator""sv;
  const Signature plain = key.sign(view_of("moot/establish/v1\0body"sv));
  EXPECT_EQ(key.sign_use("establish", view_of("body")), plain);
  EXPECT_TRUE(key.public_key().verify_use("establish", view_of("body"), plain));
}

TEST(VerifyUse, RefusesASignatureForAnotherUse) {
  const SigningKey key = fixed_key(1);
  const Signature signature = key.sign_use("hello", view_of("body"));
  EXPECT_TRUE(key.public_key().verify_use("hello", view_of("body"), signature));
  EXPECT_FALSE(key.public_key().verify_use("establish", view_of("body"), signature));
  EXPECT_FALSE(key.public_key().verify_use("hell", view_of("obody"), signature));
  EXPECT_FALSE(key.public_key().verify(view_of("body"), signature));
  EXPECT_FALSE(fixed_key(2).public_key().verify_use("hello", view_of("body"), signature));
}

TEST(SelfTest, AgreesWithThisLibraryInLittleTime) {
  EXPECT_TRUE(self_test());
  auto best = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 5; ++i) {  // the best of five, since other programs run too
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(self_test());
    best = std::min(best, std::chrono::steady_clock::now() - start);
  }
  EXPECT_LT(std::chrono::duration_cast<std::chrono::milliseconds>(best).count(), 5);
}

}  // namespace
}  // namespace moot::crypto

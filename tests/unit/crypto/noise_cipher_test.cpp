#include "base/limits.hpp"
#include "crypto/noise.hpp"
#include "crypto/noise_primitives.hpp"
#include "support.hpp"

namespace moot::crypto {
namespace {

FixedBytes<32> key_bytes() {
  FixedBytes<32> key;
  key.fill(5);
  return key;
}

NoiseCipher a_cipher() {
  FixedBytes<32> key = key_bytes();
  return NoiseCipher(Secret<32>(key));
}

Bytes sealed(NoiseCipher& cipher, ByteView plain) {
  Bytes buffer = to_bytes(plain);
  buffer.resize(buffer.size() + NoiseCipher::tag_bytes);
  cipher.encrypt(buffer);
  return buffer;
}

TEST(NoiseCipher, ReadsBackEachSizeInPlace) {
  NoiseCipher send = a_cipher();
  NoiseCipher receive = a_cipher();
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 1000U, 65'519U}) {
    const Bytes plain(size, 0x5a);
    Bytes buffer = sealed(send, plain);
    const auto opened = receive.decrypt(buffer);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->data(), buffer.data());
    EXPECT_TRUE(std::ranges::equal(*opened, plain));
  }
}

TEST(NoiseCipher, RefusesEachChangedByteAndIsThenDead) {
  for (std::size_t at = 0; at < 40 + NoiseCipher::tag_bytes; ++at) {
    NoiseCipher send = a_cipher();
    NoiseCipher receive = a_cipher();
    const Bytes good = sealed(send, Bytes(40, 1));
    Bytes bad = good;
    bad[at] ^= 1;
    EXPECT_EQ(receive.decrypt(bad).error(), Fault::bad_message) << at;
    Bytes again = good;
    EXPECT_EQ(receive.decrypt(again).error(), Fault::bad_message) << at;
  }
}

TEST(NoiseCipher, RefusesMessagesShortLongRepeatedOrSwapped) {
  for (std::size_t size = 0; size < 40 + NoiseCipher::tag_bytes; ++size) {
    NoiseCipher send = a_cipher();
    Bytes cut = sealed(send, Bytes(40, 1));
    cut.resize(size);
    EXPECT_EQ(a_cipher().decrypt(cut).error(), Fault::bad_message) << size;
  }
  Bytes too_long(limits::noise_message_bytes_max + 1);
  EXPECT_EQ(a_cipher().decrypt(too_long).error(), Fault::message_too_long);

  NoiseCipher send = a_cipher();
  const Bytes first = sealed(send, Bytes(3, 1));
  const Bytes second = sealed(send, Bytes(3, 2));
  Bytes buffer = second;
  EXPECT_EQ(a_cipher().decrypt(buffer).error(), Fault::bad_message);
  NoiseCipher receive = a_cipher();
  buffer = first;
  EXPECT_TRUE(receive.decrypt(buffer).has_value());
  buffer = first;
  EXPECT_EQ(receive.decrypt(buffer).error(), Fault::bad_message);
}

// Against the primitives alone: the key changes after rekey_messages messages, and the count of the
// nonce goes on.
TEST(NoiseCipher, RekeysOnTimeInBothDirections) {
  NoiseCipher send = a_cipher();
  NoiseCipher receive = a_cipher();
  FixedBytes<32> key = key_bytes();
  for (std::uint64_t i = 0; i < 2 * limits::rekey_messages + 2; ++i) {
    if (i == limits::rekey_messages || i == 2 * limits::rekey_messages) noise::rekey(key);
    FixedBytes<1 + NoiseCipher::tag_bytes> buffer{static_cast<std::uint8_t>(i)};
    FixedBytes<1 + NoiseCipher::tag_bytes> expected = buffer;
    send.encrypt(buffer);
    noise::seal(key, noise::nonce_of(i), {}, expected);
    ASSERT_EQ(buffer, expected) << i;
    ASSERT_TRUE(receive.decrypt(buffer).has_value()) << i;
  }
}

// Section 4.2, by the plain reading of it: the first 32 bytes of ENCRYPT(k, 2^64 - 1, "", 32
// zeros).
TEST(NoiseRekey, IsTheEncryptionOfZeros) {
  FixedBytes<32> key = key_bytes();
  FixedBytes<48> zeros{};
  const FixedBytes<12> nonce{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  noise::seal(key, nonce, {}, zeros);
  noise::rekey(key);
  EXPECT_EQ(key, test::fixed<32>(ByteView(zeros).first(32)));
}

TEST(NoiseNonce, IsLittleEndianAfterFourZeros) {
  EXPECT_EQ(to_hex(noise::nonce_of(0x0102030405060708)), "000000000807060504030201");
}

// RFC 4231, test case 2.
TEST(NoiseHmac, GivesThePublishedTag) {
  FixedBytes<32> tag{};
  noise::hmac_sha256(view_of("Jefe"), view_of("what do ya want "), view_of("for nothing?"), tag);
  EXPECT_EQ(to_hex(tag), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 5869, test case 3: no salt, no info; its 42 bytes begin our 64.
TEST(NoiseHkdf, GivesThePublishedBytes) {
  FixedBytes<32> first{};
  FixedBytes<32> second{};
  noise::hkdf({}, Bytes(22, 0x0b), first, second);
  EXPECT_EQ(to_hex(first) + to_hex(second).substr(0, 20),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

// RFC 7748, section 6.1.
TEST(NoiseX25519, GivesThePublishedKeysAndSecret) {
  FixedBytes<32> alice = test::fixed<32>(
      test::hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  const auto bob_public = test::fixed<32>(
      test::hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
  FixedBytes<32> shared{};
  ASSERT_TRUE(noise::x25519(alice, bob_public, shared));
  EXPECT_EQ(to_hex(shared), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  EXPECT_EQ(to_hex(DhKeyPair::from_secret(alice).public_key),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(alice, FixedBytes<32>{});  // taken, as from_secret says
}

TEST(NoiseX25519, RefusesAnAllZeroResult) {
  FixedBytes<32> shared{};
  const DhKeyPair own = test::fixed_pair(1);
  EXPECT_FALSE(noise::x25519(own.secret.view(), FixedBytes<32>{}, shared));
  EXPECT_FALSE(noise::x25519(own.secret.view(), FixedBytes<32>{1}, shared));
}

TEST(DhKeyPair, IsAnotherEachTimeItIsGenerated) {
  EXPECT_NE(DhKeyPair::generate().public_key, DhKeyPair::generate().public_key);
}

TEST(NoiseCipherDeathTest, EndsTheProgramThatWritesTooLong) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  NoiseCipher cipher = a_cipher();
  Bytes too_long(limits::noise_message_bytes_max + 1);
  EXPECT_DEATH(cipher.encrypt(too_long), "noise_message_bytes_max");
  Bytes too_short(NoiseCipher::tag_bytes - 1);
  EXPECT_DEATH(cipher.encrypt(too_short), "tag_bytes");
}

}  // namespace
}  // namespace moot::crypto

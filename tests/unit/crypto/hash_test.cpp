#include "crypto/hash.hpp"

#include <thread>

#include "support.hpp"

namespace moot::crypto {
namespace {

// FIPS 180-4 examples.
constexpr std::string_view of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view of_two_blocks =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr std::string_view two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(to_hex(sha256({})), of_nothing);
  EXPECT_EQ(to_hex(sha256(view_of("abc"))), of_abc);
  EXPECT_EQ(to_hex(sha256(view_of(two_blocks))), of_two_blocks);
}

TEST(Sha256, HashesPartsAsTheirConcatenation) {
  for (std::size_t i = 0; i <= two_blocks.size(); ++i) {
    const ByteView first = view_of(two_blocks.substr(0, i));
    const ByteView rest = view_of(two_blocks.substr(i));
    EXPECT_EQ(to_hex(sha256(first, rest)), of_two_blocks);
    EXPECT_EQ(to_hex(sha256(first, {}, rest)), of_two_blocks);
    EXPECT_EQ(to_hex(sha256(first.first(i / 2), first.subspan(i / 2), rest)), of_two_blocks);
  }
}

TEST(Sha256, StartsAfreshAfterItsDigest) {
  Sha256 running;
  running.update(view_of("a")).update({}).update(view_of("bc"));
  EXPECT_EQ(to_hex(running.finish()), of_abc);
  EXPECT_EQ(to_hex(running.finish()), of_nothing);
  EXPECT_EQ(to_hex(running.update(view_of(two_blocks)).finish()), of_two_blocks);
}

TEST(Sha256, OfOneThreadDoesNotDisturbAnother) {
  Sha256 running;
  running.update(view_of("a"));
  std::thread other([] {
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(to_hex(sha256(view_of(two_blocks))), of_two_blocks);
  });
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(to_hex(sha256(view_of("abc"))), of_abc);
  other.join();
  EXPECT_EQ(to_hex(running.update(view_of("bc")).finish()), of_abc);
}

TEST(Sha1ForUuid, GivesThePublishedDigests) {
  EXPECT_EQ(to_hex(sha1_for_uuid({})), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(to_hex(sha1_for_uuid(view_of("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

}  // namespace
}  // namespace moot::crypto

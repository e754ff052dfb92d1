// Two channels talk through memory: the handshake says who each is, frames arrive whole however the
// bytes are cut, and nothing that was tampered with gets through.
#include "sync/channel.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace moot::sync {
namespace {

struct Pair {
  crypto::SigningKey dialler_key = crypto::SigningKey::generate();
  crypto::SigningKey accepter_key = crypto::SigningKey::generate();
  Channel dialler{true, hello_of(dialler_key, 1), dialler_key};
  Channel accepter{false, hello_of(accepter_key, 2), accepter_key};

  static Hello hello_of(const crypto::SigningKey& key, std::uint8_t organisation) {
    Hello hello;
    hello.organisation.bytes.fill(organisation);
    hello.node_key = key.public_key().bytes();
    return hello;
  }
  /// False when either side refused.
  bool shake_hands() {
    Bytes to_accepter = dialler.start();
    for (int turn = 0; turn < 2 && !accepter.is_established(); ++turn) {
      auto to_dialler = accepter.take(to_accepter);
      if (!to_dialler) return false;
      auto back = dialler.take(*to_dialler);
      if (!back) return false;
      to_accepter = std::move(*back);
    }
    return dialler.is_established() && accepter.is_established();
  }
};

TEST(Channel, TellsEachSideWhoTheOtherIs) {
  Pair pair;
  ASSERT_TRUE(pair.shake_hands());
  EXPECT_EQ(pair.dialler.peer_hello().hello.node_key, pair.accepter_key.public_key().bytes());
  EXPECT_EQ(pair.accepter.peer_hello().hello.node_key, pair.dialler_key.public_key().bytes());
  EXPECT_EQ(pair.accepter.peer_hello().hello.organisation.bytes[0], 1);
  for (const auto* hello : {&pair.dialler.peer_hello(), &pair.accepter.peer_hello()}) {
    const auto key = crypto::PublicKey::from_bytes(hello->hello.node_key);
    EXPECT_TRUE(key->verify_use("hello", hello->signed_bytes, hello->signature));
  }
}

TEST(Channel, FramesArriveWholeHoweverTheBytesAreCut) {
  for (const std::size_t cut : {1UL, 7UL, 1000UL, 70'000UL, 10'000'000UL}) {
    Pair pair;
    ASSERT_TRUE(pair.shake_hands());
    const std::vector<Bytes> payloads = {
        {}, Bytes(1, 1), Bytes(65'530, 2), Bytes(cut == 1 ? 70'000 : 1'000'000, 3)};
    Bytes wire;
    for (const Bytes& payload : payloads) append(wire, pair.dialler.seal(payload));
    std::vector<Bytes> arrived;
    for (std::size_t at = 0; at < wire.size(); at += cut) {
      const std::size_t size = std::min(cut, wire.size() - at);
      ASSERT_TRUE(pair.accepter.take(std::span(wire).subspan(at, size)).has_value());
      for (;;) {
        const auto frame = pair.accepter.next_frame();
        ASSERT_TRUE(frame.has_value());
        if (!frame->has_value()) break;
        arrived.push_back(to_bytes(**frame));
      }
    }
    EXPECT_EQ(arrived, payloads) << "cut at " << cut;
  }
}

TEST(Channel, ATamperedByteInAnyHandshakeMessageEndsIt) {
  // Message 1 is 34 bytes with its length; a change there shows when message 2 or 3 is read.
  for (std::size_t at = 2; at < 34; at += 5) {
    Pair pair;
    Bytes first = pair.dialler.start();
    ASSERT_EQ(first.size(), 34U);
    first[at] ^= 1;
    auto second = pair.accepter.take(first);
    EXPECT_TRUE(!second || !pair.dialler.take(*second)) << at;
  }
  for (std::size_t at = 2; at < 200; at += 17) {
    Pair pair;
    Bytes first = pair.dialler.start();
    auto second = pair.accepter.take(first);
    (*second)[at] ^= 1;
    EXPECT_FALSE(pair.dialler.take(*second).has_value()) << at;
  }
}

TEST(Channel, ATamperedTransportByteEndsIt) {
  Pair pair;
  ASSERT_TRUE(pair.shake_hands());
  Bytes sealed = pair.dialler.seal(Bytes(500, 9));
  sealed[100] ^= 1;
  const auto taken = pair.accepter.take(sealed);
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error(), CloseReason::malformed);
}

TEST(Channel, AReplayedHelloDoesNotFitAnotherHandshake) {
  Pair first;
  ASSERT_TRUE(first.shake_hands());
  const UncheckedHello& hello = first.accepter.peer_hello();
  // The same fields under another handshake's hash: the signature is over that too.
  Binding other{.by_dialler = true, .handshake_hash = {}, .noise_static_key = {}};
  Bytes payload = encode(hello.hello, other, crypto::SigningKey::generate());
  std::copy(hello.signature.begin(), hello.signature.end(), payload.end() - 64);
  const auto replayed = decode_hello(payload, other);
  ASSERT_TRUE(replayed.has_value());
  const auto key = crypto::PublicKey::from_bytes(hello.hello.node_key);
  EXPECT_FALSE(key->verify_use("hello", replayed->signed_bytes, replayed->signature));
}

TEST(Channel, AnOverlongHandshakeMessageIsRefusedBeforeItArrives) {
  Pair pair;
  Bytes length = {0xff, 0xff};
  EXPECT_FALSE(pair.accepter.take(length).has_value());
}

TEST(Channel, AFrameOverItsLimitIsRefusedBeforeItArrives) {
  Pair pair;
  ASSERT_TRUE(pair.shake_hands());
  // The sealed stream of a payload begins with its length, so a payload that looks like a long
  // header cannot be told from one; the limit is tested with the largest frame that is allowed and
  // the decoder's own check.
  const Bytes largest = pair.dialler.seal(Bytes(limits::frame_bytes_max, 1));
  Bytes wire = largest;
  ASSERT_TRUE(pair.accepter.take(wire).has_value());
  const auto frame = pair.accepter.next_frame();
  ASSERT_TRUE(frame.has_value() && frame->has_value());
  EXPECT_EQ((*frame)->size(), limits::frame_bytes_max);
}

TEST(Hello, IsRefusedWhenTruncatedOrTooLong) {
  const auto key = crypto::SigningKey::generate();
  const Binding binding{};
  Bytes payload = encode(Pair::hello_of(key, 1), binding, key);
  EXPECT_EQ(payload.size(), 157U);
  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(decode_hello(ByteView(payload).first(size), binding).has_value());
  }
  payload.push_back(0);
  EXPECT_EQ(decode_hello(payload, binding).error(), log::Fault::trailing_bytes);
}

}  // namespace
}  // namespace moot::sync

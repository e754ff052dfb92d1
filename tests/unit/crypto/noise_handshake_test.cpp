#include "base/limits.hpp"
#include "crypto/noise.hpp"
#include "support.hpp"

namespace moot::crypto {
namespace {

using Role = NoiseHandshake::Role;
using test::fixed_pair;

constexpr std::string_view prologue = "moot";

/// Both sides with keys that never change, so that a run can be repeated up to any message.
struct Pair {
  NoiseHandshake initiator{Role::initiator, view_of(prologue), fixed_pair(1), fixed_pair(2)};
  NoiseHandshake responder{Role::responder, view_of(prologue), fixed_pair(3), fixed_pair(4)};

  NoiseHandshake& writer_of(std::size_t message) {
    return message % 2 == 0 ? initiator : responder;
  }
  NoiseHandshake& reader_of(std::size_t message) {
    return message % 2 == 0 ? responder : initiator;
  }
  Bytes write(std::size_t message) {
    return writer_of(message).write(view_of("payload " + std::to_string(message))).value();
  }
  /// Passes on all messages before `message`, and answers that one unread.
  Bytes run_up_to(std::size_t message) {
    for (std::size_t i = 0; i < message; ++i) EXPECT_TRUE(reader_of(i).read(write(i)).has_value());
    return write(message);
  }
};

Bytes sealed(NoiseCipher& cipher, std::string_view text) {
  Bytes buffer = to_bytes(view_of(text));
  buffer.resize(buffer.size() + NoiseCipher::tag_bytes);
  cipher.encrypt(buffer);
  return buffer;
}

TEST(NoiseHandshake, EndsWithEachSideKnowingTheOther) {
  Pair pair;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(pair.writer_of(i).is_my_turn());
    EXPECT_FALSE(pair.reader_of(i).is_my_turn());
    const Bytes message = pair.write(i);
    EXPECT_EQ(text_of(pair.reader_of(i).read(message).value()), "payload " + std::to_string(i));
  }
  EXPECT_TRUE(pair.initiator.is_finished() && pair.responder.is_finished());
  EXPECT_FALSE(pair.initiator.is_my_turn() || pair.responder.is_my_turn());
  EXPECT_EQ(pair.initiator.handshake_hash(), pair.responder.handshake_hash());
  EXPECT_EQ(pair.initiator.peer_static_key(), pair.responder.own_static_key());
  EXPECT_EQ(pair.responder.peer_static_key(), pair.initiator.own_static_key());

  auto of_initiator = pair.initiator.split();
  auto of_responder = pair.responder.split();
  Bytes there = sealed(of_initiator.send, "there");
  Bytes back = sealed(of_responder.send, "back");
  EXPECT_EQ(text_of(of_responder.receive.decrypt(there).value()), "there");
  EXPECT_EQ(text_of(of_initiator.receive.decrypt(back).value()), "back");
}

TEST(NoiseHandshake, TakesNewEphemeralKeysWhenNoneAreGiven) {
  NoiseHandshake first(Role::initiator, {}, fixed_pair(1));
  NoiseHandshake second(Role::initiator, {}, fixed_pair(1));
  EXPECT_NE(first.write({}).value(), second.write({}).value());
}

TEST(NoiseHandshake, RefusesAMessageWithAnyByteChanged) {
  const std::size_t sizes[] = {32 + 9, 32 + 48 + 9 + 16, 48 + 9 + 16};
  for (std::size_t message = 0; message < 3; ++message) {
    for (std::size_t at = 0; at < sizes[message]; ++at) {
      Pair pair;
      Bytes bytes = pair.run_up_to(message);
      ASSERT_EQ(bytes.size(), sizes[message]);
      bytes[at] ^= 0x80;  // the top bit of a public key, which X25519 itself does not look at
      const bool was_read = pair.reader_of(message).read(bytes).has_value();
      // Message 1 carries nothing that authenticates: its change shows in the next one.
      EXPECT_EQ(was_read, message == 0) << message << ' ' << at;
      if (was_read) {
        const Bytes answer = pair.write(1);
        EXPECT_EQ(pair.reader_of(1).read(answer).error(), Fault::bad_handshake);
      } else {
        EXPECT_FALSE(pair.reader_of(message).is_finished());
        EXPECT_FALSE(pair.reader_of(message).is_my_turn());
      }
    }
  }
}

TEST(NoiseHandshake, RefusesAMessageCutAnywhere) {
  for (std::size_t message = 0; message < 3; ++message) {
    const std::size_t whole = Pair().run_up_to(message).size();
    const std::size_t cut_below = message == 0 ? 32 : whole;
    for (std::size_t size = 0; size < cut_below; ++size) {
      Pair pair;
      Bytes bytes = pair.run_up_to(message);
      bytes.resize(size);
      EXPECT_EQ(pair.reader_of(message).read(bytes).error(), Fault::bad_handshake) << size;
    }
  }
}

TEST(NoiseHandshake, RefusesAByteTooMany) {
  for (const std::size_t message : {1U, 2U}) {
    Pair pair;
    Bytes bytes = pair.run_up_to(message);
    bytes.push_back(0);
    EXPECT_EQ(pair.reader_of(message).read(bytes).error(), Fault::bad_handshake);
  }
}

TEST(NoiseHandshake, StaysDeadAfterAMessageThatFailed) {
  Pair pair;
  const Bytes good = pair.run_up_to(1);
  Bytes bad = good;
  bad.back() ^= 1;
  EXPECT_FALSE(pair.initiator.read(bad).has_value());
  EXPECT_EQ(pair.initiator.read(good).error(), Fault::bad_handshake);
  EXPECT_EQ(pair.initiator.write({}).error(), Fault::bad_handshake);
  EXPECT_EQ(pair.initiator.write_tokens().error(), Fault::bad_handshake);
}

TEST(NoiseHandshake, RefusesAnotherPrologue) {
  Pair pair;
  NoiseHandshake stranger(Role::responder, view_of("Moot"), fixed_pair(3), fixed_pair(4));
  ASSERT_TRUE(stranger.read(pair.write(0)).has_value());
  EXPECT_EQ(pair.initiator.read(stranger.write({}).value()).error(), Fault::bad_handshake);
}

TEST(NoiseHandshake, RefusesPublicKeysOfSmallOrder) {
  for (const std::uint8_t first : Bytes{0, 1}) {  // the points 0 and 1 of Curve25519
    Bytes message(32, 0);
    message[0] = first;
    NoiseHandshake responder(Role::responder, {}, fixed_pair(3));
    ASSERT_TRUE(responder.read(message).has_value());
    EXPECT_EQ(responder.write({}).error(), Fault::bad_handshake);
    EXPECT_FALSE(responder.is_my_turn());

    NoiseHandshake initiator(Role::initiator, {}, fixed_pair(1));
    ASSERT_TRUE(initiator.write({}).has_value());
    message.resize(96);
    EXPECT_EQ(initiator.read(message).error(), Fault::bad_handshake);
  }
}

TEST(NoiseHandshake, RefusesCallsOutOfTurnAndGoesOnUnharmed) {
  Pair pair;
  EXPECT_EQ(pair.initiator.read(Bytes(200)).error(), Fault::bad_handshake);
  EXPECT_EQ(pair.responder.write({}).error(), Fault::bad_handshake);
  EXPECT_EQ(pair.responder.write_tokens().error(), Fault::bad_handshake);
  EXPECT_EQ(pair.initiator.write_payload({}, {}).error(), Fault::bad_handshake);
  for (std::size_t i = 0; i < 3; ++i) {
    const Bytes message = pair.write(i);
    EXPECT_EQ(pair.writer_of(i).write({}).error(), Fault::bad_handshake);
    EXPECT_TRUE(pair.reader_of(i).read(message).has_value());
  }
  EXPECT_EQ(pair.initiator.write({}).error(), Fault::bad_handshake);
  EXPECT_EQ(pair.initiator.read(Bytes(200)).error(), Fault::bad_handshake);
  EXPECT_TRUE(pair.initiator.is_finished());
}

TEST(NoiseHandshake, HoldsMessagesToTheirSize) {
  const std::size_t extra[] = {32, 96, 64};
  for (std::size_t message = 0; message < 3; ++message) {
    Pair pair;
    for (std::size_t i = 0; i < message; ++i) {
      ASSERT_TRUE(pair.reader_of(i).read(pair.write(i)).has_value());
    }
    const std::size_t most = limits::noise_message_bytes_max - extra[message];
    NoiseHandshake& writer = pair.writer_of(message);
    EXPECT_EQ(writer.write(Bytes(most + 1)).error(), Fault::message_too_long);
    const Result<Bytes, Fault> largest = writer.write(Bytes(most));  // a refused one spoils nothing
    ASSERT_TRUE(largest.has_value());
    EXPECT_EQ(largest->size(), limits::noise_message_bytes_max);
    EXPECT_EQ(pair.reader_of(message).read(*largest).value().size(), most);
  }
  Pair pair;
  EXPECT_EQ(pair.responder.read(Bytes(limits::noise_message_bytes_max + 1)).error(),
            Fault::message_too_long);
}

TEST(NoiseHandshake, WritesInTwoStepsWhatItWritesInOne) {
  Pair in_one;
  Pair in_two;
  for (std::size_t i = 0; i < 3; ++i) {
    const Bytes whole = in_one.write(i);
    NoiseHandshake& writer = in_two.writer_of(i);
    Result<Bytes, Fault> tokens = writer.write_tokens();
    ASSERT_TRUE(tokens.has_value());
    // Between the steps nothing else may be written.
    EXPECT_EQ(writer.write_tokens().error(), Fault::bad_handshake);
    EXPECT_EQ(writer.write({}).error(), Fault::bad_handshake);
    EXPECT_EQ(writer.write_payload(*tokens, Bytes(70'000)).error(), Fault::message_too_long);
    const Hash signed_hash = writer.handshake_hash();
    EXPECT_EQ(writer.write_payload(std::move(*tokens), view_of("payload " + std::to_string(i))),
              whole);
    EXPECT_NE(writer.handshake_hash(), signed_hash);

    EXPECT_TRUE(in_one.reader_of(i).read(whole).has_value());
    ASSERT_TRUE(in_two.reader_of(i).read(whole).has_value());
    EXPECT_EQ(in_two.reader_of(i).peer_payload_hash(), signed_hash);
    EXPECT_EQ(in_two.reader_of(i).handshake_hash(), writer.handshake_hash());
  }
}

TEST(NoiseHandshake, MovesWithAllThatItKnows) {
  Pair pair;
  NoiseHandshake responder = std::move(pair.responder);
  ASSERT_TRUE(responder.read(pair.write(0)).has_value());
  NoiseHandshake again(Role::initiator, {}, fixed_pair(9));
  again = std::move(responder);
  EXPECT_TRUE(pair.initiator.read(again.write({}).value()).has_value());
  EXPECT_TRUE(again.read(pair.initiator.write({}).value()).has_value());
  EXPECT_EQ(again.handshake_hash(), pair.initiator.handshake_hash());
}

TEST(NoiseHandshakeDeathTest, SplitsOnceAndNotBeforeItsEnd) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Pair pair;
  EXPECT_DEATH(pair.initiator.split(), "is_finished");
  EXPECT_DEATH(pair.initiator.peer_static_key(), "is_peer_static_known");
  ASSERT_TRUE(pair.reader_of(2).read(pair.run_up_to(2)).has_value());
  [[maybe_unused]] const auto ciphers = pair.initiator.split();
  EXPECT_DEATH(pair.initiator.split(), "is_split");
}

}  // namespace
}  // namespace moot::crypto

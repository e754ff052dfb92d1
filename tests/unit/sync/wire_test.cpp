// Every message survives its own encoding; every cut and every flipped bit of one is refused or
// read, and never more.
#include "sync/wire.hpp"

#include <gtest/gtest.h>

namespace moot::sync::wire {
namespace {

log::OrganisationId id_of(std::uint8_t first) {
  log::OrganisationId id;
  id.bytes.fill(7);
  id.bytes[0] = first;
  return id;
}

Hash hash_of(std::uint8_t fill) {
  Hash hash;
  hash.fill(fill);
  return hash;
}

std::vector<Message> one_of_each() {
  const Event event{5, Bytes(200, 3), {hash_of(1), hash_of(2)}, {hash_of(3)}, Bytes(90, 7)};
  const Tail tail{9, Bytes(100, 1), Bytes(700, 2)};
  return {
      ChainGet{id_of(1), 2},
      Chain{id_of(1), 0, {event, event}},
      Interest{{id_of(1), id_of(2)}, true, false},
      InterestDelta{{id_of(1)}, {id_of(3), id_of(4)}},
      Heads{{{id_of(1), 3, {5, hash_of(5)}}, {id_of(2), 0, {6, hash_of(6)}}}, true},
      HeadGet{id_of(1), 100, 90, 1, true, 77, hash_of(8)},
      Head{id_of(1), "note\n", 100, {hash_of(1)}, {event}, tail, 77, hash_of(9)},
      NodesGet{id_of(1), 1000, 1, 3, 77},
      Nodes{id_of(1), 1000, 1, {hash_of(1), hash_of(2), hash_of(3)}, 77},
      HeadersGet{id_of(1), 1000, 256, 77},
      Headers{id_of(1), 256, Bytes(4000, 1), 77},
      BodiesGet{id_of(1), 256, 256, 77},
      Bodies{id_of(1), 256, 300, moot::Bytes(5000, 4), 77},
      Announce{id_of(1), "note\n", tail, 4},
      Cosignature{id_of(1), 300, "a line\n"},
      Evidence{id_of(1), moot::Bytes(300, 5)},
      Refused{id_of(1), Refusal::not_for_you, 77},
      Ping{},
      Close{4},
      Skipped{},
  };
}

TEST(Wire, EveryMessageSurvivesItsEncoding) {
  for (const Message& message : one_of_each()) {
    const moot::Bytes encoded = encode(message);
    const auto decoded = decode(encoded);
    ASSERT_TRUE(decoded.has_value()) << "message " << message.index();
    EXPECT_EQ(decoded->index(), message.index());
    EXPECT_EQ(encode(*decoded), encoded) << "message " << message.index();
  }
}

TEST(Wire, CutsAreRefusedOrReadButNeverOverrun) {
  for (const Message& message : one_of_each()) {
    const moot::Bytes encoded = encode(message);
    for (std::size_t length = 0; length < encoded.size(); ++length) {
      const moot::Bytes cut(encoded.begin(), encoded.begin() + static_cast<std::ptrdiff_t>(length));
      const auto decoded = decode(cut);
      // Cap'n Proto reads zeros past a struct's end, so a cut message may decode; it must then be
      // in range again.
      if (decoded) {
        EXPECT_LE(encode(*decoded).size(), encoded.size() + 64);
      }
    }
  }
}

TEST(Wire, RefusesAFrameThatIsNotWholeWords) {
  moot::Bytes encoded = encode(Ping{});
  encoded.push_back(0);
  EXPECT_EQ(decode(encoded).error(), log::Fault::truncated);
  EXPECT_EQ(decode({}).error(), log::Fault::truncated);
}

TEST(Wire, RefusesAnOversizedFrame) {
  EXPECT_EQ(decode(moot::Bytes(limits::frame_bytes_max + 8)).error(), log::Fault::too_long);
}

TEST(Wire, RefusesIdsOutOfOrder) {
  EXPECT_EQ(decode(encode(Interest{{id_of(2), id_of(1)}, true, true})).error(),
            log::Fault::bad_value);
  EXPECT_EQ(decode(encode(Interest{{id_of(1), id_of(1)}, true, true})).error(),
            log::Fault::bad_value);
  EXPECT_EQ(decode(encode(Heads{{{id_of(2), 0, {}}, {id_of(1), 0, {}}}, true})).error(),
            log::Fault::bad_value);
}

TEST(Wire, RefusesCountsOverTheirLimits) {
  EXPECT_EQ(decode(encode(BodiesGet{id_of(1), 0, 257, 1})).error(), log::Fault::bad_value);
  EXPECT_EQ(decode(encode(BodiesGet{id_of(1), 0, 0, 1})).error(), log::Fault::bad_value);
  EXPECT_EQ(decode(encode(NodesGet{id_of(1), 1, 0, 0, 1})).error(), log::Fault::bad_value);
  HeadGet beyond;
  beyond.organisation = id_of(1);
  beyond.from_size = limits::log_entries_max + 1;
  EXPECT_EQ(decode(encode(beyond)).error(), log::Fault::bad_value);
  EXPECT_EQ(decode(encode(Headers{id_of(1), 0, Bytes(limits::block_bytes_max + 1), 1})).error(),
            log::Fault::too_long);
  EXPECT_EQ(
      decode(encode(Announce{id_of(1), std::string(limits::note_bytes_max + 1, 'x'), {}})).error(),
      log::Fault::too_long);
}

TEST(Wire, AMessageOfALaterVersionIsSkippedOnlyWhenItSaysSo) {
  const moot::Bytes optional = encode(Skipped{});
  EXPECT_TRUE(std::holds_alternative<Skipped>(*decode(optional)));
  moot::Bytes critical = optional;
  // The one set bit of this message is `optional`.
  for (std::uint8_t& byte : critical) {
    if (byte == 1 && &byte >= &critical[8]) byte = 0;
  }
  EXPECT_EQ(decode(critical).error(), log::Fault::not_supported);
}

}  // namespace
}  // namespace moot::sync::wire

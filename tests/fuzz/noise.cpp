// A peer that sends any bytes in place of a Noise message. The first byte chooses which message and
// how it is made: the input itself, or an honest message with the input laid over it by exclusive
// or, which reaches deeper. Beyond not crashing: whatever is not the honest message to the last bit
// is refused, and a refused reader stays dead.
#include "crypto/noise.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace {

using namespace moot;
using namespace moot::crypto;
using Role = NoiseHandshake::Role;

DhKeyPair fixed_pair(std::uint8_t which) {
  FixedBytes<32> secret;
  secret.fill(which);
  return DhKeyPair::from_secret(secret);
}

struct Pair {
  NoiseHandshake initiator{Role::initiator, view_of("moot"), fixed_pair(1), fixed_pair(2)};
  NoiseHandshake responder{Role::responder, view_of("moot"), fixed_pair(3), fixed_pair(4)};
};

Bytes hostile(const Bytes& honest, ByteView input, bool is_laid_over) {
  if (!is_laid_over) return to_bytes(input);
  Bytes out = honest;
  out.resize(std::max(honest.size(), input.size()));
  for (std::size_t i = 0; i < input.size(); ++i) out[i] ^= input[i];
  return out;
}

/// Message 1 authenticates nothing: a change of it must show when the initiator reads the answer.
void send_message_1(Pair& pair, ByteView input, bool is_laid_over) {
  const Bytes honest = pair.initiator.write({}).value();
  const Bytes sent = hostile(honest, input, is_laid_over);
  const auto read = pair.responder.read(sent);
  MOOT_CHECK(read.has_value() == (sent.size() >= honest.size()), sent.size());
  if (!read) return;
  const auto answer = pair.responder.write({});
  const bool is_accepted = answer && pair.initiator.read(*answer).has_value();
  MOOT_CHECK(is_accepted == (sent == honest));
}

void expect_honest_only(NoiseHandshake& reader, const Bytes& honest, const Bytes& sent) {
  const bool is_accepted = reader.read(sent).has_value();
  MOOT_CHECK(is_accepted == (sent == honest));
  if (is_accepted) return;
  MOOT_CHECK(!reader.is_my_turn() && !reader.is_finished());
  MOOT_CHECK(!reader.read(honest).has_value() && !reader.write({}).has_value());
}

void send_message_2(Pair& pair, ByteView input, bool is_laid_over) {
  MOOT_CHECK(pair.responder.read(pair.initiator.write({}).value()).has_value());
  const Bytes honest = pair.responder.write(view_of("hello of the responder")).value();
  expect_honest_only(pair.initiator, honest, hostile(honest, input, is_laid_over));
}

void send_message_3(Pair& pair, ByteView input, bool is_laid_over) {
  MOOT_CHECK(pair.responder.read(pair.initiator.write({}).value()).has_value());
  MOOT_CHECK(pair.initiator.read(pair.responder.write({}).value()).has_value());
  const Bytes honest = pair.initiator.write(view_of("hello of the initiator")).value();
  expect_honest_only(pair.responder, honest, hostile(honest, input, is_laid_over));
}

void send_transport(ByteView input, bool is_laid_over) {
  FixedBytes<32> key{};
  NoiseCipher send{Secret<32>(key)};
  NoiseCipher receive{Secret<32>(key)};
  Bytes honest(80 + NoiseCipher::tag_bytes);
  send.encrypt(honest);
  Bytes sent = hostile(honest, input, is_laid_over);
  const bool is_honest = sent == honest;
  MOOT_CHECK(receive.decrypt(sent).has_value() == is_honest);
  send.encrypt(honest);
  MOOT_CHECK(receive.decrypt(honest).has_value() == is_honest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = start_library();
  MOOT_CHECK(started);
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  const bool is_laid_over = (data[0] & 4) != 0;
  if (data[0] % 4 == 3) {
    send_transport(input, is_laid_over);
    return 0;
  }
  Pair pair;
  switch (data[0] % 4) {
    case 0:
      send_message_1(pair, input, is_laid_over);
      break;
    case 1:
      send_message_2(pair, input, is_laid_over);
      break;
    case 2:
      send_message_3(pair, input, is_laid_over);
      break;
  }
  return 0;
}

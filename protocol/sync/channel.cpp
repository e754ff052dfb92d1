#include "sync/channel.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace moot::sync {
namespace {

constexpr std::string_view prologue = "moot";
constexpr std::size_t length_bytes = 2;
constexpr std::size_t plain_bytes_max =
    limits::noise_message_bytes_max - crypto::NoiseCipher::tag_bytes;

Bytes with_length(ByteView message) {
  Writer out(length_bytes + message.size());
  out.u16(static_cast<std::uint16_t>(message.size())).bytes(message);
  return out.take();
}

}  // namespace

Channel::Channel(bool we_dialled, Hello own_hello, const crypto::SigningKey& node_key)
    : we_dialled_(we_dialled),
      own_hello_(own_hello),
      node_key_(&node_key),
      // The static key is fresh for each connection: what it proves, the hello's signature proves
      // (design: fresh per process), and nothing links two connections of one node before it has
      // said who it is.
      handshake_(std::in_place,
                 we_dialled ? crypto::NoiseHandshake::Role::initiator
                            : crypto::NoiseHandshake::Role::responder,
                 view_of(prologue), crypto::DhKeyPair::generate()) {}

Bytes Channel::start() {
  if (!we_dialled_) return {};
  const auto message = handshake_->write({});
  MOOT_CHECK(message.has_value());
  return with_length(*message);
}

Result<Bytes, CloseReason> Channel::take(std::span<std::uint8_t> bytes) {
  Bytes reply;
  // What was left of the read before comes first; the common case is that nothing was.
  Bytes joined;
  std::span<std::uint8_t> rest = bytes;
  if (!inbox_.empty()) {
    joined = std::move(inbox_);
    inbox_.clear();
    joined.insert(joined.end(), bytes.begin(), bytes.end());
    rest = joined;
  }
  while (rest.size() >= length_bytes) {
    const std::size_t message_bytes = static_cast<std::size_t>(rest[0]) << 8 | rest[1];
    if (!is_established() && message_bytes > limits::handshake_bytes_max) {
      return fail(CloseReason::bad_handshake);
    }
    if (rest.size() < length_bytes + message_bytes) break;
    const auto message = rest.subspan(length_bytes, message_bytes);
    rest = rest.subspan(length_bytes + message_bytes);
    if (is_established()) {
      if (!take_transport_message(message)) return fail(CloseReason::malformed);
      continue;
    }
    auto answer = handshake_message(message);
    if (!answer) return fail(answer.error());
    append(reply, *answer);
  }
  inbox_.assign(rest.begin(), rest.end());
  return reply;
}

bool Channel::take_transport_message(std::span<std::uint8_t> message) {
  const auto plain = ciphers_->receive.decrypt(message);
  if (!plain) return false;
  append(plain_, *plain);
  return true;
}

Result<Bytes, CloseReason> Channel::handshake_message(std::span<std::uint8_t> message) {
  if (handshake_->is_my_turn()) return fail(CloseReason::bad_handshake);
  const auto payload = handshake_->read(message);
  if (!payload) return fail(CloseReason::bad_handshake);
  // The responder's first read is message 1, which has no payload; every other message carries a
  // hello.
  const bool is_message_1 = !we_dialled_ && !handshake_->is_finished();
  if (is_message_1) {
    if (!payload->empty()) return fail(CloseReason::bad_handshake);
    return framed_hello();
  }
  const Binding binding{!we_dialled_, handshake_->peer_payload_hash(),
                        handshake_->peer_static_key()};
  auto hello = decode_hello(*payload, binding);
  if (!hello) return fail(CloseReason::bad_handshake);
  if (hello->hello.version_min > version_max || hello->hello.version_max < version_min) {
    return fail(CloseReason::incompatible);
  }
  peer_hello_ = std::move(*hello);
  Bytes reply;
  if (we_dialled_) reply = framed_hello();
  finish_handshake();
  return reply;
}

Bytes Channel::framed_hello() {
  auto tokens = handshake_->write_tokens();
  MOOT_CHECK(tokens.has_value());
  const Binding binding{we_dialled_, handshake_->handshake_hash(), handshake_->own_static_key()};
  const Bytes hello = encode(own_hello_, binding, *node_key_);
  const auto message = handshake_->write_payload(std::move(*tokens), hello);
  MOOT_CHECK(message.has_value());
  return with_length(*message);
}

void Channel::finish_handshake() {
  MOOT_CHECK(handshake_->is_finished());
  ciphers_.emplace(handshake_->split());
  handshake_.reset();
}

Result<std::optional<ByteView>, CloseReason> Channel::next_frame() {
  const ByteView rest = ByteView(plain_).subspan(plain_taken_);
  if (rest.size() >= 4) {
    Reader in(rest);
    const std::uint32_t payload_bytes = in.u32();
    if (payload_bytes > limits::frame_bytes_max) return fail(CloseReason::malformed);
    if (in.left() >= payload_bytes) {
      plain_taken_ += 4 + payload_bytes;
      return std::optional<ByteView>(in.bytes(payload_bytes));
    }
  }
  // No whole frame: drop what was taken, so that the buffer holds no more than one unfinished
  // frame.
  plain_.erase(plain_.begin(), plain_.begin() + static_cast<std::ptrdiff_t>(plain_taken_));
  plain_taken_ = 0;
  return std::optional<ByteView>();
}

Bytes Channel::seal(ByteView payload) {
  MOOT_CHECK(payload.size() <= limits::frame_bytes_max, payload.size());
  const std::size_t stream_bytes = 4 + payload.size();
  const std::size_t messages = (stream_bytes + plain_bytes_max - 1) / plain_bytes_max;
  Bytes out(stream_bytes + messages * (length_bytes + crypto::NoiseCipher::tag_bytes));
  FixedBytes<4> header;
  for (std::size_t i = 0; i < 4; ++i) {
    header[i] = static_cast<std::uint8_t>(payload.size() >> (24 - 8 * i));
  }
  std::size_t at = 0;
  std::size_t done = 0;  // of the stream: header, then payload
  while (done < stream_bytes) {
    const std::size_t take = std::min(plain_bytes_max, stream_bytes - done);
    const std::size_t message_bytes = take + crypto::NoiseCipher::tag_bytes;
    out[at] = static_cast<std::uint8_t>(message_bytes >> 8);
    out[at + 1] = static_cast<std::uint8_t>(message_bytes);
    const auto message = std::span(out).subspan(at + length_bytes, message_bytes);
    std::size_t filled = 0;
    while (filled < take && done < header.size()) message[filled++] = header[done++];
    std::copy_n(payload.begin() + static_cast<std::ptrdiff_t>(done - header.size()), take - filled,
                message.begin() + static_cast<std::ptrdiff_t>(filled));
    done += take - filled;
    ciphers_->send.encrypt(message);
    at += length_bytes + message_bytes;
  }
  return out;
}

}  // namespace moot::sync

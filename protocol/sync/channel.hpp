#pragma once
#include <optional>

#include "crypto/noise.hpp"
#include "sync/effects.hpp"
#include "sync/hello.hpp"

namespace moot::sync {

/// One connection's bytes: the Noise handshake, then frames (docs/protocol.md, Transport).
///
/// On the wire every Noise message is u16 length, message; inside the transport messages runs a
/// stream of frames, u32 length, payload. Before the handshake is finished it holds at most
/// limits::handshake_bytes_max; afterwards at most one frame and what one read brought. One thread.
class Channel {
 public:
  /// `node_key` must outlive the channel's handshake.
  Channel(bool we_dialled, Hello own_hello, const crypto::SigningKey& node_key);

  /// The dialler's first message; nothing for the other side.
  Bytes start();
  /// Takes bytes as they came and answers what the handshake must send in return (often nothing).
  /// They are decrypted in place as far as whole Noise messages are there.
  Result<Bytes, CloseReason> take(std::span<std::uint8_t> bytes);

  bool is_established() const { return ciphers_.has_value(); }
  /// The peer's, after is_established(): not checked against its identity yet.
  const UncheckedHello& peer_hello() const { return *peer_hello_; }

  /// The next whole frame; nullopt when there is none yet. The view lives until the next call of
  /// take() or next_frame().
  Result<std::optional<ByteView>, CloseReason> next_frame();
  /// Frames and encrypts a payload of at most limits::frame_bytes_max. Only after is_established().
  Bytes seal(ByteView payload);

 private:
  Result<Bytes, CloseReason> handshake_message(std::span<std::uint8_t> message);
  Bytes framed_hello();
  bool take_transport_message(std::span<std::uint8_t> message);
  void finish_handshake();

  bool we_dialled_;
  Hello own_hello_;
  const crypto::SigningKey* node_key_;  ///< owned by the replicator's settings
  std::optional<crypto::NoiseHandshake> handshake_;
  std::optional<crypto::NoiseHandshake::Ciphers> ciphers_;
  std::optional<UncheckedHello> peer_hello_;
  Bytes inbox_;  ///< a Noise message that has not arrived whole
  Bytes plain_;  ///< decrypted, not yet taken as frames
  std::size_t plain_taken_ = 0;
};

}  // namespace moot::sync

#pragma once
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/fault.hpp"
#include "crypto/secret.hpp"

namespace moot::crypto {

/// One direction of an established Noise transport: ChaCha20-Poly1305 (RFC 8439) with a 64-bit
/// little-endian counter nonce (Noise revision 34, section 12.3), rekeyed (section 11.3) every
/// limits::rekey_messages messages. One thread.
class NoiseCipher {
 public:
  static constexpr std::size_t tag_bytes = 16;

  explicit NoiseCipher(Secret<32> key);
  NoiseCipher(NoiseCipher&&) noexcept = default;
  NoiseCipher& operator=(NoiseCipher&&) noexcept = default;

  /// Encrypts in place: `buffer` is the plain text followed by tag_bytes of room. At most 65,535
  /// bytes in all.
  void encrypt(std::span<std::uint8_t> buffer);
  /// Decrypts in place and answers the plain text's view (buffer without its tag). After a failure
  /// the cipher is dead.
  Result<std::span<std::uint8_t>, Fault> decrypt(std::span<std::uint8_t> buffer);

 private:
  void advance();
  Secret<32> key_;
  std::uint64_t nonce_ = 0;
};

/// A key pair of X25519.
struct DhKeyPair {
  Secret<32> secret;
  FixedBytes<32> public_key{};
  static DhKeyPair generate();
  static DhKeyPair from_secret(std::span<std::uint8_t, 32> secret);
};

/// Noise_XX_25519_ChaChaPoly_SHA256 (Noise revision 34): -> e; <- e, ee, s, es; -> s, se.
///
/// The caller alternates write() and read(), three messages in all; nothing of the peer is known
/// before its static key arrives (message 2 or 3), and nothing is authenticated before the
/// handshake is finished. An all-zero DH output is refused. Pinned by public vectors, for which a
/// fixed ephemeral key may be given. One thread.
class NoiseHandshake {
 public:
  enum class Role { initiator, responder };

  NoiseHandshake(Role role, ByteView prologue, DhKeyPair static_key,
                 std::optional<DhKeyPair> ephemeral_for_tests = std::nullopt);
  NoiseHandshake(NoiseHandshake&&) noexcept;
  NoiseHandshake& operator=(NoiseHandshake&&) noexcept;
  ~NoiseHandshake();

  bool is_my_turn() const;
  bool is_finished() const;
  /// The next message with `payload` in it. Only when it is my turn.
  Result<Bytes, Fault> write(ByteView payload);
  /// The payload of the peer's next message.
  Result<Bytes, Fault> read(ByteView message);

  /// h as it stands: before a message's payload it binds all that went before (docs/protocol.md,
  /// Hello). For write(), call hash_before_payload(): it answers what h will be when the payload of
  /// the next own message is encrypted, which needs the message's tokens to be written; so writing
  /// is in two steps when the payload must sign it.
  Hash handshake_hash() const;
  /// Step one of a two-step write: the message's tokens; then handshake_hash() is what the payload
  /// may sign.
  Result<Bytes, Fault> write_tokens();
  /// Step two: appends the payload to what write_tokens() answered.
  Result<Bytes, Fault> write_payload(Bytes message, ByteView payload);
  /// Of the last read() message: h before its payload was mixed in, which the peer's payload signs.
  Hash peer_payload_hash() const;

  /// Known once the message that carries it was read.
  const FixedBytes<32>& peer_static_key() const;
  const FixedBytes<32>& own_static_key() const;

  struct Ciphers {
    NoiseCipher send;
    NoiseCipher receive;
  };
  /// Once, after is_finished().
  Ciphers split();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moot::crypto

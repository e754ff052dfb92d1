#pragma once
#include "base/bytes.hpp"

/// What the Noise code asks of libsodium, apart so that each can be held against public vectors. Of
/// no use elsewhere.
namespace moot::crypto::noise {

inline constexpr std::size_t tag_bytes = 16;

using Key = std::span<const std::uint8_t, 32>;
using KeyOut = std::span<std::uint8_t, 32>;
using Nonce = FixedBytes<12>;

/// HMAC-SHA256 (RFC 2104) of first || second.
void hmac_sha256(ByteView key, ByteView first, ByteView second, KeyOut out);

/// Noise revision 34, section 4.3, two outputs: HKDF (RFC 5869) of 64 bytes with an empty info.
/// `first` may be where `chaining_key` lies.
void hkdf(ByteView chaining_key, ByteView input, KeyOut first, KeyOut second);

/// X25519 (RFC 7748). False when the result is all zero, which is what a public key of small order
/// gives.
[[nodiscard]] bool x25519(Key secret, Key public_key, KeyOut out);
void x25519_public(Key secret, KeyOut out);

/// The nonce of message `counter`: four zero bytes, then 64 bits little-endian (section 12.3).
Nonce nonce_of(std::uint64_t counter);

/// ChaCha20-Poly1305 (RFC 8439), in place: the plain text, then tag_bytes that are filled.
void seal(Key key, const Nonce& nonce, ByteView associated, std::span<std::uint8_t> buffer);
/// False when the tag does not authenticate (or there is none); the buffer then holds nothing of
/// use.
[[nodiscard]] bool open(Key key, const Nonce& nonce, ByteView associated,
                        std::span<std::uint8_t> buffer);

/// REKEY (section 4.2), in place.
void rekey(KeyOut key);

}  // namespace moot::crypto::noise

#include "crypto/noise_primitives.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/check.hpp"
#include "crypto/secret.hpp"

namespace moot::crypto::noise {

void hmac_sha256(ByteView key, ByteView first, ByteView second, KeyOut out) {
  static constexpr FixedBytes<1>
      no_key{};  // HMAC fills keys up with zeros, and libsodium wants one that is not null
  if (key.empty()) key = no_key;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, first.data(), first.size());
  crypto_auth_hmacsha256_update(&state, second.data(), second.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof state);
}

void hkdf(ByteView chaining_key, ByteView input, KeyOut first, KeyOut second) {
  constexpr FixedBytes<1> one{1};
  constexpr FixedBytes<1> two{2};
  FixedBytes<32> temporary_key;
  hmac_sha256(chaining_key, input, {}, temporary_key);
  hmac_sha256(temporary_key, one, {}, first);
  hmac_sha256(temporary_key, first, two, second);
  wipe(temporary_key);
}

bool x25519(Key secret, Key public_key, KeyOut out) {
  return crypto_scalarmult_curve25519(out.data(), secret.data(), public_key.data()) == 0;
}

void x25519_public(Key secret, KeyOut out) {
  MOOT_CHECK(crypto_scalarmult_curve25519_base(out.data(), secret.data()) == 0);
}

Nonce nonce_of(std::uint64_t counter) {
  Nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[4 + i] = static_cast<std::uint8_t>(counter >> (8 * i));
  }
  return nonce;
}

void seal(Key key, const Nonce& nonce, ByteView associated, std::span<std::uint8_t> buffer) {
  MOOT_CHECK(buffer.size() >= tag_bytes, buffer.size());
  const std::size_t count = buffer.size() - tag_bytes;
  crypto_aead_chacha20poly1305_ietf_encrypt_detached(
      buffer.data(), buffer.data() + count, nullptr, buffer.data(), count, associated.data(),
      associated.size(), nullptr, nonce.data(), key.data());
}

bool open(Key key, const Nonce& nonce, ByteView associated, std::span<std::uint8_t> buffer) {
  if (buffer.size() < tag_bytes) return false;
  const std::size_t count = buffer.size() - tag_bytes;
  return crypto_aead_chacha20poly1305_ietf_decrypt_detached(
             buffer.data(), nullptr, buffer.data(), count, buffer.data() + count, associated.data(),
             associated.size(), nonce.data(), key.data()) == 0;
}

void rekey(KeyOut key) {
  FixedBytes<32 + tag_bytes> buffer{};
  seal(key, nonce_of(UINT64_MAX), {}, buffer);
  std::copy_n(buffer.begin(), key.size(), key.begin());
  wipe(buffer);
}

}  // namespace moot::crypto::noise

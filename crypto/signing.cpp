#include "crypto/signing.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/check.hpp"

namespace moot::crypto {
namespace {

constexpr std::string_view domain_start = "moot/";
constexpr std::string_view domain_end{"/v1\0", 4};

/// "moot/<use>/v1\0" || message: libsodium signs one buffer only.
Bytes in_domain(std::string_view use, ByteView message) {
  Bytes bytes;
  bytes.reserve(domain_start.size() + use.size() + domain_end.size() + message.size());
  append(bytes, view_of(domain_start));
  append(bytes, view_of(use));
  append(bytes, view_of(domain_end));
  append(bytes, message);
  return bytes;
}

}  // namespace

Result<PublicKey, Fault> PublicKey::from_bytes(const PublicKeyBytes& bytes) {
  // Canonical, on the curve, not of small order, in the prime-order group.
  if (crypto_core_ed25519_is_valid_point(bytes.data()) != 1) return fail(Fault::bad_public_key);
  return PublicKey(bytes);
}

bool PublicKey::verify(ByteView message, const Signature& signature) const {
  // libsodium's releases refuse S >= L and an R of small order, and compare R by bytes; self_test()
  // holds it to that.
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     bytes_.data()) == 0;
}

bool PublicKey::verify_use(std::string_view use, ByteView message,
                           const Signature& signature) const {
  return verify(in_domain(use, message), signature);
}

SigningKey::SigningKey(Secret<64> secret, PublicKey public_key)
    : secret_(std::move(secret)), public_(public_key) {}

SigningKey SigningKey::generate() {
  FixedBytes<32> seed;
  random_bytes(seed);
  return from_seed(seed);
}

SigningKey SigningKey::from_seed(std::span<std::uint8_t, 32> seed) {
  Secret<64> secret;
  PublicKeyBytes bytes;
  crypto_sign_seed_keypair(bytes.data(), secret.writable().data(), seed.data());
  wipe(seed);
  secret.seal();
  const Result<PublicKey, Fault> public_key = PublicKey::from_bytes(bytes);
  MOOT_CHECK(public_key.has_value());  // a multiple of the base point that is not the identity
  return {std::move(secret), *public_key};
}

Secret<32> SigningKey::seed() const {
  Secret<32> out;
  std::ranges::copy(secret_.view().first<32>(), out.writable().begin());
  out.seal();
  return out;
}

Signature SigningKey::sign(ByteView message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                       secret_.view().data());
  return signature;
}

Signature SigningKey::sign_use(std::string_view use, ByteView message) const {
  return sign(in_domain(use, message));
}

SigningKey SigningKey::clone() const { return {secret_.clone(), public_}; }

}  // namespace moot::crypto

#pragma once
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/fault.hpp"
#include "crypto/secret.hpp"

namespace moot::crypto {

using Signature = FixedBytes<64>;
using PublicKeyBytes = FixedBytes<32>;

/// An Ed25519 public key that was checked once: a canonical encoding of a point of the prime-order
/// group, not the identity.
class PublicKey {
 public:
  static Result<PublicKey, Fault> from_bytes(const PublicKeyBytes& bytes);
  const PublicKeyBytes& bytes() const { return bytes_; }
  auto operator<=>(const PublicKey&) const = default;

  /// Strict Ed25519 (docs/protocol.md, Strict Ed25519): S < L, R not of small order, cofactorless
  /// equation by bytes. `message` is what was signed: for C2SP notes the note's text, else see
  /// verify_use.
  bool verify(ByteView message, const Signature& signature) const;
  /// Verifies over "moot/<use>/v1\0" || message, as everything is signed that C2SP does not define.
  bool verify_use(std::string_view use, ByteView message, const Signature& signature) const;

 private:
  explicit PublicKey(const PublicKeyBytes& bytes) : bytes_(bytes) {}
  PublicKeyBytes bytes_;
};

/// An Ed25519 key pair; the secret half lives in guarded memory. RFC 8032, deterministic.
class SigningKey {
 public:
  static SigningKey generate();
  /// From the 32-byte seed of RFC 8032, which is wiped.
  static SigningKey from_seed(std::span<std::uint8_t, 32> seed);
  const PublicKey& public_key() const { return public_; }
  Secret<32> seed() const;
  Signature sign(ByteView message) const;
  Signature sign_use(std::string_view use, ByteView message) const;
  SigningKey clone() const;

 private:
  SigningKey(Secret<64> secret, PublicKey public_key);
  Secret<64> secret_;
  PublicKey public_;
};

/// Runs the edge cases of Ed25519 (small order, S >= L, non-canonical A and R, cofactored-only)
/// through verify() and says whether this libsodium decides as docs/protocol.md demands. Every
/// program that verifies calls it at start and refuses to run when it is false.
bool self_test();

}  // namespace moot::crypto

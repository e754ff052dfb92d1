#pragma once
#include "crypto/signing.hpp"
#include "log/identity.hpp"

/// The payload of Noise messages 2 and 3: who this is, bound to this handshake (docs/protocol.md,
/// Hello). It resists replay and relaying: the signature covers the role, the handshake's hash and
/// the Noise static key, so it is of no use in any other handshake and needs no clock and no
/// expiry.
namespace moot::sync {

inline constexpr std::uint16_t version_min = 2;
inline constexpr std::uint16_t version_max = 2;

/// Truncated SHA-256 over the sorted interest set: two nodes that met before can see that nothing
/// changed.
using InterestDigest = FixedBytes<16>;
InterestDigest digest_of_interest(std::span<const log::OrganisationId> sorted_ids);

struct Hello {
  std::uint16_t version_min = sync::version_min;
  std::uint16_t version_max = sync::version_max;
  std::uint32_t features = 0;
  log::OrganisationId organisation;
  std::uint32_t establish_seq = 0;
  crypto::PublicKeyBytes node_key{};
  InterestDigest interest{};
};

/// What the signature binds the hello to.
struct Binding {
  bool by_dialler = false;
  Hash handshake_hash{};              ///< h just before the payload is mixed in
  FixedBytes<32> noise_static_key{};  ///< of the sender
};

/// 157 bytes. `node_key` signs (use "hello").
Bytes encode(const Hello& hello, const Binding& binding, const crypto::SigningKey& node_key);

/// A hello whose signature was not looked at yet: that needs the organisation's identity.
struct UncheckedHello {
  Hello hello;
  Bytes signed_bytes;
  crypto::Signature signature{};
};
Result<UncheckedHello, log::Fault> decode_hello(ByteView payload, const Binding& binding);
/// The node key is one of the identity's newest event, and it signed.
Result<Done, log::Fault> check_hello(const UncheckedHello& hello, const log::Identity& identity);

}  // namespace moot::sync

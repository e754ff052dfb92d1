#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "crypto/encoding.hpp"
#include "crypto/noise.hpp"
#include "crypto/secret.hpp"

namespace moot::crypto::test {

inline Bytes hex(std::string_view text) {
  const Result<Bytes, Fault> bytes = from_hex(text);
  if (!bytes) throw std::invalid_argument("not hexadecimal: " + std::string(text));
  return *bytes;
}

template <std::size_t N>
FixedBytes<N> fixed(ByteView bytes) {
  if (bytes.size() != N) throw std::invalid_argument("not the size wanted");
  FixedBytes<N> out{};
  std::ranges::copy(bytes, out.begin());
  return out;
}

/// A key pair that is the same in every run.
inline DhKeyPair fixed_pair(std::uint8_t which) {
  FixedBytes<32> secret;
  secret.fill(which);
  return DhKeyPair::from_secret(secret);
}

}  // namespace moot::crypto::test

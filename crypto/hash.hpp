#pragma once
#include "base/bytes.hpp"

namespace moot::crypto {

/// SHA-256 (FIPS 180-4) through libcrypto's prefetched EVP_MD. Any thread; aborts only when
/// libcrypto itself fails.
Hash sha256(ByteView bytes);
/// Of the concatenation, without building it.
Hash sha256(ByteView first, ByteView second);
Hash sha256(ByteView first, ByteView second, ByteView third);
/// SHA-1, for UUIDv5 (RFC 4122) only: never for anything that an attacker could gain from.
FixedBytes<20> sha1_for_uuid(ByteView bytes);

/// SHA-256 of what is fed to it in pieces. One thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& update(ByteView bytes);
  /// The digest; the object starts afresh afterwards.
  Hash finish();

 private:
  void* context_;
};

}  // namespace moot::crypto

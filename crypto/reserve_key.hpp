#pragma once
#include <filesystem>
#include <string_view>

#include "base/result.hpp"
#include "crypto/signing.hpp"

/// The file in which an officer keeps a reserve key: sealed with a passphrase, because such files
/// lie on sticks and in drawers. Argon2id (RFC 9106) makes each guess at the passphrase dear;
/// XChaCha20-Poly1305 seals the seed and binds all that stands before it.
namespace moot::crypto {

/// What each guess at a passphrase costs.
struct PassphraseCost {
  std::uint64_t rounds = 0;
  std::size_t memory_bytes = 0;
  bool operator==(const PassphraseCost&) const = default;
};
/// libsodium's "moderate": under a second in 256 MiB.
PassphraseCost usual_cost();
/// libsodium's "interactive": 64 MiB, for machines with little memory.
PassphraseCost small_cost();

/// A sealed key as its file tells it, before anyone has given the passphrase.
struct SealedReserveKey {
  PassphraseCost cost;
  FixedBytes<16> salt{};
  FixedBytes<24> nonce{};
  FixedBytes<32 + 16> sealed{};
  bool operator==(const SealedReserveKey&) const = default;
};

/// `moot/reserve-key/v1`, then five lines in base64: rounds (u64), memory in bytes (u64), salt,
/// nonce, sealed seed.
std::string to_text(const SealedReserveKey& key);
/// Strict: one key has one text. unknown_format, wrong_use (another key's file), bad_encoding, and
/// too_costly over limits::passphrase_*_max: nothing is computed here.
Result<SealedReserveKey, Fault> parse_reserve_key(std::string_view text);

/// no_memory when the cost's memory is not to be had. The passphrase is any text of 1 to
/// limits::passphrase_bytes_max bytes.
Result<SealedReserveKey, Fault> seal_reserve_key(const SigningKey& key, std::string_view passphrase,
                                                 const PassphraseCost& cost);
/// wrong_passphrase, no_memory.
Result<SigningKey, Fault> open_reserve_key(const SealedReserveKey& key,
                                           std::string_view passphrase);

/// As write_key_file and read_key_file (key_file.hpp), but on a file system without modes too:
/// whoever may read the file still needs the passphrase.
Result<Done, Fault> write_reserve_key_file(const std::filesystem::path& path,
                                           const SealedReserveKey& key);
Result<SealedReserveKey, Fault> read_reserve_key_file(const std::filesystem::path& path);

}  // namespace moot::crypto

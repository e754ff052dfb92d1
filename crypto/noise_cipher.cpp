#include "base/check.hpp"
#include "base/limits.hpp"
#include "crypto/noise.hpp"
#include "crypto/noise_primitives.hpp"

namespace moot::crypto {

static_assert(NoiseCipher::tag_bytes == noise::tag_bytes);

NoiseCipher::NoiseCipher(Secret<32> key) : key_(std::move(key)) {}

void NoiseCipher::encrypt(std::span<std::uint8_t> buffer) {
  MOOT_CHECK(buffer.size() >= tag_bytes && buffer.size() <= limits::noise_message_bytes_max,
             buffer.size());
  noise::seal(key_.view(), noise::nonce_of(nonce_), {}, buffer);
  advance();
}

Result<std::span<std::uint8_t>, Fault> NoiseCipher::decrypt(std::span<std::uint8_t> buffer) {
  const bool is_too_long = buffer.size() > limits::noise_message_bytes_max;
  if (key_.is_empty() || is_too_long ||
      !noise::open(key_.view(), noise::nonce_of(nonce_), {}, buffer)) {
    // Without its key nothing that comes later can be taken for a message, whatever the caller
    // does.
    const Secret<32> dead = std::move(key_);
    return fail(is_too_long ? Fault::message_too_long : Fault::bad_message);
  }
  advance();
  return buffer.first(buffer.size() - tag_bytes);
}

void NoiseCipher::advance() {
  ++nonce_;
  MOOT_CHECK(nonce_ != UINT64_MAX);  // section 5.1 keeps it for the rekey
  if (nonce_ % limits::rekey_messages != 0) return;
  noise::rekey(key_.writable());
  key_.seal();
}

}  // namespace moot::crypto

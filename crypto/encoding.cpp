#include "crypto/encoding.hpp"

#include <sodium.h>

#include <algorithm>

namespace moot::crypto {

std::string to_hex(ByteView bytes) {
  std::string text(2 * bytes.size() + 1, '\0');  // libsodium also writes the ending zero
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

Result<Bytes, Fault> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(Fault::bad_encoding);
  if (text.empty()) return Bytes();  // libsodium wants a place that is not null
  Bytes bytes(text.size() / 2);
  std::size_t count = 0;
  // Given no place to report where it stopped, libsodium refuses what is not digits to the last
  // character.
  if (sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &count,
                     nullptr) != 0 ||
      2 * count != text.size()) {
    return fail(Fault::bad_encoding);
  }
  return bytes;
}

std::string to_base64(ByteView bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the ending zero
  return text;
}

Result<std::size_t, Fault> from_base64_into(std::string_view text, std::span<std::uint8_t> out) {
  if (text.empty()) return 0U;
  if (out.empty()) return fail(Fault::bad_encoding);
  // libsodium 1.0.18 takes each byte above 127 for a slash.
  const bool is_ascii =
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::size_t count = 0;
  if (!is_ascii || sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr,
                                     &count, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return fail(Fault::bad_encoding);
  }
  return count;
}

Result<Bytes, Fault> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fail(Fault::bad_encoding);
  Bytes bytes(text.size() / 4 * 3);
  const Result<std::size_t, Fault> count = from_base64_into(text, bytes);
  if (!count) return fail(count.error());
  bytes.resize(*count);
  return bytes;
}

}  // namespace moot::crypto

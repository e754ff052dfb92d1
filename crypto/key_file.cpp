#include "crypto/key_file.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "crypto/secret_file.hpp"

namespace moot::crypto {
namespace {

constexpr std::size_t seed_bytes = 32;
constexpr int base64_variant = sodium_base64_VARIANT_ORIGINAL;
/// 44 characters and libsodium's ending zero.
constexpr std::size_t base64_bytes = sodium_base64_ENCODED_LEN(seed_bytes, base64_variant);

std::string_view first_line(KeyUse use) {
  switch (use) {
    case KeyUse::log:
      return "moot/log-key/v1\n";
    case KeyUse::node:
      return "moot/node-key/v1\n";
    case KeyUse::reserve:
      return "moot/reserve-key/v1\n";
  }
  MOOT_CHECK(false, static_cast<int>(use));
}

}  // namespace

Bytes key_file_text(KeyUse use, const SigningKey& key) {
  MOOT_CHECK(use != KeyUse::reserve);  // is written sealed only
  const std::string_view line = first_line(use);
  Bytes text(line.size() + base64_bytes);
  std::ranges::copy(view_of(line), text.begin());
  sodium_bin2base64(reinterpret_cast<char*>(text.data() + line.size()), base64_bytes,
                    key.seed().view().data(), seed_bytes, base64_variant);
  text.back() = '\n';
  return text;
}

Result<SigningKey, Fault> parse_key_file(ByteView text, KeyUse use) {
  MOOT_CHECK(use != KeyUse::reserve);  // see open_reserve_key()
  const std::string_view all = text_of(text);
  for (const KeyUse other : {KeyUse::log, KeyUse::node, KeyUse::reserve}) {
    if (other != use && all.starts_with(first_line(other))) return fail(Fault::wrong_use);
  }
  const std::string_view line = first_line(use);
  if (!all.starts_with(line)) return fail(Fault::unknown_format);
  const std::string_view rest = all.substr(line.size());
  if (rest.size() != base64_bytes || rest.back() != '\n') return fail(Fault::bad_encoding);

  FixedBytes<seed_bytes> seed{};
  const Result<std::size_t, Fault> count = from_base64_into(rest.substr(0, rest.size() - 1), seed);
  if (!count || *count != seed.size()) {
    wipe(seed);
    return fail(Fault::bad_encoding);
  }
  return SigningKey::from_seed(seed);
}

Result<Done, Fault> write_key_file(const std::filesystem::path& path, KeyUse use,
                                   const SigningKey& key) {
  Bytes text = key_file_text(use, key);
  const auto written = write_secret_file(path, text);
  const int kept = errno;
  wipe(text);
  errno = kept;
  return written;
}

Result<SigningKey, Fault> read_key_file(const std::filesystem::path& path, KeyUse use) {
  std::array<std::uint8_t, limits::file_key_bytes_max> buffer{};
  const auto count = read_secret_file(path, buffer);
  if (!count) {
    const int kept = errno;
    wipe(buffer);
    errno = kept;
    return fail(count.error());
  }
  auto key = parse_key_file(ByteView(buffer).first(*count), use);
  wipe(buffer);
  return key;
}

}  // namespace moot::crypto

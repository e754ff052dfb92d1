#include "log/bech32m.hpp"

#include <algorithm>
#include <optional>

namespace moot::log {
namespace {

constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t checksum_chars = 6;
constexpr std::uint32_t checksum_constant = 0x2bc830a3;  // what sets Bech32m apart from Bech32

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char lower_of(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// The BCH code of BIP-173 over GF(32), fed value by value.
class Checksum {
 public:
  explicit Checksum(std::string_view prefix) {
    for (const char c : prefix) feed(static_cast<std::uint8_t>(static_cast<std::uint8_t>(c) >> 5));
    feed(0);
    for (const char c : prefix) feed(static_cast<std::uint8_t>(c & 31));
  }
  void feed(std::uint8_t value) {
    constexpr std::uint32_t generators[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                            0x2a1462b3};
    const std::uint32_t top = state_ >> 25;
    state_ = (state_ & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; ++i) {
      if ((top >> i & 1) != 0) state_ ^= generators[i];
    }
  }
  std::uint32_t value() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

bool is_mixed_case(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_upper) &&
         std::any_of(text.begin(), text.end(), is_lower);
}

bool has_prefix(std::string_view prefix, std::string_view text) {
  if (text.size() < prefix.size() + 1 + checksum_chars || text[prefix.size()] != '1') return false;
  return std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return a == lower_of(b); });
}

/// Groups of 5 bits back to bytes; nullopt when a whole group is left over or a bit of the rest is
/// set, so that each value has one text.
std::optional<Bytes> bytes_of(std::span<const std::uint8_t> groups) {
  Bytes out;
  out.reserve(groups.size() * 5 / 8);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t group : groups) {
    bits = (bits << 5 | group) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  const bool is_padded_with_zeros = (bits & ((1U << count) - 1)) == 0;
  if (count >= 5 || !is_padded_with_zeros) return std::nullopt;
  return out;
}

}  // namespace

std::string to_bech32m(std::string_view prefix, ByteView bytes) {
  std::string text(prefix);
  text += '1';
  Checksum checksum(prefix);
  const auto put = [&](std::uint32_t group) {
    checksum.feed(static_cast<std::uint8_t>(group));
    text += alphabet[group];
  };
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8 | byte) & 0xfff;
    for (count += 8; count >= 5;) {
      count -= 5;
      put(bits >> count & 31);
    }
  }
  if (count > 0) put(bits << (5 - count) & 31);
  for (std::size_t i = 0; i < checksum_chars; ++i) checksum.feed(0);
  const std::uint32_t sum = checksum.value() ^ checksum_constant;
  for (std::size_t i = 0; i < checksum_chars; ++i) {
    text += alphabet[sum >> (5 * (checksum_chars - 1 - i)) & 31];
  }
  return text;
}

Result<Bytes, Fault> from_bech32m(std::string_view prefix, std::string_view text) {
  if (is_mixed_case(text) || !has_prefix(prefix, text)) return fail(Fault::bad_text);
  Bytes groups;
  groups.reserve(text.size());
  Checksum checksum(prefix);
  bool is_in_alphabet = true;
  for (const char c : text.substr(prefix.size() + 1)) {
    const std::size_t at = alphabet.find(lower_of(c));
    if (at == std::string_view::npos) {
      const bool is_lookalike = is_upper(c) || is_lower(c) || c == '1';
      if (!is_lookalike) return fail(Fault::bad_text);
      is_in_alphabet = false;
      continue;
    }
    groups.push_back(static_cast<std::uint8_t>(at));
    checksum.feed(groups.back());
  }
  if (!is_in_alphabet || checksum.value() != checksum_constant) return fail(Fault::bad_checksum);
  const auto bytes = bytes_of(std::span(groups).first(groups.size() - checksum_chars));
  if (!bytes) return fail(Fault::bad_text);
  return *bytes;
}

}  // namespace moot::log

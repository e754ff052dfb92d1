#include "record/record_id.hpp"

#include <algorithm>

#include "crypto/hash.hpp"

namespace moot::record {
namespace {

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::uint8_t digit = 0; digit < 10; ++digit) values[std::size_t{'0'} + digit] = digit;
  for (std::uint8_t digit = 0; digit < 6; ++digit) {
    values[std::size_t{'a'} + digit] = static_cast<std::uint8_t>(10 + digit);
    values[std::size_t{'A'} + digit] = static_cast<std::uint8_t>(10 + digit);
  }
  return values;
}();

/// Where the two digits of each byte stand in the text.
constexpr std::array<std::uint8_t, 16> digit_places = {0,  2,  4,  6,  9,  11, 14, 16,
                                                       19, 21, 24, 26, 28, 30, 32, 34};

}  // namespace

std::optional<RecordId> parse_record_id(std::string_view uuid) {
  if (uuid.size() != 36) return std::nullopt;
  if (uuid[8] != '-' || uuid[13] != '-' || uuid[18] != '-' || uuid[23] != '-') return std::nullopt;
  RecordId id;
  std::uint8_t seen = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const std::uint8_t high = digit_values[static_cast<std::uint8_t>(uuid[digit_places[i]])];
    const std::uint8_t low = digit_values[static_cast<std::uint8_t>(uuid[digit_places[i] + 1U])];
    seen = static_cast<std::uint8_t>(seen | high | low);
    id[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (seen == no_digit)
    return std::nullopt;  // digits have four bits, so only no_digit sets them all
  return id;
}

std::string to_string(const RecordId& id) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text(36, '-');
  for (std::size_t i = 0; i < id.size(); ++i) {
    text[digit_places[i]] = digits[id[i] >> 4];
    text[digit_places[i] + 1U] = digits[id[i] & 0xf];
  }
  return text;
}

RecordId uuid_v5(const RecordId& name_space, std::string_view name) {
  Bytes input = to_bytes(name_space);
  append(input, view_of(name));
  const FixedBytes<20> digest = crypto::sha1_for_uuid(input);
  RecordId id;
  std::copy_n(digest.begin(), id.size(), id.begin());
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x50);  // version 5
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);  // the variant of RFC 4122
  return id;
}

}  // namespace moot::record

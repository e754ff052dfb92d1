#pragma once
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/fault.hpp"

namespace moot::crypto {

std::string to_hex(ByteView bytes);
/// Lower or upper case; an even number of digits, nothing else.
Result<Bytes, Fault> from_hex(std::string_view text);
/// RFC 4648 section 4, with padding.
std::string to_base64(ByteView bytes);
/// Strict: padding required, no other characters, unused bits zero.
Result<Bytes, Fault> from_base64(std::string_view text);
/// The same into a place of the caller's, for secrets; answers how many bytes. A longer text is
/// bad_encoding.
Result<std::size_t, Fault> from_base64_into(std::string_view text, std::span<std::uint8_t> out);

}  // namespace moot::crypto

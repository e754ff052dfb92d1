#pragma once
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "log/fault.hpp"

/// Bech32m (BIP-350): text that is read aloud and typed, with a checksum that catches any four
/// wrong characters. Any thread.
namespace moot::log {

/// prefix || "1" || bytes in groups of 5 bits || 6 characters of checksum, in lower case.
std::string to_bech32m(std::string_view prefix, ByteView bytes);

/// The bytes of a text under this prefix (in lower case). Either case, not mixed. `bad_checksum`
/// when the form is right and the checksum is not, or when a letter or digit stands there that
/// Bech32 leaves out (they look like others); `bad_text` for all else, bits left over that are not
/// zero among them.
Result<Bytes, Fault> from_bech32m(std::string_view prefix, std::string_view text);

}  // namespace moot::log

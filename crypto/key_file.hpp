#pragma once
#include <filesystem>

#include "base/result.hpp"
#include "crypto/signing.hpp"

namespace moot::crypto {

/// What a key file is for; written in its first line, so that a node key cannot be taken for a log
/// key. A reserve key's file is sealed with a passphrase and has functions of its own
/// (reserve_key.hpp): those here refuse it as of wrong use, and are never asked for one.
enum class KeyUse { log, node, reserve };

/// Writes `moot/<use>-key/v1\n<base64 of the seed>\n`, mode 0600, never over an existing file; the
/// file and its folder are synced before it answers. After a failure errno tells more, and no file
/// of ours is left.
Result<Done, Fault> write_key_file(const std::filesystem::path& path, KeyUse use,
                                   const SigningKey& key);
/// Refuses a file that group or others may read, another use, another version, trailing bytes, a
/// symbolic link.
Result<SigningKey, Fault> read_key_file(const std::filesystem::path& path, KeyUse use);

/// The text of a key file. It holds the secret: wipe() it after use.
Bytes key_file_text(KeyUse use, const SigningKey& key);
/// The key in such a text; one key has one text.
Result<SigningKey, Fault> parse_key_file(ByteView text, KeyUse use);

}  // namespace moot::crypto

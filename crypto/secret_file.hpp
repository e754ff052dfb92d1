#pragma once
#include <filesystem>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/fault.hpp"

namespace moot::crypto {

/// What a file holds: a bare secret, which its mode guards, or one that a passphrase seals. The
/// latter may lie on a stick whose file system knows no modes, so that they are not insisted on.
enum class Guard { mode, passphrase };

/// Writes a new file, mode 0600, never over an existing one; the file and its folder are synced
/// before it answers. file_exists, cannot_write_file: errno tells more, and no file of ours is
/// left.
Result<Done, Fault> write_secret_file(const std::filesystem::path& path, ByteView text,
                                      Guard guard = Guard::mode);

/// Reads a whole file into `buffer` and answers how many bytes it has. Refuses what group or others
/// may read (wrong_mode), what is no regular file or a symbolic link (cannot_read_file, errno tells
/// more), and what does not fit (unknown_format). The caller wipes the buffer, whatever is
/// answered.
Result<std::size_t, Fault> read_secret_file(const std::filesystem::path& path,
                                            std::span<std::uint8_t> buffer,
                                            Guard guard = Guard::mode);

/// The names in a folder are durable only once it is synced.
bool sync_folder(const std::filesystem::path& folder);

}  // namespace moot::crypto

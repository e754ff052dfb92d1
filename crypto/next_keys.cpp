#include "crypto/next_keys.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "crypto/key_file.hpp"
#include "crypto/secret_file.hpp"

namespace moot::crypto {
namespace {

namespace fs = std::filesystem;

fs::path next_folder(const fs::path& keys_folder) { return keys_folder / "next"; }

/// A name moved over another; nothing to do when an earlier call has moved it.
bool move_over(const fs::path& from, const fs::path& to) {
  return std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT;
}

}  // namespace

Result<NextKeys, Fault> make_next_keys(const fs::path& keys_folder) {
  const fs::path folder = next_folder(keys_folder);
  if (::mkdir(folder.c_str(), S_IRWXU) != 0) {
    return fail(errno == EEXIST ? Fault::file_exists : Fault::cannot_write_file);
  }
  NextKeys keys{.log = SigningKey::generate(), .node = SigningKey::generate()};
  auto written = write_key_file(folder / "node.key", KeyUse::node, keys.node);
  if (written) written = write_key_file(folder / "log.key", KeyUse::log, keys.log);
  if (!written || !sync_folder(keys_folder)) {
    const int kept = errno;
    (void)drop_next_keys(keys_folder);  // a folder that cannot be removed is told of by the next
    errno = kept;
    return fail(Fault::cannot_write_file);
  }
  return keys;
}

Result<NextKeys, Fault> read_next_keys(const fs::path& keys_folder) {
  const fs::path folder = next_folder(keys_folder);
  auto log = read_key_file(folder / "log.key", KeyUse::log);
  if (!log) return fail(log.error());
  auto node = read_key_file(folder / "node.key", KeyUse::node);
  if (!node) return fail(node.error());
  return NextKeys{.log = std::move(*log), .node = std::move(*node)};
}

bool has_next_keys(const fs::path& keys_folder) {
  std::error_code ignored;
  return fs::exists(next_folder(keys_folder), ignored);
}

Result<Done, Fault> drop_next_keys(const fs::path& keys_folder) {
  std::error_code error;
  fs::remove_all(next_folder(keys_folder), error);
  if (error) {
    errno = error.value();
    return fail(Fault::cannot_write_file);
  }
  (void)sync_folder(keys_folder);  // comes back after a crash at worst, and is dropped again
  return Done{};
}

Result<bool, Fault> finish_key_change(const fs::path& keys_folder,
                                      const PublicKeyBytes& newest_log_key) {
  const fs::path folder = next_folder(keys_folder);
  std::error_code ignored;
  const bool has_log_key = fs::exists(folder / "log.key", ignored);
  if (!has_log_key) {
    // Moved already by a call that was interrupted before it removed the folder, if there is one.
    // (The node's key is always moved first, and always made first.)
    const auto current = read_key_file(keys_folder / "log.key", KeyUse::log);
    const bool is_moved = current && current->public_key().bytes() == newest_log_key;
    if (is_moved && has_next_keys(keys_folder) && !fs::exists(folder / "node.key", ignored)) {
      (void)drop_next_keys(keys_folder);
    }
    return false;
  }
  const auto next = read_key_file(folder / "log.key", KeyUse::log);
  if (!next) return fail(next.error());
  if (next->public_key().bytes() != newest_log_key) return false;
  // The log key goes last: as long as it is in `next` this is known to be unfinished.
  if (!move_over(folder / "node.key", keys_folder / "node.key") || !sync_folder(keys_folder) ||
      !move_over(folder / "log.key", keys_folder / "log.key") || !sync_folder(keys_folder)) {
    return fail(Fault::cannot_write_file);
  }
  (void)drop_next_keys(keys_folder);
  return true;
}

}  // namespace moot::crypto

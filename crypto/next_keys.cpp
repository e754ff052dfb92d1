#include "crypto/next_keys.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "base/check.hpp"
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

/// A new folder with both; after a failure none is left, and errno tells more.
Result<Done, Fault> write_next_keys(const fs::path& keys_folder, const NextKeys& keys) {
  const fs::path folder = next_folder(keys_folder);
  if (::mkdir(folder.c_str(), S_IRWXU) != 0) {
    return fail(errno == EEXIST ? Fault::file_exists : Fault::cannot_write_file);
  }
  auto written = write_key_file(folder / "node.key", KeyUse::node, keys.node);
  if (written) written = write_key_file(folder / "log.key", KeyUse::log, keys.log);
  if (written && sync_folder(keys_folder)) return Done{};
  const int kept = errno;
  (void)drop_next_keys(keys_folder);  // a folder that cannot be removed is told of by the next
  errno = kept;
  return fail(Fault::cannot_write_file);
}

bool is_key(const fs::path& file, KeyUse use, const PublicKeyBytes& key) {
  const auto there = read_key_file(file, use);
  return there && there->public_key().bytes() == key;
}

}  // namespace

Result<NextKeys, Fault> make_next_keys(const fs::path& keys_folder) {
  NextKeys keys{.log = SigningKey::generate(), .node = SigningKey::generate()};
  if (const auto written = write_next_keys(keys_folder, keys); !written) {
    return fail(written.error());
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

Result<Done, Fault> write_next_plan(const fs::path& keys_folder, std::string_view text) {
  MOOT_CHECK(text.size() <= next_plan_bytes_max, text.size());
  return write_secret_file(next_folder(keys_folder) / "plan", view_of(text));
}

Result<std::string, Fault> read_next_plan(const fs::path& keys_folder) {
  std::array<std::uint8_t, next_plan_bytes_max> buffer{};
  const auto size = read_secret_file(next_folder(keys_folder) / "plan", buffer);
  if (!size) return fail(size.error());
  return std::string(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*size));
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
    if (is_key(keys_folder / "log.key", KeyUse::log, newest_log_key) &&
        has_next_keys(keys_folder) && !fs::exists(folder / "node.key", ignored)) {
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

Result<Done, Fault> settle_key_change(const fs::path& keys_folder, const NextKeys& keys) {
  const PublicKeyBytes& log_key = keys.log.public_key().bytes();
  const auto are_in_place = [&] {
    return is_key(keys_folder / "log.key", KeyUse::log, log_key) &&
           is_key(keys_folder / "node.key", KeyUse::node, keys.node.public_key().bytes());
  };
  const auto finished = finish_key_change(keys_folder, log_key);
  if (are_in_place()) return Done{};
  // They are there, and the next call goes on with them.
  if (!finished && is_key(next_folder(keys_folder) / "log.key", KeyUse::log, log_key)) {
    return fail(finished.error());
  }
  if (has_next_keys(keys_folder)) {
    if (const auto dropped = drop_next_keys(keys_folder); !dropped) return dropped;
  }
  if (const auto written = write_next_keys(keys_folder, keys); !written) return written;
  const auto again = finish_key_change(keys_folder, log_key);
  if (!again) return fail(again.error());
  if (!are_in_place()) return fail(Fault::cannot_write_file);
  return Done{};
}

}  // namespace moot::crypto

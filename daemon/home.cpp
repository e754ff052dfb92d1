#include "node/home.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/limits.hpp"
#include "crypto/key_file.hpp"
#include "crypto/next_keys.hpp"
#include "node/errors.hpp"

namespace moot::node {
namespace {

namespace fs = std::filesystem;

std::string words_of(int error_number) { return std::system_category().message(error_number); }

Error no_home(const fs::path& home) {
  return error_of("not-found", "there is no node in " + home.string(),
                  "make one with `moot init NAME --home " + home.string() +
                      "`, or name its folder with --home");
}

/// A small file, whole. The error is errno's.
Result<std::string, int> read_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(int{errno});
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = ::read(file, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > limits::MiB) break;  // no settings of ours are so long; they are refused
  }
  const int failure = errno;
  ::close(file);
  if (count < 0) return fail(int{failure});
  return text;
}

Result<config::Config, Error> read_config(const config::Paths& paths) {
  const auto text = read_file(paths.config);
  if (!text && (text.error() == ENOENT || text.error() == ENOTDIR))
    return fail(no_home(paths.home));
  if (!text) {
    return fail(error_of("failed",
                         "cannot read " + paths.config.string() + ": " + words_of(text.error()),
                         "run mootd as the user that the home belongs to"));
  }
  auto config = config::parse(*text, paths.config.string());
  if (config) return std::move(*config);
  Error error =
      error_of("failed", "the settings are not right", "`moot config check` shows the same");
  error.problems = std::move(config.error());
  return fail(std::move(error));
}

Error bad_key(const fs::path& path, crypto::Fault fault, int error_number) {
  const std::string name = path.string();
  switch (fault) {
    case crypto::Fault::cannot_read_file:
      if (error_number == ENOENT) {
        return error_of("failed", "there is no key " + name,
                        "a key that is lost is not made again: the officers establish a new one");
      }
      return error_of("failed", "cannot read the key " + name + ": " + words_of(error_number),
                      "run mootd as the user that the home belongs to");
    case crypto::Fault::wrong_mode:
      return error_of(
          "failed", "the key " + name + " may be read by others, so it may be stolen",
          "close it with `chmod 600 " + name + "`, and think about who may have read it");
    case crypto::Fault::bad_encoding:
    case crypto::Fault::bad_signature:
    case crypto::Fault::bad_public_key:
    case crypto::Fault::bad_handshake:
    case crypto::Fault::bad_message:
    case crypto::Fault::message_too_long:
    case crypto::Fault::cannot_write_file:
    case crypto::Fault::file_exists:
    case crypto::Fault::wrong_use:
    case crypto::Fault::unknown_format:
    case crypto::Fault::wrong_passphrase:
    case crypto::Fault::too_costly:
    case crypto::Fault::no_memory:
      break;
  }
  return error_of("failed",
                  "the key " + name + " is not usable: " + std::string(crypto::describe(fault)),
                  "put the file back as it was; a damaged key cannot be repaired, and the officers "
                  "establish a new one");
}

Result<crypto::SigningKey, Error> read_key(const fs::path& path, crypto::KeyUse use) {
  errno = 0;
  auto key = crypto::read_key_file(path, use);
  if (!key) return fail(bad_key(path, key.error(), errno));
  return std::move(*key);
}

Error bad_store(const config::Paths& paths, store::Fault fault) {
  const std::string what = "cannot open the store " + paths.store.string();
  if (fault == store::Fault::not_a_store || fault == store::Fault::not_founded) {
    return no_home(paths.home);
  }
  Error error = error_of(fault, what);
  if (fault == store::Fault::newer_format) error.hint = "run the newer mootd that wrote it";
  return error;
}

/// A home that moot restore has made, before the officers' new keys are in its log.
Error no_log_key(const config::Paths& paths) {
  return error_of(
      "failed",
      "there is no key " + paths.log_key.string() +
          " to sign with: this home was restored, or the key was lost, and the officers have not "
          "yet given it new keys",
      "`moot keys rotate --after-restore` writes the request, k officers sign it with `moot keys "
      "sign`, then `moot keys apply`");
}

/// Signing with any other key would make checkpoints that nobody accepts.
Result<Done, Error> check_keys(const Home& home, const log::Establish& newest) {
  const auto& node_keys = newest.node_keys;
  const auto node_key = home.node_key.public_key().bytes();
  if (newest.log_key != home.log_key.public_key().bytes()) {
    return fail(error_of("failed",
                         "the log key in " + home.paths.log_key.string() +
                             " is not the one that the organisation's newest key event names",
                         "put the right key there; was it replaced on another machine?"));
  }
  if (std::find(node_keys.begin(), node_keys.end(), node_key) == node_keys.end()) {
    return fail(error_of("failed",
                         "the node key in " + home.paths.node_key.string() +
                             " is not among those that the organisation's newest key event names",
                         "put the right key there; was it replaced on another machine?"));
  }
  return Done{};
}

Result<std::unique_ptr<store::Store>, Error> open_store(const config::Paths& paths,
                                                        const config::Config& config) {
  auto store = store::Store::open(paths.store, {.read_only = false,
                                                .create = false,
                                                .personal_hold_ms = config.personal_hold_ms,
                                                .public_hold_ms = config.public_hold_ms});
  if (store) return std::move(*store);
  return fail(bad_store(paths, store.error()));
}

/// A change of keys that a crash cut short is finished, then both keys are read.
struct Keys {
  crypto::SigningKey log;
  crypto::SigningKey node;
};
Result<Keys, Error> read_keys(const config::Paths& paths, const log::Establish& newest) {
  const auto finished = crypto::finish_key_change(paths.keys, newest.log_key);
  if (!finished) return fail(bad_key(paths.keys / "next", finished.error(), errno));
  std::error_code ignored;
  if (!fs::exists(paths.log_key, ignored)) return fail(no_log_key(paths));
  auto log_key = read_key(paths.log_key, crypto::KeyUse::log);
  if (!log_key) return fail(std::move(log_key.error()));
  auto node_key = read_key(paths.node_key, crypto::KeyUse::node);
  if (!node_key) return fail(std::move(node_key.error()));
  return Keys{.log = std::move(*log_key), .node = std::move(*node_key)};
}

}  // namespace

Result<Home, Error> open_home(const config::Paths& paths) {
  auto config = read_config(paths);
  if (!config) return fail(std::move(config.error()));
  auto lock = config::HomeLock::take(paths.lock);
  if (!lock) return fail(std::move(lock.error()));
  auto store = open_store(paths, *config);
  if (!store) return fail(std::move(store.error()));
  const auto organisation = (*store)->own_organisation();
  if (!organisation) return fail(no_home(paths.home));
  const auto identity = (*store)->identity(*organisation);
  if (!identity) return fail(bad_store(paths, store::Fault::corrupt));
  auto keys = read_keys(paths, identity->newest().establish);
  if (!keys) return fail(std::move(keys.error()));
  Home home{.paths = paths,
            .config = std::move(*config),
            .lock = std::move(*lock),
            .store = std::move(*store),
            .organisation = *organisation,
            .log_key = std::move(keys->log),
            .node_key = std::move(keys->node)};
  const auto checked = check_keys(home, identity->newest().establish);
  if (!checked) return fail(checked.error());
  return home;
}

}  // namespace moot::node

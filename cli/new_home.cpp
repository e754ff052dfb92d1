#include "command/new_home.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "command/recovery_code.hpp"
#include "command/render.hpp"
#include "command/staging.hpp"
#include "command/text_file.hpp"
#include "crypto/encoding.hpp"
#include "crypto/key_file.hpp"
#include "log/checkpoint.hpp"
#include "log/identity.hpp"
#include "store/store.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

constexpr unsigned home_mode = 0700;
constexpr unsigned file_mode = 0600;

Error failed(std::string message, std::string hint = {}) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

/// What is there already, in words.
std::string what_is_there(const config::Paths& paths) {
  const std::string home = paths.home.string();
  std::error_code error;
  if (!fs::is_directory(paths.home, error)) return home + " is there already, and is no folder";
  if (const auto store = store::Store::open(paths.store, {.read_only = true, .create = false})) {
    if (const auto own = (*store)->own_organisation()) {
      return home + " is already the home of " + log::to_text(*own);
    }
  }
  std::string first;
  std::uint64_t count = 0;
  for (const auto& item : fs::directory_iterator(paths.home, error)) {
    if (count++ == 0) first = item.path().filename().string();
  }
  return home + " is not empty: " + counted(count, "thing is", "things are") + " in it, " + first +
         " for one";
}

Result<Done, Error> expect_no_home(const config::Paths& paths) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(paths.home, error);
  if (status.type() == fs::file_type::not_found) return Done{};
  if (fs::is_directory(paths.home, error) && fs::is_empty(paths.home, error) && !error) {
    return Done{};
  }
  if (error && error.value() != ENOTDIR) {
    return fail(failed("cannot look into " + paths.home.string() + ": " + error.message(),
                       "name a folder that this user may use with --home"));
  }
  return fail(
      Error{.code = "exists",
            .message = what_is_there(paths) + "; nothing was changed",
            .hint = "name another folder with --home; `moot status` shows the node that is there",
            .problems = {}});
}

/// The copy's number: a home that wakes up on another machine, or twice, differs from what is
/// written here.
std::string instance_text() {
  Hash random{};
  crypto::random_bytes(random);
  std::string machine;
  std::ifstream("/etc/machine-id") >> machine;
  return "moot/instance/v1\n" + crypto::to_hex(random) + "\n" + machine + "\n";
}

Error store_error(store::Fault fault) {
  const bool is_full = fault == store::Fault::disk_full;
  return {.code = is_full ? "disk-full" : "failed",
          .message = "cannot make the store: " + std::string(store::describe(fault)) +
                     "; nothing was left behind",
          .hint = is_full ? "make room on the disk, then try again"
                          : "see the system's log for errors of the disk",
          .problems = {}};
}

Result<log::OrganisationId, Error> found_log(const config::Paths& staged, Bytes first_leaf,
                                             const crypto::SigningKey& log_key) {
  auto identity = log::Identity::begin(first_leaf);
  if (!identity) return fail(failed(std::string(log::describe(identity.error()))));
  const log::OrganisationId organisation = identity->organisation();
  auto store = store::Store::open(staged.store, {.read_only = false, .create = true});
  if (!store) return fail(store_error(store.error()));
  store::Found found{.first_leaf = std::move(first_leaf),
                     .sign = [&organisation, &log_key](const log::Head& head) {
                       return log::sign_checkpoint(organisation, head, log_key);
                     }};
  const store::Job job = std::move(found);
  const auto results = (*store)->apply({&job, 1});
  if (!results.front()) return fail(store_error(results.front().error()));
  return organisation;
}

Result<Done, Error> write_key(const fs::path& path, crypto::KeyUse use,
                              const crypto::SigningKey& key) {
  const auto written = crypto::write_key_file(path, use, key);
  if (written) return Done{};
  const int error_number = errno;
  return fail(failed("cannot write the key " + path.filename().string() + ": " +
                         std::system_category().message(error_number) + "; nothing was left behind",
                     error_number == ENOSPC ? "make room on the disk, then try again" : ""));
}

Result<NewHome, Error> fill(const config::Paths& staged, const config::Config& config) {
  std::error_code error;
  fs::create_directory(staged.keys, error);
  if (!error) fs::permissions(staged.keys, fs::perms(home_mode), error);
  if (error) return fail(failed("cannot make the folder of keys: " + error.message()));

  const auto log_key = crypto::SigningKey::generate();
  const auto node_key = crypto::SigningKey::generate();
  const auto reserve_key = crypto::SigningKey::generate();
  for (const auto& written :
       {write_key(staged.log_key, crypto::KeyUse::log, log_key),
        write_key(staged.node_key, crypto::KeyUse::node, node_key),
        write_new_file(staged.config, config::to_text(config), file_mode, "the settings"),
        write_new_file(staged.instance, instance_text(), file_mode, "the instance file")}) {
    if (!written) return fail(written.error());
  }
  log::FirstEstablish first{.time_s = unix_now_ms() / 1000,
                            .node_keys = {node_key.public_key().bytes()},
                            .threshold_next = 1,
                            .reserve_keys = {reserve_key.public_key().bytes()}};
  const auto organisation = found_log(staged, log::make_first_establish(first, log_key), log_key);
  if (!organisation) return fail(organisation.error());
  return NewHome{.organisation = *organisation, .recovery_code = recovery_code(reserve_key)};
}

std::string recovery_file_text(const NewHome& made, const config::Config& config) {
  return "moot/recovery/v1\norganisation " + log::to_text(made.organisation) + "\nname " +
         printable(config.name) + "\ncode " + made.recovery_code + "\n";
}

}  // namespace

Result<NewHome, Error> make_home(const config::Paths& paths, const config::Config& config,
                                 const std::optional<fs::path>& recovery_file) {
  const auto free = expect_no_home(paths);
  if (!free) return fail(free.error());
  auto staging = Staging::begin(paths.home);
  if (!staging) return fail(staging.error());
  auto made = fill(config::paths(staging->folder().string()), config);
  if (!made) return made;
  if (recovery_file) {
    const auto written = write_new_file(*recovery_file, recovery_file_text(*made, config),
                                        file_mode, "the recovery code to");
    if (!written) return fail(written.error());
  }
  const auto committed = staging->commit({paths.keys.filename(), paths.store.filename(),
                                          paths.instance.filename(), paths.config.filename()});
  if (!committed) {
    std::error_code ignored;
    if (recovery_file) fs::remove(*recovery_file, ignored);
    return fail(committed.error());
  }
  return made;
}

void unmake_home(const config::Paths& paths) {
  std::error_code ignored;  // what cannot be removed is said to be there by the next `moot init`
  for (const fs::path& made : {paths.config, paths.instance, paths.store, paths.keys}) {
    fs::remove_all(made, ignored);
  }
  fs::remove(paths.home, ignored);  // only when empty
}

}  // namespace moot::command

#include "command/new_home.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "command/officers.hpp"
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

}  // namespace

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

// A home that wakes up on another machine, or twice, differs from what is written here.
std::string instance_text() {
  Hash random{};
  crypto::random_bytes(random);
  std::string machine;
  std::ifstream("/etc/machine-id") >> machine;
  return "moot/instance/v1\n" + crypto::to_hex(random) + "\n" + machine + "\n";
}

namespace {

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

/// Who decides, as `moot officers list` shows it.
Officers first_officers(const HomePlan& plan, const std::vector<crypto::PublicKeyBytes>& keys) {
  Officers out;
  out.threshold = plan.threshold;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    out.officers.push_back({.name = plan.officer_keys.empty() ? std::string("recovery sheet")
                                                              : "officer " + std::to_string(i + 1),
                            .key = keys[i],
                            .role = {},
                            .until = {},
                            .note = {},
                            .last_drill = {}});
  }
  return out;
}

Result<NewHome, Error> fill(const config::Paths& staged, const HomePlan& plan) {
  std::error_code error;
  fs::create_directory(staged.keys, error);
  if (!error) fs::permissions(staged.keys, fs::perms(home_mode), error);
  if (error) return fail(failed("cannot make the folder of keys: " + error.message()));

  const auto log_key = crypto::SigningKey::generate();
  const auto node_key = crypto::SigningKey::generate();
  std::optional<crypto::SigningKey> reserve_key;
  std::vector<crypto::PublicKeyBytes> reserve_keys = plan.officer_keys;
  if (reserve_keys.empty()) {
    reserve_key = crypto::SigningKey::generate();
    reserve_keys.push_back(reserve_key->public_key().bytes());
  }
  for (const auto& written :
       {write_key(staged.log_key, crypto::KeyUse::log, log_key),
        write_key(staged.node_key, crypto::KeyUse::node, node_key),
        write_new_file(staged.config, config::to_text(plan.config), file_mode, "the settings"),
        save_officers(staged, first_officers(plan, reserve_keys)),
        write_new_file(staged.instance, instance_text(), file_mode, "the instance file")}) {
    if (!written) return fail(written.error());
  }
  log::FirstEstablish first{.time_s = unix_now_ms() / 1000,
                            .node_keys = {node_key.public_key().bytes()},
                            .threshold_next = plan.threshold,
                            .reserve_keys = reserve_keys};
  const auto organisation = found_log(staged, log::make_first_establish(first, log_key), log_key);
  if (!organisation) return fail(organisation.error());
  NewHome made{.organisation = *organisation, .sheet = {}};
  if (reserve_key) {
    made.sheet = make_sheet(plan.config.name, log::to_text(*organisation), *reserve_key);
  }
  return made;
}

/// The files of the sheet; removed again unless all goes well.
class SheetFiles {
 public:
  Result<Done, Error> write(const HomePlan& plan, const NewHome& made) {
    if (!made.sheet) return Done{};
    auto written = write_one(plan.recovery_file, &sheet_text, *made.sheet);
    if (!written) return written;
    return write_one(plan.recovery_svg, &sheet_svg, *made.sheet);
  }
  void keep() { written_.clear(); }
  SheetFiles() = default;
  SheetFiles(const SheetFiles&) = delete;
  SheetFiles& operator=(const SheetFiles&) = delete;
  ~SheetFiles() {
    std::error_code ignored;
    for (const fs::path& path : written_) fs::remove(path, ignored);
  }

 private:
  Result<Done, Error> write_one(const std::optional<fs::path>& path,
                                std::string (*text_of)(const RecoverySheet&),
                                const RecoverySheet& sheet) {
    if (!path) return Done{};
    std::string text = text_of(sheet);
    auto written = write_new_file(*path, text, file_mode, "the recovery sheet to");
    wipe_text(text);
    if (written) written_.push_back(*path);
    return written;
  }
  std::vector<fs::path> written_;
};

}  // namespace

Result<NewHome, Error> make_home(const config::Paths& paths, const HomePlan& plan,
                                 const AcceptHome& accept) {
  const auto free = expect_no_home(paths);
  if (!free) return fail(free.error());
  auto staging = Staging::begin(paths.home);
  if (!staging) return fail(staging.error());
  const config::Paths staged = config::paths(staging->folder().string());
  auto made = fill(staged, plan);
  if (!made) return made;
  SheetFiles files;
  if (const auto written = files.write(plan, *made); !written) return fail(written.error());
  const auto accepted = accept ? accept(*made) : Result<Done, Error>(Done{});
  if (!accepted) return fail(accepted.error());
  const auto committed =
      staging->commit({paths.keys.filename(), paths.store.filename(), paths.instance.filename(),
                       officers_file(paths).filename(), paths.config.filename()});
  if (!committed) return fail(committed.error());
  files.keep();
  return made;
}

void unmake_home(const config::Paths& paths) {
  std::error_code ignored;  // what cannot be removed is said to be there by the next `moot init`
  for (const fs::path& made :
       {paths.config, officers_file(paths), paths.instance, paths.store, paths.keys}) {
    fs::remove_all(made, ignored);
  }
  fs::remove(paths.home, ignored);  // only when empty
}

}  // namespace moot::command

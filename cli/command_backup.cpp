#include <cstdio>
#include <fstream>
#include <memory>
#include <ostream>

#include "command/json_text.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/staging.hpp"
#include "command/text_file.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

constexpr unsigned file_mode = 0600;
constexpr std::size_t small_file_bytes_max = 1 * limits::MiB;
constexpr const char* officers_name = "officers.json";  // terms and roles, if they were noted
constexpr const char* readme_name = "README.txt";

std::string readme(const log::OrganisationId& organisation, std::uint64_t now_ms) {
  return "A backup of the node of\n" + log::to_text(organisation) + "\nmade on " +
         time_text(now_ms) +
         ".\n\n"
         "It holds everything that the node had stored: its own log with all texts, personal "
         "parts\n"
         "among them, the logs that it follows, its settings, and what was noted of the officers.\n"
         "Keep it as carefully as the node itself.\n\n"
         "It holds NO secret key. That is on purpose: a node that was copied with its key could "
         "sign\n"
         "two histories. After `moot restore` the officers give the new home new keys.\n\n"
         "THROW IT AWAY 30 days after anything was erased: a text that was erased since is still "
         "in\n"
         "here. A new backup no longer has it.\n\n"
         "To use it, on a machine with Moot installed:\n"
         "    moot restore THIS-FOLDER --home NEW-HOME\n";
}

Error store_error(store::Fault fault) {
  const bool is_full = fault == store::Fault::disk_full;
  return {.code = is_full ? "disk-full" : "failed",
          .message = "the store could not be copied: " + std::string(store::describe(fault)) +
                     "; nothing was left behind",
          .hint = is_full ? "make room on that disk, then try again" : "",
          .problems = {}};
}

/// A small file of the home; one that is not there is left out.
Result<Done, Error> copy_small_file(const fs::path& from, const fs::path& to) {
  const auto text = read_text_file(from, small_file_bytes_max);
  if (!text && text.error().code == "not-found") return Done{};
  if (!text) return fail(text.error());
  return write_new_file(to, *text, file_mode, "the backup");
}

/// When this home was last backed up, for `moot doctor`: over the note before, all or nothing.
bool note_backup(const fs::path& home, std::uint64_t now_ms) {
  const fs::path note = home / "backup.json";
  const fs::path fresh = home / "backup.json.new";
  std::error_code error;
  fs::remove(fresh, error);
  const auto written =
      write_new_file(fresh, json_text({{"time_ms", now_ms}}) + "\n", file_mode, "the note");
  return written && std::rename(fresh.c_str(), note.c_str()) == 0;
}

Ran run_backup(Session& session, const std::string& folder) {
  const config::Paths paths = session.paths();
  const auto store = open_store(paths);
  if (!store) return fail(store.error());
  const auto own = (*store)->own_organisation();
  if (!own) {
    return fail(Error{.code = "not-found",
                      .message = "this store has no organisation of its own",
                      .hint = "name the home of a node with --home",
                      .problems = {}});
  }
  std::error_code error;
  const fs::path target = fs::absolute(folder, error).lexically_normal();
  if (fs::exists(target, error) &&
      !(fs::is_directory(target, error) && fs::is_empty(target, error))) {
    return fail(Error{.code = "exists",
                      .message = folder + " is there already and is not an empty folder",
                      .hint = "name a new folder: a backup is never written over another",
                      .problems = {}});
  }
  auto staging = Staging::begin(target);
  if (!staging) return fail(staging.error());
  const std::uint64_t now_ms = unix_now_ms();
  const auto copied = (*store)->copy_to(staging->folder() / paths.store.filename());
  if (!copied) return fail(store_error(copied.error()));
  std::vector<std::string> items = {paths.store.filename().string()};
  for (const fs::path& from : {paths.config, paths.home / officers_name}) {
    const fs::path to = staging->folder() / from.filename();
    if (const auto done = copy_small_file(from, to); !done) return fail(done.error());
    if (fs::exists(to, error)) items.push_back(from.filename().string());
  }
  const auto written = write_new_file(staging->folder() / readme_name, readme(*own, now_ms),
                                      file_mode, "the backup");
  if (!written) return fail(written.error());
  items.emplace_back(readme_name);
  if (const auto committed = staging->commit(items); !committed) return fail(committed.error());
  if (!note_backup(paths.home, now_ms)) {
    session.hint("that it was made could not be noted in " + paths.home.string());
  }
  const std::uint64_t bytes = fs::file_size(target / paths.store.filename() / "data.mdb", error);
  if (session.globals.json) {
    session.out << json_text({{"folder", target.string()},
                              {"organisation", log::to_text(*own)},
                              {"time_ms", now_ms},
                              {"bytes", error ? 0 : bytes}})
                << '\n';
    return ExitCode::done;
  }
  session.out
      << "The backup is in " << printable(target.string()) << ".\n"
      << "No secret key is in it. Throw it away 30 days after anything was erased: what was\n"
         "erased since is still in it.\n";
  session.hint("`moot restore " + folder + " --home NEW` makes a home from it");
  return ExitCode::done;
}

}  // namespace

void add_backup(Registry& registry) {
  const auto folder = std::make_shared<std::string>();
  CLI::App& app = registry.add(
      "backup",
      "Copies everything that this home holds, but its secret keys, into a new folder. Works "
      "beside\n"
      "a running node. A README in the folder says what is in it and when it must be thrown away.",
      "  moot backup /media/usb/hall-2027-01-15",
      [folder](Session& session) { return run_backup(session, *folder); });
  app.add_option("folder", *folder, "The new folder")->required()->type_name("FOLDER");
}

}  // namespace moot::command

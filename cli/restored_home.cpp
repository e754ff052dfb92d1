#include "command/restored_home.hpp"

#include <sys/stat.h>

#include "command/bundle_file.hpp"
#include "command/new_home.hpp"
#include "command/progress.hpp"
#include "command/read.hpp"
#include "command/render.hpp"
#include "command/staging.hpp"
#include "command/take_log.hpp"
#include "command/temporary_node.hpp"
#include "command/text_file.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

constexpr unsigned file_mode = 0600;
constexpr std::size_t small_file_bytes_max = 1 * limits::MiB;
constexpr const char* officers_name = "officers.json";

Error failed(std::string message, std::string hint = {}) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Error store_error(store::Fault fault) {
  const bool is_full = fault == store::Fault::disk_full;
  return {.code = is_full ? "disk-full" : "failed",
          .message = "cannot make the store: " + std::string(store::describe(fault)) +
                     "; nothing was left behind",
          .hint = is_full ? "make room on the disk, then try again" : "",
          .problems = {}};
}

/// Builds the home in the staging folder.
class Restorer {
 public:
  Restorer(const Session& session, const config::Paths& staged, const config::Paths& target,
           const RestoreSources& sources)
      : session_(session), staged_(staged), target_(target), sources_(sources) {}

  Result<Done, Error> fill() {
    if (::mkdir(staged_.keys.c_str(), 0700) != 0)
      return fail(failed("cannot make the keys folder"));
    items_.push_back(staged_.keys.filename().string());
    if (const auto log = restore_log(); !log) return log;
    items_.push_back(staged_.store.filename().string());
    const auto instance =
        write_new_file(staged_.instance, instance_text(), file_mode, "the instance number");
    if (!instance) return instance;
    items_.push_back(staged_.instance.filename().string());
    if (const auto settings = write_settings(); !settings) return settings;
    items_.push_back(staged_.config.filename().string());
    return Done{};
  }

  const std::vector<std::string>& items() const { return items_; }
  const RestoredHome& home() const { return home_; }

 private:
  Result<Done, Error> restore_log() {
    if (sources_.backup) {
      if (const auto copied = copy_backup(); !copied) return copied;
    }
    auto store =
        store::Store::open(staged_.store, {.read_only = false, .create = !sources_.backup});
    if (!store) return fail(store_error(store.error()));
    store_ = std::move(*store);
    if (const auto own = store_->own_organisation()) {
      if (sources_.organisation && *sources_.organisation != *own) {
        return fail(failed("the backup is of " + log::to_text(*own) + ", not of " +
                           log::to_text(*sources_.organisation)));
      }
      home_.organisation = *own;
    } else if (sources_.organisation) {
      home_.organisation = *sources_.organisation;
    }
    if (sources_.bundle) {
      if (const auto taken = take_bundle(); !taken) return taken;
    }
    if (sources_.peer) {
      if (const auto taken = take_from_peer(); !taken) return taken;
    }
    if (const auto forgotten = forget_machine(); !forgotten) return forgotten;
    if (const auto dropped = drop_queue(); !dropped) return dropped;
    return adopt();
  }

  /// What the backup's node knew of itself is about another home. That this one is a copy needs no
  /// warning once it has a log key of its own, without which it does not start.
  Result<Done, Error> forget_machine() {
    for (const char* name : {"instance", "machine", "boot", "restored"}) {
      if (!store_->value(name)) continue;
      const store::Job job = store::PutValue{.name = name, .value = {}};
      const auto results = store_->apply({&job, 1});
      if (!results.front()) return fail(store_error(results.front().error()));
    }
    return Done{};
  }

  /// What waited when the backup was made may have become public since, and was perhaps erased: it
  /// would be published again. Its text goes from the freed pages too, when the node starts.
  Result<Done, Error> drop_queue() {
    std::vector<store::Job> jobs;
    for (const auto& row : store_->queued()) jobs.emplace_back(store::DropQueued{row.number});
    if (jobs.empty()) return Done{};
    home_.queue_dropped = jobs.size();
    jobs.emplace_back(store::PutValue{.name = "scrub", .value = "1"});
    for (const auto& result : store_->apply(jobs)) {
      if (!result) return fail(store_error(result.error()));
    }
    return Done{};
  }

  Result<Done, Error> copy_backup() {
    const auto backup =
        store::Store::open(*sources_.backup / "store", {.read_only = true, .create = false});
    if (!backup || !(*backup)->own_organisation()) {
      return fail(Error{.code = "not-found",
                        .message = sources_.backup->string() + " is no backup of a node",
                        .hint = "name the folder that `moot backup` made",
                        .problems = {}});
    }
    if (const auto copied = (*backup)->copy_to(staged_.store); !copied) {
      return fail(store_error(copied.error()));
    }
    return Done{};
  }

  Result<Done, Error> take_bundle() {
    const auto bundle = open_bundle(*sources_.bundle);
    if (!bundle) return fail(bundle.error());
    const auto organisations = (*bundle)->organisations();
    if (!sources_.organisation && !sources_.backup) {
      if (organisations.size() != 1) {
        return fail(
            Error{.code = "usage",
                  .message = "the bundle holds " + counted(organisations.size(), "log", "logs"),
                  .hint = "say with --organisation whose home is to be made",
                  .problems = {}});
      }
      home_.organisation = organisations.front();
    }
    return take(**bundle, (*bundle)->first_entry(home_.organisation));
  }

  Result<Done, Error> take_from_peer() {
    Progress progress(session_);
    progress.say("Fetching the log from the peer…");
    auto node = TemporaryNode::start(target_.home);
    if (!node) return fail(node.error());
    const auto fetched =
        node->fetch(home_.organisation, *sources_.peer, std::chrono::seconds(sources_.timeout_s));
    (void)node->stop();
    progress.clear();
    if (!fetched) return fetched;
    const auto store = open_store(node->paths());
    if (!store) return fail(store.error());
    return take(**store, 0);
  }

  Result<Done, Error> take(const log::LogReader& from, log::LeafIndex first) {
    Progress progress(session_);
    TakeOptions options;
    options.is_restoring = true;
    options.progress = [&](std::uint64_t done, std::uint64_t total) {
      progress.count("Taken", done, total);
    };
    const auto taken = take_log(*store_, from, home_.organisation, first, options);
    progress.clear();
    if (!taken) return fail(taken.error());
    if (taken->is_frozen) {
      return fail(Error{.code = "verification-failed",
                        .message = "this log was signed in two ways that cannot both be true",
                        .hint =
                            "its officers must say which history stands before a home is made of "
                            "it",
                        .problems = {}});
    }
    home_.is_without_personal = !sources_.backup;
    return Done{};
  }

  Result<Done, Error> adopt() {
    if (!store_->own_organisation()) {
      const store::Job job = store::Adopt{home_.organisation};
      const auto results = store_->apply({&job, 1});
      if (!results.front()) return fail(store_error(results.front().error()));
    }
    const auto state = store_->state(home_.organisation);
    if (!state || !state->head) return fail(failed("no log is there to go on with"));
    home_.entries = state->head->head.size;
    home_.time_ms = newest_time_ms();
    return Done{};
  }

  /// Of the newest record among the last entries.
  std::uint64_t newest_time_ms() const {
    for (log::LeafIndex entry = home_.entries; entry > 0 && entry + 256 > home_.entries; --entry) {
      const Bytes bundle = store_->leaves(home_.organisation, entry - 1, 1, SIZE_MAX);
      const auto leaves = log::split_leaves(bundle, 1);
      if (!leaves || leaves->size() != 1) return 0;
      const auto decoded = log::decode_record(leaves->front());
      if (decoded) return decoded->time_ms;
    }
    return 0;
  }

  Result<Done, Error> write_settings() {
    if (sources_.backup) {
      const auto kept = copy_from_backup(staged_.config);
      if (!kept) return kept;
      const auto officers = copy_from_backup(staged_.home / officers_name);
      if (!officers) return officers;
      std::error_code error;
      if (fs::exists(staged_.home / officers_name, error)) items_.emplace_back(officers_name);
      if (fs::exists(staged_.config, error)) return Done{};
    }
    config::Config config;
    config.name =
        sources_.name.empty() ? short_id(log::to_text(home_.organisation)) : sources_.name;
    return write_new_file(staged_.config, config::to_text(config), file_mode, "the settings");
  }

  Result<Done, Error> copy_from_backup(const fs::path& to) const {
    const auto text = read_text_file(*sources_.backup / to.filename(), small_file_bytes_max);
    if (!text && text.error().code == "not-found") return Done{};
    if (!text) return fail(text.error());
    return write_new_file(to, *text, file_mode, to.filename().string());
  }

  const Session& session_;
  const config::Paths& staged_;
  const config::Paths& target_;
  const RestoreSources& sources_;
  RestoredHome home_;
  std::vector<std::string> items_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace

Result<RestoredHome, Error> make_restored_home(const Session& session, const config::Paths& paths,
                                               const RestoreSources& sources) {
  const auto free = expect_no_home(paths);
  if (!free) return fail(free.error());
  auto staging = Staging::begin(paths.home);
  if (!staging) return fail(staging.error());
  const config::Paths staged = config::paths(staging->folder().string());
  RestoredHome made;
  std::vector<std::string> items;
  {
    Restorer restorer(session, staged, paths, sources);
    const auto filled = restorer.fill();
    if (!filled) return fail(filled.error());
    made = restorer.home();
    items = restorer.items();
  }
  if (const auto committed = staging->commit(items); !committed) return fail(committed.error());
  return made;
}

}  // namespace moot::command

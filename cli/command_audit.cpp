#include <algorithm>
#include <atomic>
#include <memory>
#include <ostream>
#include <thread>

#include "audit/report.hpp"
#include "command/progress.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/verdict.hpp"

namespace moot::command {
namespace {

/// Runs the tasks on every core, this thread among them.
void run_on_all_cores(std::size_t count, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) task(i);
  };
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min(cores, count); ++i) threads.emplace_back(work);
  work();
}

struct Audited {
  config::Paths paths;
  std::string organisation;  ///< empty: every log in the home
};

/// A folder is another home; any other word is an organisation.
Audited meaning_of(const Session& session, const std::string& target) {
  std::error_code ignored;
  const bool is_path = target.find('/') != std::string::npos || target == "." || target == "..";
  if (is_path || (!target.empty() && std::filesystem::is_directory(target, ignored))) {
    Session other = session;
    other.globals.home = target;
    return {.paths = other.paths(), .organisation = {}};
  }
  return {.paths = session.paths(), .organisation = target};
}

Names names_in(const store::Store& store) {
  Names names;
  for (const store::Follow& follow : store.follows()) {
    if (!follow.name.empty()) names[follow.organisation] = follow.name;
  }
  if (const auto own = store.own_organisation()) names[*own] = "our own";
  return names;
}

Ran run_audit(Session& session, const std::string& target) {
  const Audited meant = meaning_of(session, target);
  const auto store = open_store(meant.paths);
  if (!store) return fail(store.error());
  audit::Options options;
  if (!meant.organisation.empty()) {
    const auto organisation = find_organisation(**store, meant.organisation);
    if (!organisation) return fail(organisation.error());
    options.only = {*organisation};
  }
  Progress progress(session);
  options.parallel = run_on_all_cores;
  options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    progress.count("Checked", done, total);
  };
  const audit::Report report = audit::audit(**store, options);
  progress.clear();
  if (session.globals.json) {
    session.out << audit::to_json(report) << '\n';
  } else {
    print_report(session.out, report, names_in(**store));
  }
  return exit_code_of(report.verdict);
}

}  // namespace

void add_audit(Registry& registry) {
  const auto target = std::make_shared<std::string>();
  CLI::App& app = registry.add(
      "audit",
      "Checks everything that a home holds and trusts nothing in it: every entry, every "
      "signature,\n"
      "every record against what was promised of it. Needs no node, and may run beside one. The "
      "exit\n"
      "code is 0 when all is true, 3 when something is false, 6 when not all could be checked.",
      "  moot audit\n  moot audit hall --json\n  moot audit /media/usb/hall-trust-home",
      [target](Session& session) { return run_audit(session, *target); });
  app.add_option("target", *target,
                 "One organisation, by id or name, or the folder of another home; this home")
      ->type_name("ORG|HOME");
}

}  // namespace moot::command

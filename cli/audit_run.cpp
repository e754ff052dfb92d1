#include "command/audit_run.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "audit/log_end.hpp"
#include "base/limits.hpp"
#include "command/progress.hpp"
#include "command/text_file.hpp"

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

Result<Done, Error> expect_in(const log::LogReader& reader,
                              const std::optional<log::OrganisationId>& expected) {
  if (!expected || reader.state(*expected)) return Done{};
  std::string held;
  for (const log::OrganisationId& organisation : reader.organisations()) {
    held += (held.empty() ? "" : ", ") + log::to_text(organisation);
  }
  return fail(Error{.code = "verification-failed",
                    .message = "this holds no log of " + log::to_text(*expected),
                    .hint = held.empty() ? "it holds none at all" : "it holds " + held,
                    .problems = {}});
}

void add(audit::Report& report, audit::LogReport log) {
  if (log.verdict == audit::Verdict::failed) report.verdict = log.verdict;
  if (log.verdict == audit::Verdict::incomplete && report.verdict == audit::Verdict::ok) {
    report.verdict = log.verdict;
  }
  report.logs.push_back(std::move(log));
}

}  // namespace

Result<audit::Report, Error> audit_reader(const Session& session, const log::LogReader& reader,
                                          audit::Options options,
                                          const std::optional<log::OrganisationId>& expected) {
  if (const auto held = expect_in(reader, expected); !held) return fail(held.error());
  if (expected) options.only = {*expected};
  Progress progress(session);
  options.parallel = run_on_all_cores;
  options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    progress.count("Checked", done, total);
  };
  audit::Report report = audit::audit(reader, options);
  progress.clear();
  return report;
}

Result<audit::Report, Error> audit_bundle(const Session& session, const log::BundleReader& bundle,
                                          audit::Options options,
                                          const std::optional<log::OrganisationId>& expected) {
  if (const auto held = expect_in(bundle, expected); !held) return fail(held.error());
  audit::Report report;
  std::vector<log::OrganisationId> whole;
  for (const log::OrganisationId& organisation : bundle.organisations()) {
    if (expected && organisation != *expected) continue;
    if (bundle.first_entry(organisation) == 0) {
      whole.push_back(organisation);
    } else {
      add(report, audit::judge_log_end(bundle, organisation));
    }
  }
  if (whole.empty()) {
    if (report.logs.empty()) report.verdict = audit::Verdict::incomplete;
    return report;
  }
  options.only = whole;
  auto of_whole = audit_reader(session, bundle, std::move(options), std::nullopt);
  if (!of_whole) return of_whole;
  for (audit::LogReport& log : of_whole->logs) add(report, std::move(log));
  return report;
}

Result<std::optional<log::OrganisationId>, Error> expected_organisation(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto id = log::parse_organisation_id(text);
  if (id) return *id;
  return fail(
      Error{.code = "usage",
            .message = "--expect: " + std::string(log::describe(id.error())),
            .hint = "copy the organisation id from where you trust it, such as a grant agreement",
            .problems = {}});
}

Result<std::optional<log::WitnessPolicy>, Error> policy_in(const std::string& file) {
  if (file.empty()) return std::nullopt;
  const auto text = read_text_file(file, limits::policy_bytes_max);
  if (!text) return fail(text.error());
  auto policy = log::parse_witness_policy(*text);
  if (policy) return std::optional(std::move(*policy));
  const std::string line =
      policy.error().line == 0 ? "" : ", line " + std::to_string(policy.error().line);
  return fail(Error{.code = "usage",
                    .message = "the policy " + file + line + ": " + policy.error().why,
                    .hint = "its lines are those of C2SP tlog-policy: log, witness, group, quorum",
                    .problems = {}});
}

}  // namespace moot::command

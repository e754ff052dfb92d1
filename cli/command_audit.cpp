#include <memory>
#include <ostream>

#include "audit/report.hpp"
#include "command/audit_run.hpp"
#include "command/bundle_file.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/verdict.hpp"

namespace moot::command {
namespace {

struct AuditOptions {
  std::string target;
  std::string expect;
  std::string policy;
};

struct Audited {
  config::Paths paths;
  std::string organisation;  ///< empty: every log in the home
  bool is_elsewhere = false;
};

/// A folder is another home; any other word is an organisation.
Audited meaning_of(const Session& session, const std::string& target) {
  std::error_code ignored;
  const bool is_path = target.find('/') != std::string::npos || target == "." || target == "..";
  if (is_path || (!target.empty() && std::filesystem::is_directory(target, ignored))) {
    Session other = session;
    other.globals.home = target;
    return {.paths = other.paths(), .organisation = {}, .is_elsewhere = true};
  }
  return {.paths = session.paths(), .organisation = target, .is_elsewhere = false};
}

Names names_in(const store::Store& store) {
  Names names;
  for (const store::Follow& follow : store.follows()) {
    if (!follow.name.empty()) names[follow.organisation] = follow.name;
  }
  if (const auto own = store.own_organisation()) names[*own] = "our own";
  return names;
}

Ran print(Session& session, const Result<audit::Report, Error>& report, const Names& names,
          bool is_whose_known) {
  if (!report) return fail(report.error());
  if (session.globals.json) {
    session.out << audit::to_json(*report) << '\n';
  } else {
    print_report(session.out, *report, names);
    if (!is_whose_known) print_whose(session.out, *report);
  }
  return exit_code_of(report->verdict);
}

Ran run_audit(Session& session, const AuditOptions& options) {
  const auto expected = expected_organisation(options.expect);
  if (!expected) return fail(expected.error());
  auto policy = policy_in(options.policy);
  if (!policy) return fail(policy.error());
  audit::Options asked;
  asked.policy = std::move(*policy);
  const bool is_whose_known = expected->has_value();
  if (is_bundle_file(options.target)) {
    const auto bundle = open_bundle(options.target);
    if (!bundle) return fail(bundle.error());
    return print(session, audit_bundle(session, **bundle, asked, *expected), {}, is_whose_known);
  }
  const Audited meant = meaning_of(session, options.target);
  const auto store = open_store(meant.paths);
  if (!store) return fail(store.error());
  if (!meant.organisation.empty()) {
    const auto organisation = find_organisation(**store, meant.organisation);
    if (!organisation) return fail(organisation.error());
    asked.only = {*organisation};
    if (*expected && **expected != *organisation) {
      return fail(Error{.code = "verification-failed",
                        .message = "`" + meant.organisation + "` is " +
                                   log::to_text(*organisation) + ", not the one expected",
                        .hint = "leave the name out: --expect says which log is meant",
                        .problems = {}});
    }
  }
  return print(session, audit_reader(session, **store, asked, *expected), names_in(**store),
               is_whose_known || !meant.is_elsewhere);
}

}  // namespace

void add_audit(Registry& registry) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App& app = registry.add(
      "audit",
      "Checks everything that a home or a bundle holds and trusts nothing in it: every entry, "
      "every\n"
      "signature, every record against what was promised of it, and who has seen it. Needs no "
      "node,\n"
      "and may run beside one. The exit code is 0 when all is true, 3 when something is false, 6 "
      "when\nnot all could be checked.",
      "  moot audit\n  moot audit hall --json\n  moot audit /media/usb/hall-trust-home\n"
      "  moot audit hall.moot --expect moot1…",
      [options](Session& session) { return run_audit(session, *options); });
  app.add_option("target", options->target,
                 "One organisation, by id or name, the folder of another home, or a bundle; this "
                 "home")
      ->type_name("ORG|HOME|BUNDLE");
  app.add_option("--expect", options->expect, "The organisation that it must be of; only its log")
      ->type_name("ORG");
  app.add_option("--policy", options->policy,
                 "Whose signatures you ask for: a file of C2SP tlog-policy")
      ->type_name("FILE");
}

}  // namespace moot::command

#include <algorithm>
#include <memory>
#include <ostream>

#include "audit/files.hpp"
#include "audit/report.hpp"
#include "base/limits.hpp"
#include "command/audit_run.hpp"
#include "command/bundle_file.hpp"
#include "command/json_text.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/report_error.hpp"
#include "command/text_file.hpp"
#include "command/verdict.hpp"

namespace moot::command {
namespace {

struct VerifyOptions {
  std::vector<std::string> files;
  std::string expect;
};

/// The graver of two: something false before what could not be judged at all, before what could in
/// part.
ExitCode worse(ExitCode a, ExitCode b) {
  const auto gravity = [](ExitCode code) {
    switch (code) {
      case ExitCode::done:
        return 0;
      case ExitCode::incomplete:
        return 1;
      case ExitCode::not_found:
        return 2;
      case ExitCode::failed:
      case ExitCode::usage:
      case ExitCode::node_not_reachable:
        return 3;
      case ExitCode::verification_failed:
        return 4;
    }
    return 3;
  };
  return gravity(a) < gravity(b) ? b : a;
}

std::string lead_of(const audit::JudgedFile& judged) {
  if (judged.kind == audit::JudgedFile::Kind::evidence) {
    return judged.evidence ? "PROVED, do not rely on this log until its officers have decided."
                           : "FALSE EVIDENCE, it shows nothing against anybody.";
  }
  switch (judged.verdict) {
    case audit::Verdict::ok:
      return "the proof holds. This does not show that what it states is true.";
    case audit::Verdict::failed:
      return "FALSE, do not rely on it.";
    case audit::Verdict::incomplete:
      return "nothing wrong found, but it cannot be judged by itself.";
  }
  return {};
}

void print_judged(std::ostream& to, const std::string& file, const audit::JudgedFile& judged,
                  bool was_expected) {
  to << printable(file) << ": " << lead_of(judged) << '\n';
  for (const std::string& finding : judged.findings) to << "  " << printable(finding) << '\n';
  if (judged.organisation && !was_expected) {
    to << "  I cannot tell whether this is the organisation that you mean: "
       << log::to_text(*judged.organisation) << ".\n";
  }
}

Result<ExitCode, Error> verify_bundle(const Session& session, const std::string& file,
                                      const std::optional<log::OrganisationId>& expected) {
  const auto bundle = open_bundle(file);
  if (!bundle) return fail(bundle.error());
  const auto report = audit_bundle(session, **bundle, {}, expected);
  if (!report) return fail(report.error());
  if (session.globals.json) {
    Json document = {{"path", file},
                     {"expected", expected ? Json(log::to_text(*expected)) : Json()},
                     {"file", "bundle"},
                     {"kind", "bundle"}};
    document.update(parse_json(audit::to_json(*report)).value_or(Json::object()));
    session.out << json_text(document) << '\n';
  } else {
    session.out << printable(file) << ": ";
    print_report(session.out, *report, {});
    if (!expected) print_whose(session.out, *report);
  }
  return exit_code_of(report->verdict);
}

Result<ExitCode, Error> verify_one(const Session& session, const std::string& file,
                                   const std::optional<log::OrganisationId>& expected) {
  if (is_bundle_file(file)) return verify_bundle(session, file, expected);
  const auto bytes = read_text_file(file, limits::proof_file_bytes_max);
  if (!bytes) return fail(bytes.error());
  const auto judged = audit::judge_file(*bytes, expected);
  if (!judged) {
    Error error = judged.error();
    error.message = file + ": " + error.message;
    return fail(std::move(error));
  }
  if (session.globals.json) {
    Json document = {{"path", file},
                     {"expected", expected ? Json(log::to_text(*expected)) : Json()}};
    document.update(parse_json(audit::to_json(*judged)).value_or(Json::object()));
    session.out << json_text(document) << '\n';
  } else {
    print_judged(session.out, file, *judged, expected.has_value());
  }
  return exit_code_of(judged->verdict);
}

Ran run_verify(Session& session, const VerifyOptions& options) {
  const auto expected = expected_organisation(options.expect);
  if (!expected) return fail(expected.error());
  ExitCode worst = ExitCode::done;
  for (const std::string& file : options.files) {
    const auto verified = verify_one(session, file, *expected);
    if (!verified) report_error(session.err, verified.error(), session.globals.json);
    worst = worse(worst, verified ? *verified : exit_code_of(verified.error().code));
  }
  if (!*expected && worst == ExitCode::done) {
    session.hint(
        "with --expect moot1… (printed on the grant agreement, say) I can tell whose it is");
  }
  return worst;
}

}  // namespace

void add_verify(Registry& registry) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App& app = registry.add(
      "verify",
      "Judges proof files, signed checkpoints, bundles and evidence by nothing but "
      "their bytes: no node,\n"
      "no network, and no trust in whoever handed them over. Of several files the exit "
      "code tells the\n"
      "worst: 3 when one is false (or evidence, whether it holds or not), 6 when one "
      "cannot be judged by\nitself.",
      "  moot verify service.tlog-proof --expect moot1…\n  moot verify hall.moot",
      [options](Session& session) { return run_verify(session, *options); });
  app.add_option("files", options->files, "The files")->required()->type_name("FILE");
  app.add_option("--expect", options->expect, "The organisation that it must be of")
      ->type_name("ORG");
}

}  // namespace moot::command

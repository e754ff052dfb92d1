#include <algorithm>
#include <memory>
#include <ostream>

#include "audit/files.hpp"
#include "base/limits.hpp"
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

Result<ExitCode, Error> verify_one(const Session& session, const std::string& file,
                                   const std::optional<log::OrganisationId>& expected) {
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
  std::optional<log::OrganisationId> expected;
  if (!options.expect.empty()) {
    const auto id = log::parse_organisation_id(options.expect);
    if (!id) {
      return fail(Error{
          .code = "usage",
          .message = "--expect: " + std::string(log::describe(id.error())),
          .hint = "copy the organisation id from where you trust it, such as a grant agreement",
          .problems = {}});
    }
    expected = *id;
  }
  ExitCode worst = ExitCode::done;
  for (const std::string& file : options.files) {
    const auto verified = verify_one(session, file, expected);
    if (!verified) report_error(session.err, verified.error(), session.globals.json);
    worst = worse(worst, verified ? *verified : exit_code_of(verified.error().code));
  }
  if (!expected && worst == ExitCode::done) {
    session.hint(
        "with --expect moot1… (printed on the grant agreement, say) I can tell whose it is");
  }
  return worst;
}

}  // namespace

void add_verify(Registry& registry) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App& app =
      registry.add("verify",
                   "Judges proof files and signed checkpoints by nothing but their bytes: no node, "
                   "no network, and\n"
                   "no trust in whoever handed them over. Of several files the exit code tells the "
                   "worst: 3 when one\n"
                   "is false, 6 when one cannot be judged by itself.",
                   "  moot verify service.tlog-proof --expect moot1…",
                   [options](Session& session) { return run_verify(session, *options); });
  app.add_option("files", options->files, "The files")->required()->type_name("FILE");
  app.add_option("--expect", options->expect, "The organisation that it must be of")
      ->type_name("ORG");
}

}  // namespace moot::command

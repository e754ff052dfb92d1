#include "command/verdict.hpp"

#include <ostream>

#include "command/render.hpp"
#include "command/report_error.hpp"

namespace moot::command {
namespace {

constexpr std::size_t findings_shown_max = 50;  // of one log; --json has all

std::string lead_of(const audit::Report& report) {
  std::uint64_t problems = 0;
  std::uint64_t unchecked = 0;
  for (const audit::LogReport& log : report.logs) {
    problems += log.problems.size();
    unchecked += log.not_checked.size();
  }
  switch (report.verdict) {
    case audit::Verdict::ok:
      return "History intact. This does not show that the statements are true or complete.";
    case audit::Verdict::failed:
      return "NOT INTACT: " + counted(problems, "thing is", "things are") + " false.";
    case audit::Verdict::incomplete:
      return "Nothing wrong found; " +
             counted(unchecked, "item could not be checked", "items could not be checked") +
             ". This does not show that the statements are true or complete.";
  }
  return {};
}

std::string result_words(audit::Verdict verdict) {
  switch (verdict) {
    case audit::Verdict::ok:
      return "intact";
    case audit::Verdict::failed:
      return "NOT INTACT";
    case audit::Verdict::incomplete:
      return "not all checked";
  }
  return {};
}

std::string called(const log::OrganisationId& organisation, const Names& names) {
  const std::string id = short_id(log::to_text(organisation));
  const auto name = names.find(organisation);
  return name == names.end() ? id : printable(name->second) + " (" + id + ")";
}

void print_findings(std::ostream& to, const audit::LogReport& log, const Names& names) {
  if (log.problems.empty() && log.not_checked.empty()) return;
  to << '\n' << called(log.organisation, names) << ":\n";
  print_problems(to, log.problems, findings_shown_max);
  const std::size_t shown = std::min(log.not_checked.size(), findings_shown_max);
  for (std::size_t i = 0; i < shown; ++i) {
    to << "  Not checked: " << printable(log.not_checked[i]) << '\n';
  }
  if (shown < log.not_checked.size()) {
    to << "  … and " << number_text(log.not_checked.size() - shown) << " more not checked\n";
  }
}

}  // namespace

ExitCode exit_code_of(audit::Verdict verdict) {
  switch (verdict) {
    case audit::Verdict::ok:
      return ExitCode::done;
    case audit::Verdict::failed:
      return ExitCode::verification_failed;
    case audit::Verdict::incomplete:
      return ExitCode::incomplete;
  }
  return ExitCode::failed;
}

void print_report(std::ostream& to, const audit::Report& report, const Names& names) {
  std::uint64_t erased = 0;
  std::uint64_t disowned = 0;
  for (const audit::LogReport& log : report.logs) {
    erased += log.erased;
    disowned += log.disowned;
  }
  to << lead_of(report) << '\n';
  if (erased > 0) {
    to << counted(erased, "text was removed by its organisation",
                  "texts were removed by their organisations")
       << ".\n";
  }
  if (disowned > 0) {
    to << counted(disowned, "entry is", "entries are")
       << " no longer stood by by the organisation's officers.\n";
  }
  Table table({"Log", "Entries", "Texts", "Signed states", "Seen by", "Result"});
  for (const audit::LogReport& log : report.logs) {
    table.add({called(log.organisation, names), number_text(log.entries), number_text(log.bodies),
               number_text(log.checkpoints), number_text(log.cosignatures),
               result_words(log.verdict)});
  }
  if (!table.is_empty()) {
    to << '\n';
    table.print(to);
  }
  for (const audit::LogReport& log : report.logs) print_findings(to, log, names);
}

}  // namespace moot::command

#include "command/verdict.hpp"

#include <algorithm>
#include <ostream>
#include <sstream>

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

void print_findings(std::ostream& to, const audit::LogReport& log) {
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

namespace {

std::string reason_words(log::EraseReason reason) {
  switch (reason) {
    case log::EraseReason::data_protection:
      return "for data protection";
    case log::EraseReason::safety:
      return "for safety";
    case log::EraseReason::court:
      return "by order of a court";
    case log::EraseReason::mistake:
      return "published by mistake";
    case log::EraseReason::consent_withdrawn:
      return "because consent was withdrawn";
    case log::EraseReason::abuse:
      return "because of abuse";
  }
  return {};
}

void print_disowned(std::ostream& to, const audit::Report& report) {
  std::uint64_t disowned = 0;
  for (const audit::LogReport& log : report.logs) disowned += log.disowned;
  if (disowned == 0) return;
  to << counted(disowned, "entry is", "entries are")
     << " no longer stood by: the organisation's officers have said so.\n";
}

void print_removed(std::ostream& to, const audit::Report& report) {
  std::map<log::EraseReason, std::uint64_t> removed;
  std::uint64_t total = 0;
  std::uint64_t erased = 0;
  for (const audit::LogReport& log : report.logs) {
    erased += log.erased;
    for (const auto& [reason, records] : log.removed) {
      removed[reason] += records;
      total += records;
    }
  }
  const std::string by =
      report.logs.size() == 1 ? " removed by the organisation" : " removed by their organisations";
  if (total > 0) {
    to << counted(total, "public record was", "public records were") << by << ": ";
    const char* before = "";
    for (const auto& [reason, records] : removed) {
      to << before << number_text(records) << ' ' << reason_words(reason);
      before = ", ";
    }
    to << ".\n";
  }
  if (erased > total) {
    to << counted(erased - total, "other text was", "other texts were") << by << ".\n";
  }
}

std::string seen_words(const audit::Witnessed& witness, const Names& names) {
  return called(witness.witness, names) + ", first " + number_text(witness.first_size) +
         " entries on " + time_text(witness.first_time_s * 1000) + ", last " +
         number_text(witness.size) + " on " + time_text(witness.time_s * 1000) +
         (witness.is_verified ? "" : " (its key is not known here, so not checked)");
}

void print_history(std::ostream& to, const audit::LogReport& log, const Names& names) {
  for (const audit::DisownedRange& range : log.disowned_ranges) {
    to << "  Entries " << number_text(range.first) << " to " << number_text(range.end - 1)
       << " are no longer stood by since " << time_text(range.time_s * 1000) << ".\n";
  }
  for (const audit::AbandonedRange& range : log.abandoned) {
    to << "  " << counted(range.count, "entry", "entries") << " from entry "
       << number_text(range.first)
       << " on of another history were left behind by a decision of the officers; they are kept.\n";
  }
  for (const audit::EvidenceFound& found : log.evidence) {
    to << "  Proof is kept that "
       << (found.kind == log::EvidenceKind::fork ? "two histories were signed"
                                                 : "two decisions about its keys were signed")
       << (found.is_healed ? "; the officers have said which one stands.\n"
                           : ", and the officers have NOT said which one stands.\n");
  }
  for (const audit::Witnessed& witness : log.witnesses) {
    to << "  Seen by " << seen_words(witness, names) << ".\n";
  }
  if (log.policy_met) {
    to << "  Enough of your policy's witnesses have seen the first "
       << counted(*log.policy_met, "entry", "entries") << ".\n";
  }
  if (log.erased_waiting > 0) {
    to << "  " << counted(log.erased_waiting, "removed text is", "removed texts are")
       << " hidden here and not yet destroyed.\n";
  }
  for (const std::string& note : log.notes) to << "  Note: " << printable(note) << ".\n";
}

}  // namespace

void print_whose(std::ostream& to, const audit::Report& report) {
  for (const audit::LogReport& log : report.logs) {
    to << "\nI cannot tell whether this is the organisation that you mean: "
       << log::to_text(log.organisation) << ".\n";
  }
}

void print_report(std::ostream& to, const audit::Report& report, const Names& names) {
  to << lead_of(report) << '\n';
  print_disowned(to, report);
  print_removed(to, report);
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
  for (const audit::LogReport& log : report.logs) {
    std::ostringstream of_log;
    print_findings(of_log, log);
    print_history(of_log, log, names);
    if (of_log.view().empty()) continue;
    to << '\n' << called(log.organisation, names) << ":\n" << of_log.view();
  }
}

}  // namespace moot::command

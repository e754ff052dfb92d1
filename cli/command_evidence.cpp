#include <memory>
#include <ostream>

#include "command/json_text.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"
#include "log/evidence.hpp"

namespace moot::command {
namespace {

constexpr unsigned evidence_file_mode = 0644;  // made to be handed on

struct EvidenceOptions {
  std::string organisation;
  std::string output;
};

Json evidence_json(const log::JudgedEvidence& judged, bool is_open) {
  Json json = {{"kind", judged.evidence.kind == log::EvidenceKind::fork ? "fork" : "rivals"},
               {"epoch", judged.evidence.epoch},
               {"state", is_open ? "open" : "settled"}};
  if (judged.evidence.kind == log::EvidenceKind::fork) {
    json["sizes"] = {judged.first.size, judged.second.size};
  }
  return json;
}

std::string words_of(const log::JudgedEvidence& judged) {
  if (judged.evidence.kind == log::EvidenceKind::rivals) {
    return "two decisions of the officers about its keys that cannot both count";
  }
  return "two signed lists, of " + counted(judged.first.size, "entry", "entries") + " and of " +
         counted(judged.second.size, "entry", "entries") + ", that cannot both be true";
}

Error none_held(const std::string& id) {
  return {.code = "not-found",
          .message = "there is no evidence against " + id + " here",
          .hint =
              "`moot audit` checks its history; that none is here does not prove that there is "
              "none elsewhere",
          .problems = {}};
}

Ran run_evidence(Session& session, const EvidenceOptions& options) {
  const auto store = open_store(session.paths());
  if (!store) return fail(store.error());
  const auto organisation = find_organisation(**store, options.organisation);
  if (!organisation) return fail(organisation.error());
  const auto identity = (*store)->identity(*organisation);
  const std::vector<Bytes> files = (*store)->evidence(*organisation);
  if (files.empty() || !identity) return fail(none_held(log::to_text(*organisation)));

  Json rows = Json::array();
  std::string newest;
  for (const Bytes& file : files) {
    const auto judged = log::judge_evidence(file);
    if (!judged) continue;
    newest.assign(file.begin(), file.end());
    const bool is_open = log::freezes(judged->evidence, *identity);
    rows.push_back(evidence_json(*judged, is_open));
    if (session.globals.json || (options.output.empty() && !session.globals.quiet)) continue;
    session.out << "Proved: " << words_of(*judged)
                << (is_open ? ". Its officers have not decided yet.\n"
                            : ". Its officers have decided since.\n");
  }
  if (!options.output.empty()) {
    const auto written =
        write_new_file(options.output, newest, evidence_file_mode, "the evidence to");
    if (!written) return fail(written.error());
  }
  if (session.globals.json) {
    session.out << json_text(
                       Json{{"organisation", log::to_text(*organisation)}, {"evidence", rows}})
                << '\n';
  } else if (options.output.empty()) {
    session.out << newest;
  } else {
    session.hint("anyone can judge it, without a node: `moot verify " + options.output + "`");
  }
  return ExitCode::done;
}

}  // namespace

void add_evidence(Registry& registry) {
  const auto options = std::make_shared<EvidenceOptions>();
  CLI::App& app = registry.add(
      "evidence",
      "Shows what proves that an organisation's history was signed in two versions, and writes the "
      "newest\n"
      "such proof as a file, which anyone can judge with `moot verify` on a machine without a "
      "node. "
      "It stays\n"
      "listed after the officers have decided which version counts. Needs no node.",
      "  moot evidence hall --output hall.evidence\n  moot verify hall.evidence",
      [options](Session& session) { return run_evidence(session, *options); });
  app.add_option("organisation", options->organisation, "An id or a name; this node's own")
      ->type_name("ORG");
  app.add_option("-o,--output", options->output, "Write it into this new file")->type_name("FILE");
}

}  // namespace moot::command

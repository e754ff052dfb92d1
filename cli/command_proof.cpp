#include <memory>
#include <ostream>

#include "command/answers.hpp"
#include "command/json_text.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"

namespace moot::command {
namespace {

constexpr unsigned proof_file_mode = 0644;  // made to be handed on

struct ProofOptions {
  std::string record;
  std::string organisation;
  std::string output;
};

Ran run_proof(Session& session, const ProofOptions& options) {
  const auto json =
      read_anywhere(session, question(control::What::proof, options.organisation, options.record));
  if (!json) return fail(json.error());
  const Json document = parse_json(*json).value_or(Json());
  const std::string proof = text_at(document, "proof");
  if (proof.empty()) {
    return fail(Error{.code = "failed",
                      .message = "the node answered without a proof",
                      .hint = "are `moot` and `mootd` of one version? Compare `moot --version`",
                      .problems = {}});
  }
  if (!options.output.empty()) {
    const auto written = write_new_file(options.output, proof, proof_file_mode, "the proof to");
    if (!written) return fail(written.error());
  }
  if (session.globals.json) {
    print_json(session.out, *json);
  } else if (options.output.empty()) {
    session.out << proof;
  } else {
    session.out << "The proof of record " << printable(text_at(document, "record")) << " is in "
                << printable(options.output) << ".\n";
    session.hint("anyone can check it: `moot verify " + options.output + " --expect " +
                 text_at(document, "organisation") + "`");
  }
  return ExitCode::done;
}

}  // namespace

void add_proof(Registry& registry) {
  const auto options = std::make_shared<ProofOptions>();
  CLI::App& app =
      registry.add("proof",
                   "Makes the proof that a record, in its newest version, stands in an "
                   "organisation's log: a small\n"
                   "text that anyone can check with `moot verify`, without a node and without "
                   "trusting this one. It\n"
                   "contains the record. Works whether or not the node runs.",
                   "  moot proof 3b0f7e0c-6a2f-5c1e-9f0d-2f6c1c4a9d11 --output service.tlog-proof",
                   [options](Session& session) { return run_proof(session, *options); });
  app.add_option("record", options->record, "The record's id")->required()->type_name("RECORD");
  app.add_option("--organisation", options->organisation,
                 "Whose, by id or name; any that this node holds")
      ->type_name("ORG");
  app.add_option("-o,--output", options->output, "Write it into this new file")->type_name("FILE");
}

}  // namespace moot::command

#include "command/own_statement.hpp"

#include <ostream>

#include "command/answers.hpp"
#include "command/client.hpp"
#include "command/read.hpp"
#include "command/render.hpp"
#include "query/succession.hpp"
#include "query/words.hpp"

namespace moot::command {
namespace {

Result<log::OrganisationId, Error> own_organisation(const Session& session) {
  const auto status = ask_node(session, question(control::What::status), answer_patience);
  if (!status) return fail(status.error());
  const auto id = log::parse_organisation_id(
      text_at(parse_json(status->json).value_or(Json()), "organisation"));
  if (id) return *id;
  return fail(Error{.code = "failed",
                    .message = "the node did not say which organisation it is",
                    .hint = "are `moot` and `mootd` of one version? Compare `moot --version`",
                    .problems = {}});
}

}  // namespace

Ran publish_statement(Session& session, Json fields, const std::string& words) {
  const auto own = own_organisation(session);
  if (!own) return fail(own.error());
  Json record = {{"id", query::record_text(query::succession_record(*own))}};
  record.update(fields);
  if (!record.contains("date")) record["date"] = time_text(unix_now_ms()).substr(0, 10);
  const auto answer =
      ask_node(session,
               control::PublishRequest{
                   .sources = {{"-", json_text(record)}}, .kind = "successor", .dry_run = false},
               publish_patience);
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print_published(session.out, answer->json, false);
    session.out << words << '\n';
  }
  return answer->incomplete ? ExitCode::incomplete : ExitCode::done;
}

}  // namespace moot::command

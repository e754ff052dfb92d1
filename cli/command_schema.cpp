#include <memory>
#include <ostream>

#include "command/json_text.hpp"
#include "command/nearest.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "record/kinds.hpp"

namespace moot::command {
namespace {

Ran list_kinds(Session& session) {
  const auto kinds = record::known_kinds();
  if (session.globals.json) {
    Json names = Json::array();
    for (const std::string_view kind : kinds) names.push_back(std::string(kind));
    session.out << json_text({{"kinds", std::move(names)}}) << '\n';
    return ExitCode::done;
  }
  for (const std::string_view kind : kinds) session.out << kind << '\n';
  session.hint("`moot schema KIND` prints what records of a kind must look like");
  return ExitCode::done;
}

Ran run_schema(Session& session, const std::string& kind) {
  if (kind.empty()) return list_kinds(session);
  const auto schema = record::schema_text(kind);
  if (!schema) {
    const auto kinds = record::known_kinds();
    const std::vector<std::string> names(kinds.begin(), kinds.end());
    const std::string near = nearest(kind, names);
    return fail(Error{.code = "not-found",
                      .message = "there is no schema of the kind `" + kind + "`",
                      .hint = near.empty()
                                  ? "`moot schema` lists the kinds; records of other kinds are "
                                    "published without a check of their fields"
                                  : "did you mean `moot schema " + near + "`?",
                      .problems = {}});
  }
  session.out << *schema;
  if (!schema->ends_with('\n')) session.out << '\n';
  return ExitCode::done;
}

}  // namespace

void add_schema(Registry& registry) {
  const auto kind = std::make_shared<std::string>();
  CLI::App& app = registry.add(
      "schema",
      "Prints the JSON Schema that records of a kind are checked against when they are published, "
      "or,\n"
      "without a kind, the kinds that there are. The schemas are those of the Human Services Data\n"
      "Specification 3 and Open Referral UK 3.",
      "  moot schema\n  moot schema service > service.schema.json",
      [kind](Session& session) { return run_schema(session, *kind); });
  app.add_option("kind", *kind, "The kind, such as service or organization")->type_name("KIND");
}

}  // namespace moot::command

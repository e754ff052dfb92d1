#include <memory>

#include "command/answers.hpp"
#include "command/keys_commands.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "query/query.hpp"

namespace moot::command {
namespace {

Ran run_keys_list(Session& session, const std::string& organisation) {
  const auto store = open_store(session.paths());
  if (!store) return fail(store.error());
  const auto meant = find_organisation(**store, organisation);
  if (!meant) return fail(meant.error());
  const auto json = query::keys(**store, *meant);
  if (!json) return fail(json.error());
  if (session.globals.json) {
    print_json(session.out, *json);
  } else {
    print_keys(session.out, *json);
  }
  return ExitCode::done;
}

}  // namespace

void add_keys(Registry& registry) {
  CLI::App& group = registry.add_group(
      "keys",
      "The keys of an organisation: those of its node, and those of its officers, with which they "
      "change the\n"
      "node's keys and each other's.",
      "  moot keys list                     which keys there are\n"
      "  moot keys make ann.key             an officer makes a key\n"
      "  moot keys rotate                   begin a change\n"
      "  moot keys sign change-of-keys-1.txt --key ann.key\n"
      "  moot keys apply change-of-keys-1.txt");
  const auto organisation = std::make_shared<std::string>();
  CLI::App& app = registry.add_below(
      group, "list",
      "Lists an organisation's keys as its log names them: those that sign the log and from which "
      "entry\n"
      "on, those of its nodes, and how many officers' keys there are and must agree. Needs no "
      "node.",
      "  moot keys list\n  moot keys list hall --json",
      [organisation](Session& session) { return run_keys_list(session, *organisation); });
  app.add_option("organisation", *organisation, "An id or a name; this node's own")
      ->type_name("ORG");
  add_keys_officer(registry, group);
  add_keys_rotate(registry, group);
  add_keys_sign(registry, group);
  add_keys_apply(registry, group);
}

}  // namespace moot::command

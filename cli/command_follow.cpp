#include <memory>

#include "command/answers.hpp"
#include "command/client.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"

namespace moot::command {
namespace {

struct FollowOptions {
  std::string target;
  std::string name;
  std::string mode = "full";
  std::string instead_of;
};

Ran run_follow(Session& session, const FollowOptions& options) {
  const auto answer = ask_node(session,
                               control::FollowRequest{.target = options.target,
                                                      .name = options.name,
                                                      .head_only = options.mode == "head",
                                                      .instead_of = options.instead_of},
                               answer_patience);
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print_followed(session.out, answer->json);
    session.hint("`moot status` shows how far its log has been fetched");
  }
  return ExitCode::done;
}

Ran run_unfollow(Session& session, const std::string& organisation) {
  const auto answer =
      ask_node(session, control::UnfollowRequest{.organisation = organisation}, answer_patience);
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print_unfollowed(session.out, answer->json);
  }
  return ExitCode::done;
}

Ran run_orgs(Session& session) {
  const auto answer = ask_node(session, question(control::What::orgs), answer_patience);
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print_organisations(session.out, answer->json);
  }
  return ExitCode::done;
}

}  // namespace

void add_follow(Registry& registry) {
  const auto options = std::make_shared<FollowOptions>();
  CLI::App& app =
      registry.add("follow",
                   "Follows an organisation: this node fetches its log now and whenever it grows, "
                   "checks every entry\n"
                   "and serves it to others. The organisation's own node tells its address (`moot "
                   "status` there);\n"
                   "with an id alone the log comes from any peer that carries it.",
                   "  moot follow moot://moot1…@node.halltrust.example:7117 --as hall\n"
                   "  moot follow moot1… --mode head",
                   [options](Session& session) { return run_follow(session, *options); });
  app.add_option("target", options->target, "An address, or an organisation id")
      ->required()
      ->type_name("ADDRESS|ORG");
  app.add_option("--as", options->name, "What to call it here")->type_name("NAME");
  app.add_option("--instead-of", options->instead_of,
                 "It goes on from this one, whose keys are lost: its name goes over, and both\n"
                 "histories stay followed")
      ->type_name("ORG");
  app.add_option("--mode", options->mode,
                 "full: keep its records; head: only keep watch over its history")
      ->check(CLI::IsMember({"full", "head"}))
      ->type_name("full|head")
      ->capture_default_str();
}

void add_unfollow(Registry& registry) {
  const auto organisation = std::make_shared<std::string>();
  CLI::App& app = registry.add("unfollow",
                               "Stops following an organisation. What has been fetched of its log "
                               "stays here, and can still be\n"
                               "read and audited; it just grows no more.",
                               "  moot unfollow hall", [organisation](Session& session) {
                                 return run_unfollow(session, *organisation);
                               });
  app.add_option("organisation", *organisation, "Its id, or the name given with --as")
      ->required()
      ->type_name("ORG");
}

void add_orgs(Registry& registry) {
  registry.add(
      "orgs",
      "Lists the organisations that this node knows: its own, those that it follows, and those of\n"
      "which it holds something.",
      "  moot orgs\n  moot orgs --json", run_orgs);
}

}  // namespace moot::command

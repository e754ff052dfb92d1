#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ostream>
#include <system_error>

#include "command/node_program.hpp"
#include "command/registry.hpp"

namespace moot::command {
namespace {

Ran run_node(Session& session) {
  std::string program = node_program();
  std::string option = "--home";
  std::string home = session.paths().home.string();
  std::array<char*, 4> arguments = {program.data(), option.data(), home.data(), nullptr};
  session.out.flush();
  session.err.flush();
  // The node decides itself what it does with signals: it must not inherit that we ignore some.
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_DFL);
  ::execvp(program.c_str(), arguments.data());
  return fail(
      Error{.code = "failed",
            .message = "cannot start " + program + ": " + std::system_category().message(errno),
            .hint = "install mootd beside moot, or put its folder into PATH",
            .problems = {}});
}

}  // namespace

void add_run(Registry& registry) {
  registry.add(
      "run",
      "Runs the node in the foreground, as `mootd` does: this process becomes the node, and ends\n"
      "cleanly on SIGTERM or Ctrl-C. For a machine that starts it by itself use the service.",
      "  moot run\n  moot run --home /srv/hall-trust", run_node);
}

}  // namespace moot::command

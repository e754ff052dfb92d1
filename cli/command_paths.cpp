#include <array>
#include <ostream>

#include "command/json_text.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

Ran run_paths(Session& session) {
  const config::Paths paths = session.paths();
  const std::array<std::pair<const char*, const std::filesystem::path*>, 9> all = {{
      {"home", &paths.home},
      {"config", &paths.config},
      {"keys", &paths.keys},
      {"log_key", &paths.log_key},
      {"node_key", &paths.node_key},
      {"store", &paths.store},
      {"instance", &paths.instance},
      {"control_socket", &paths.control_socket},
      {"lock", &paths.lock},
  }};
  Json document = Json::object();
  Table table({});
  for (const auto& [name, path] : all) {
    document[name] = path->string();
    std::error_code ignored;
    const bool is_there = std::filesystem::exists(*path, ignored);
    table.add({name, printable(path->string()) + (is_there ? "" : "  (not there)")});
  }
  if (session.globals.json) {
    session.out << json_text(document) << '\n';
  } else {
    table.print(session.out);
  }
  return ExitCode::done;
}

}  // namespace

void add_paths(Registry& registry) {
  registry.add(
      "paths",
      "Shows where this node keeps everything: its home, keys, store and socket. The home is\n"
      "--home, else $MOOT_HOME, else /var/lib/moot for the service, else the user's data folder.",
      "  moot paths\n  moot paths --home /srv/hall-trust --json", run_paths);
}

}  // namespace moot::command

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>

#include "command/json_text.hpp"
#include "command/nearest.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

/// The effective values by key, as text; config.hpp names the same keys.
Json values_of(const config::Config& config) {
  Json values = {{"node.name", config.name},
                 {"node.listen", config.listen},
                 {"node.advertise", config.advertise},
                 {"http.listen", config.http_listen},
                 {"log.level", config.log_level},
                 {"sync.serve", config.serve_followed_to_all ? "all" : "followed"}};
  for (const config::RetentionRule& rule : config.retention) {
    values["retention." + rule.kind + (rule.is_personal ? ".personal" : ".public")] =
        config::months_text(rule.months);
  }
  return values;
}

Ran run_check(Session& session) {
  const auto config = read_config(session);
  if (!config) return fail(config.error());
  const std::string file = session.paths().config.string();
  if (session.globals.json) {
    session.out << json_text({{"file", file}, {"ok", true}}) << '\n';
  } else {
    session.out << printable(file) << " is in order.\n";
  }
  return ExitCode::done;
}

Ran run_get(Session& session, const std::string& key) {
  const auto config = read_config(session);
  if (!config) return fail(config.error());
  const Json values = values_of(*config);
  if (key.empty()) {
    if (session.globals.json) {
      session.out << json_text({{"values", values}}) << '\n';
      return ExitCode::done;
    }
    Table table({});
    for (const auto& [name, value] : values.items()) {
      table.add({name, printable(text_at(values, name))});
    }
    table.print(session.out);
    return ExitCode::done;
  }
  if (!values.contains(key)) {
    std::vector<std::string> known;
    for (const auto& [name, value] : values.items()) known.push_back(name);
    const std::string near = nearest(key, known);
    return fail(Error{.code = "not-found",
                      .message = "there is no setting `" + key + "`",
                      .hint = near.empty() ? "`moot config get` lists them"
                                           : "did you mean `moot config get " + near + "`?",
                      .problems = {}});
  }
  if (session.globals.json) {
    session.out << json_text({{"key", key}, {"value", values[key]}}) << '\n';
  } else {
    session.out << printable(text_at(values, key)) << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_config(Registry& registry) {
  CLI::App& group = registry.add_group("config",
                                       "Checks the node's settings (config.toml in its home) or "
                                       "shows them. To change one, edit the\n"
                                       "file, check it, and restart the node.",
                                       "  moot config check\n  moot config get node.listen");
  registry.add_below(
      group, "check",
      "Reads config.toml and lists everything that is wrong with it, without touching the node.",
      "  moot config check", run_check);
  const auto key = std::make_shared<std::string>();
  CLI::App& get = registry.add_below(
      group, "get", "Prints one setting as the node would use it, or, without a key, all of them.",
      "  moot config get node.listen\n  moot config get --json",
      [key](Session& session) { return run_get(session, *key); });
  get.add_option("key", *key, "Such as node.listen")->type_name("KEY");
}

}  // namespace moot::command

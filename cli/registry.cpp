#include "command/registry.hpp"

#include "base/check.hpp"

namespace moot::command {

void add_globals_to(CLI::App& command, Globals& globals) {
  const std::string group = "Options of every command";
  command.set_help_flag("-h,--help", "Show this text")->group(group);
  command.add_option("--home", globals.home, "The node's folder (default: see `moot paths`)")
      ->type_name("FOLDER")
      ->group(group);
  command.add_flag("--json", globals.json, "Answer in JSON, errors too")->group(group);
  command.add_flag("-q,--quiet", globals.quiet, "No progress and no hints")->group(group);
  command.add_flag("--progress", globals.progress, "Show progress though this is no terminal")
      ->group(group);
  command.add_flag("--no-progress", globals.no_progress, "Show no progress")->group(group);
}

CLI::App& Registry::add_app(CLI::App& parent, const std::string& name,
                            const std::string& description, const std::string& example) {
  CLI::App& app = *parent.add_subcommand(name, description);
  app.footer("Example:\n" + example);
  add_globals_to(app, globals_);
  return app;
}

CLI::App& Registry::add_below(CLI::App& parent, const std::string& name,
                              const std::string& description, const std::string& example,
                              Handler handler) {
  CLI::App& app = add_app(parent, name, description, example);
  commands_.push_back({&app, std::move(handler)});
  return app;
}

CLI::App& Registry::add(const std::string& name, const std::string& description,
                        const std::string& example, Handler handler) {
  return add_below(root_, name, description, example, std::move(handler));
}

CLI::App& Registry::add_group(const std::string& name, const std::string& description,
                              const std::string& example) {
  CLI::App& app = add_app(root_, name, description, example);
  app.require_subcommand(1);
  return app;
}

Ran Registry::run_parsed(Session& session) const {
  for (const Registered& command : commands_) {
    if (command.app->parsed()) return command.handler(session);
  }
  MOOT_CHECK(false);  // the root requires one command, and a group one below it
  return ExitCode::usage;
}

}  // namespace moot::command

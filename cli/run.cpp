#include "command/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "command/nearest.hpp"
#include "command/registry.hpp"
#include "command/report_error.hpp"

namespace moot::command {
namespace {

constexpr const char* description =
    "Publishes an organisation's records into a log that nobody can rewrite unseen,\n"
    "follows the logs of others, and checks them. The node itself is `mootd`.";

constexpr const char* example =
    "  moot init \"Hall Trust\"     make this organisation's node\n"
    "  moot run                   start it (or: systemctl start mootd)\n"
    "  moot publish services.json\n"
    "  moot COMMAND --help        what a command does, with an example";

bool has_json_flag(std::span<const std::string> arguments) {
  return std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
}

/// The first argument that is no option: the command that was meant.
std::string command_word(std::span<const std::string> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--home") {
      ++i;
    } else if (!arguments[i].starts_with('-')) {
      return arguments[i];
    }
  }
  return {};
}

std::vector<std::string> names_below(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

/// The command that was parsed, as far as it was recognised, and its whole name.
std::pair<const CLI::App*, std::string> parsed_command(const CLI::App& root) {
  const CLI::App* app = &root;
  std::string name = "moot";
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    name += " " + app->get_name();
  }
  return {app, name};
}

/// The option that a mistyped one was meant to be.
std::string nearest_option(const CLI::App& command, std::span<const std::string> arguments) {
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const std::string& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (name.size() > 2 && name.starts_with("--") && !is_known) return nearest(name, known);
  }
  return {};
}

Error unknown_command(const std::string& said, const std::string& word, const CLI::App& among) {
  Error error{.code = "usage",
              .message = "there is no command `" + said + " " + word + "`",
              .hint = "`" + said + " --help` lists the commands",
              .problems = {}};
  const std::string near = nearest(word, names_below(among));
  if (!near.empty()) error.hint = "did you mean `" + said + " " + near + "`?";
  return error;
}

Error usage_error(const CLI::App& root, std::span<const std::string> arguments,
                  const CLI::ParseError& found) {
  const auto [command, name] = parsed_command(root);
  if (command->get_require_subcommand_min() > 0) {
    // What stands where the next command's name belongs.
    const std::string last = command == &root ? std::string() : command->get_name();
    auto at = std::find(arguments.begin(), arguments.end(), last);
    if (at != arguments.end()) ++at;
    if (last.empty()) at = arguments.begin();
    const auto rest = arguments.subspan(static_cast<std::size_t>(at - arguments.begin()));
    const std::string word = command_word(rest);
    if (!word.empty()) return unknown_command(name, word, *command);
    return {.code = "usage",
            .message = "`" + name + "` needs a command",
            .hint = "`" + name + " --help` lists them",
            .problems = {}};
  }
  Error error{.code = "usage",
              .message = "`" + name + "`: " + found.what(),
              .hint = "`" + name + " --help` shows what it takes, with an example",
              .problems = {}};
  const std::string near = nearest_option(*command, arguments);
  if (!near.empty()) error.hint = "did you mean " + near + "?";
  return error;
}

void add_commands(Registry& registry) {
  add_init(registry);
  add_run(registry);
  add_publish(registry);
  add_cancel(registry);
  add_withdraw(registry);
  add_erase(registry);
  add_retention(registry);
  add_show(registry);
  add_log(registry);
  add_follow(registry);
  add_unfollow(registry);
  add_orgs(registry);
  add_sync(registry);
  add_status(registry);
  add_peers(registry);
  add_confirm_not_restored(registry);
  add_hide(registry);
  add_unhide(registry);
  add_find_text(registry);
  add_compact(registry);
  add_close(registry);
  add_successor(registry);
  add_proof(registry);
  add_evidence(registry);
  add_verify(registry);
  add_audit(registry);
  add_bundle(registry);
  add_backup(registry);
  add_restore(registry);
  add_keys(registry);
  add_officers(registry);
  add_handover(registry);
  add_schema(registry);
  add_config(registry);
  add_paths(registry);
}

/// What went wrong with the streams themselves, which no command sees.
bool was_written(std::ostream& out) {
  out.flush();
  return out.good();
}

int run_arguments(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  CLI::App root(description, "moot");
  Session session{.globals = {}, .out = out, .err = err};
  session.err_is_terminal = &err == &std::cerr && ::isatty(STDERR_FILENO) == 1;
  root.footer(std::string("Example:\n") + example);
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string("moot " MOOT_VERSION), "Show the version");
  add_globals_to(root, session.globals);
  Registry registry(root, session.globals);
  add_commands(registry);

  Error error;
  try {
    root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    const Ran ran = registry.run_parsed(session);
    if (ran && was_written(out)) return static_cast<int>(*ran);
    error = ran ? Error{.code = "failed",
                        .message = "the answer could not be written out",
                        .hint = "is the disk full, or was the reader of the pipe closed?",
                        .problems = {}}
                : ran.error();
  } catch (const CLI::CallForVersion& version) {
    out << version.what() << '\n';
    return 0;
  } catch (const CLI::Success&) {
    out << root.help();
    return 0;
  } catch (const CLI::ParseError& found) {
    error = usage_error(root, arguments, found);
  }
  out.flush();
  report_error(err, error, session.globals.json || has_json_flag(arguments));
  err.flush();
  return static_cast<int>(exit_code_of(error.code));
}

}  // namespace

int run(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  try {
    return run_arguments(arguments, out, err);
  } catch (const std::exception& defect) {  // out of memory, or a defect of ours
    report_error(err, {.code = "failed", .message = defect.what(), .hint = {}, .problems = {}},
                 has_json_flag(arguments));
    return static_cast<int>(ExitCode::failed);
  }
}

}  // namespace moot::command

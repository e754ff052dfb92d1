#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <ostream>

#include "command/json_text.hpp"
#include "command/new_home.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "config/host_port.hpp"

namespace moot::command {
namespace {

// The control socket's path must fit sockaddr_un (108 bytes with its end), and "/control.sock"
// takes 13.
constexpr std::size_t home_path_bytes_max = 94;

struct InitOptions {
  config::Config config;
  std::string recovery_file;
};

Error usage(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

Result<Done, Error> check_options(const Session& session, const InitOptions& options,
                                  const config::Paths& paths) {
  if (options.config.name.find_first_not_of(' ') == std::string::npos) {
    return fail(usage("the organisation's name is empty", "such as `moot init \"Hall Trust\"`"));
  }
  const auto problems = config::check(options.config);
  if (!problems.empty()) {
    Error error = usage("these settings cannot be used", "`moot init --help` has an example");
    error.problems = problems;
    return fail(std::move(error));
  }
  if (paths.home.native().size() > home_path_bytes_max) {
    return fail(usage("the home's path is too long for the node's socket: " + paths.home.string(),
                      "name a folder with a path of at most " +
                          std::to_string(home_path_bytes_max) + " bytes with --home"));
  }
  const bool was_chosen =
      !session.globals.home.empty() || is_set("MOOT_HOME") || is_set("STATE_DIRECTORY");
  if (::geteuid() == 0 && !was_chosen) {
    return fail(
        usage("this would make a node in the folder of root, " + paths.home.string() +
                  ", where the service does not look for it",
              "for the service: `sudo -u moot moot init NAME`; else name a folder with --home"));
  }
  if (options.recovery_file.empty()) return Done{};
  std::error_code error;
  const auto file = std::filesystem::weakly_canonical(options.recovery_file, error).native();
  const auto home = std::filesystem::weakly_canonical(paths.home, error).native() + "/";
  if (file.starts_with(home)) {
    return fail(usage("the recovery code must not be kept in the node's home",
                      "name a file elsewhere, such as on a USB stick, with --recovery-file"));
  }
  return Done{};
}

/// What others are told to dial.
std::string address_of(const log::OrganisationId& organisation, const config::Config& config) {
  const auto listens = config::parse_host_port(config.listen);
  auto where = config::parse_host_port(config.advertise);
  if (!where) where = listens;
  if (!where) return {};
  if (where->host == "0.0.0.0" || where->host == "::") {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0) where->host = name.data();
  }
  return "moot://" + log::to_text(organisation) + "@" + config::to_text(*where);
}

void print_for_people(const Session& session, const InitOptions& options, const NewHome& made,
                      const std::string& address, const config::Paths& paths) {
  std::ostream& out = session.out;
  out << printable(options.config.name) << " has a node now.\n\n";
  Table facts({});
  facts.add({"Organisation", log::to_text(made.organisation)});
  facts.add({"Address", address});
  facts.add({"Home", printable(paths.home.string())});
  facts.print(out);
  if (options.recovery_file.empty()) {
    out << "\nRECOVERY CODE. Write it on paper now and give it to an officer (trustee, secretary) "
           "who\n"
           "does not run this machine. It is kept nowhere here and cannot be shown again. If this\n"
           "machine is lost or broken into, only this code lets the organisation go on under its "
           "id:\n\n    "
        << made.recovery_code << '\n';
  } else {
    out << "\nThe RECOVERY CODE is in " << printable(options.recovery_file)
        << ".\nPrint it or take the file off this machine, and give it to an officer (trustee,\n"
           "secretary). If this machine is lost or broken into, only that code lets the "
           "organisation\n"
           "go on under its id.\n";
  }
  out << "\nWhat to do next:\n"
         "  moot run                      start the node (or: systemctl start mootd)\n"
         "  moot publish services.json    publish records\n"
         "  Tell your peers the address above; they follow you with `moot follow ADDRESS`.\n";
  const auto listens = config::parse_host_port(options.config.listen);
  if (options.config.advertise.empty() && listens) {
    const bool is_any = listens->host == "0.0.0.0" || listens->host == "::";
    if (listens->port == 0) {
      session.hint("the port is chosen at each start: `moot status` tells it");
    } else if (is_any) {
      session.hint(
          "the address has this machine's own name; if others reach it by another, set "
          "node.advertise in " +
          paths.config.string() + " (or give --advertise HOST:PORT to init)");
    }
  }
}

Ran run_init(Session& session, InitOptions& options) {
  const config::Paths paths = session.paths();
  const auto checked = check_options(session, options, paths);
  if (!checked) return fail(checked.error());
  std::optional<std::filesystem::path> recovery_file;
  if (!options.recovery_file.empty()) recovery_file = options.recovery_file;
  const auto made = make_home(paths, options.config, recovery_file);
  if (!made) return fail(made.error());

  const std::string address = address_of(made->organisation, options.config);
  if (session.globals.json) {
    Json document = {{"organisation", log::to_text(made->organisation)},
                     {"name", options.config.name},
                     {"home", paths.home.string()},
                     {"address", address}};
    if (recovery_file) {
      document["recovery_file"] = recovery_file->string();
    } else {
      document["recovery"] = made->recovery_code;
    }
    session.out << json_text(document) << '\n';
  } else {
    print_for_people(session, options, *made, address, paths);
  }
  session.out.flush();
  if (!session.out.good() && !recovery_file) {
    unmake_home(paths);
    return fail(Error{.code = "failed",
                      .message = "the recovery code could not be shown, so the node was not kept",
                      .hint = "run it where its output can be read, or use --recovery-file",
                      .problems = {}});
  }
  return ExitCode::done;
}

}  // namespace

void add_init(Registry& registry) {
  const auto options = std::make_shared<InitOptions>();
  CLI::App& app = registry.add("init",
                               "Makes the node of an organisation: its home folder, keys, "
                               "settings, and a log with its first\n"
                               "entry. Prints the organisation's id and address, and once only a "
                               "recovery code, which an officer\n"
                               "keeps on paper away from this machine. All or nothing: after a "
                               "failure nothing is left behind.",
                               "  moot init \"Hall Trust\" --advertise node.halltrust.example:7117",
                               [options](Session& session) { return run_init(session, *options); });
  app.add_option("name", options->config.name, "What the organisation calls itself")
      ->required()
      ->type_name("NAME");
  app.add_option("--listen", options->config.listen, "Where the node listens for other nodes")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  app.add_option("--http", options->config.http_listen, "Where it will serve web pages")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  app.add_option("--advertise", options->config.advertise,
                 "What others are told to dial (default: as --listen)")
      ->type_name("HOST:PORT");
  app.add_option("--recovery-file", options->recovery_file,
                 "Write the recovery code into this new file instead of showing it")
      ->type_name("FILE");
}

}  // namespace moot::command

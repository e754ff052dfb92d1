#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <ostream>

#include "base/limits.hpp"
#include "command/json_text.hpp"
#include "command/new_home.hpp"
#include "command/recovery_check.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/terminal.hpp"
#include "config/host_port.hpp"
#include "log/rotation.hpp"

namespace moot::command {
namespace {

// The control socket's path must fit sockaddr_un (108 bytes with its end), and "/control.sock"
// takes 13.
constexpr std::size_t home_path_bytes_max = 94;

struct InitOptions {
  config::Config config;
  std::string recovery_file;
  std::string recovery_svg;
  std::vector<std::string> officer_keys;
  std::uint32_t threshold = 0;  // 0: 1, or 2 of several keys
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
  for (const std::string& file : {options.recovery_file, options.recovery_svg}) {
    if (file.empty()) continue;
    std::error_code error;
    const auto whole = std::filesystem::weakly_canonical(file, error).native();
    const auto home = std::filesystem::weakly_canonical(paths.home, error).native() + "/";
    if (whole.starts_with(home)) {
      return fail(usage("the recovery sheet must not be kept in the node's home",
                        "name a file elsewhere, such as on a USB stick"));
    }
  }
  return Done{};
}

std::optional<std::filesystem::path> path_or_none(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

Result<HomePlan, Error> plan_of(const InitOptions& options) {
  HomePlan plan{.config = options.config,
                .officer_keys = {},
                .threshold = 1,
                .recovery_file = path_or_none(options.recovery_file),
                .recovery_svg = path_or_none(options.recovery_svg)};
  for (const std::string& text : options.officer_keys) {
    const auto key = log::parse_reserve_key_text(text);
    if (!key) {
      return fail(usage("--officer-key " + text + ": " + std::string(log::describe(key.error())),
                        "the officer's `moot keys public FILE` shows it"));
    }
    if (std::ranges::find(plan.officer_keys, *key) != plan.officer_keys.end()) {
      return fail(usage("one key was given for two officers", "each officer has a key"));
    }
    plan.officer_keys.push_back(*key);
  }
  const std::size_t count = std::max<std::size_t>(plan.officer_keys.size(), 1);
  if (count > limits::reserve_keys_max || options.threshold > count) {
    return fail(usage("of " + counted(count, "officer", "officers") + ", " +
                          std::to_string(options.threshold) + " cannot be asked to agree",
                      "1 to 16 officers, and --threshold at most as many"));
  }
  plan.threshold = static_cast<std::uint8_t>(
      options.threshold != 0 ? options.threshold : std::min<std::size_t>(count, 2));
  if (!plan.officer_keys.empty() && (plan.recovery_file || plan.recovery_svg)) {
    return fail(usage("there is no recovery sheet when the officers have keys of their own",
                      "leave --recovery-file and --recovery-svg out; each officer prints a sheet "
                      "with `moot keys print`"));
  }
  return plan;
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

/// Shows the sheet, and has two of its words typed back where somebody is there to do so.
Result<Done, Error> show_sheet(const Session& session, const RecoverySheet& sheet) {
  session.out
      << "RECOVERY SHEET. Write these 27 words on paper now and give them to an officer (trustee,\n"
         "secretary) who does not run this machine. They are kept nowhere here and cannot be "
         "shown\n"
         "again. If this machine is lost or broken into, only they let the organisation go on "
         "under\n"
         "its id.\n\n"
      << word_table(sheet.words) << "\nThe same as a QR code, for a camera:\n"
      << sheet_qr(sheet) << '\n';
  session.out.flush();
  if (!session.out.good()) {
    return fail(Error{.code = "failed",
                      .message = "the recovery sheet could not be shown, so the node was not kept",
                      .hint = "run it where its output can be read, or use --recovery-file",
                      .problems = {}});
  }
  if (!can_ask(session)) return Done{};
  return check_words_back(sheet.words, two_word_numbers(),
                          [&](const std::string& question) { return ask(session, question); });
}

void print_sheet_files(const Session& session, const InitOptions& options) {
  std::string files = printable(options.recovery_file);
  if (!options.recovery_svg.empty()) {
    files += (files.empty() ? "" : " and ") + printable(options.recovery_svg);
  }
  session.out
      << "\nThe RECOVERY SHEET is in " << files
      << ".\nPrint it and take the file off this machine, and give the paper to an officer "
         "(trustee,\nsecretary). If this machine is lost or broken into, only that sheet lets "
         "the organisation go on\nunder its id.\n";
}

void print_for_people(const Session& session, const InitOptions& options, const HomePlan& plan,
                      const NewHome& made, const std::string& address, const config::Paths& paths) {
  std::ostream& out = session.out;
  out << printable(options.config.name) << " has a node now.\n\n";
  Table facts({});
  facts.add({"Organisation", log::to_text(made.organisation)});
  facts.add({"Address", address});
  facts.add({"Home", printable(paths.home.string())});
  if (!made.sheet) {
    facts.add({"Officers", "any " + std::to_string(plan.threshold) + " of " +
                               std::to_string(plan.officer_keys.size()) + " decide"});
  }
  facts.print(out);
  if (made.sheet && (plan.recovery_file || plan.recovery_svg)) print_sheet_files(session, options);
  out << "\nWhat to do next:\n"
         "  moot run                      start the node (or: systemctl start mootd)\n"
         "  moot publish services.json    publish records\n"
         "  moot officers list            who decides, and how to make it safe\n"
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

Json json_of(const HomePlan& plan, const NewHome& made, const std::string& address,
             const config::Paths& paths) {
  Json document = {{"organisation", log::to_text(made.organisation)},
                   {"name", plan.config.name},
                   {"home", paths.home.string()},
                   {"address", address}};
  if (plan.recovery_file) document["recovery_file"] = plan.recovery_file->string();
  if (plan.recovery_svg) document["recovery_svg"] = plan.recovery_svg->string();
  if (made.sheet && !plan.recovery_file && !plan.recovery_svg) {
    document["recovery"] = made.sheet->words;
    document["recovery_code"] = made.sheet->code;
  }
  if (!made.sheet) {
    document["officers"] = plan.officer_keys.size();
    document["threshold"] = plan.threshold;
  }
  return document;
}

Ran run_init(Session& session, InitOptions& options) {
  const config::Paths paths = session.paths();
  const auto checked = check_options(session, options, paths);
  if (!checked) return fail(checked.error());
  const auto plan = plan_of(options);
  if (!plan) return fail(plan.error());
  const bool is_shown = !plan->recovery_file && !plan->recovery_svg;
  auto made = make_home(paths, *plan, [&](const NewHome& staged) -> Result<Done, Error> {
    if (!staged.sheet || !is_shown || session.globals.json) return Done{};
    return show_sheet(session, *staged.sheet);
  });
  if (!made) return fail(made.error());

  const std::string address = address_of(made->organisation, options.config);
  if (session.globals.json) {
    session.out << json_text(json_of(*plan, *made, address, paths)) << '\n';
  } else {
    print_for_people(session, options, *plan, *made, address, paths);
  }
  session.out.flush();
  if (made->sheet) wipe_sheet(*made->sheet);
  if (!session.out.good() && made->sheet && is_shown && session.globals.json) {
    unmake_home(paths);
    return fail(Error{.code = "failed",
                      .message = "the recovery words could not be shown, so the node was not kept",
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
                               "entry. Shows once only a recovery sheet of 27 words, which an "
                               "officer keeps on paper away from\n"
                               "this machine; none when officers have made keys of their own. All "
                               "or nothing: after a failure\n"
                               "nothing is left behind.",
                               "  moot init \"Hall Trust\" --advertise "
                               "node.halltrust.example:7117\n"
                               "  moot init \"Hall Trust\" --officer-key mootpub1… --officer-key "
                               "mootpub1… --threshold 2",
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
                 "Write the recovery sheet into this new file instead of showing it")
      ->type_name("FILE");
  app.add_option("--recovery-svg", options->recovery_svg,
                 "Write the recovery sheet as a page to print, instead of showing it")
      ->type_name("FILE");
  app.add_option("--officer-key", options->officer_keys,
                 "The public half of an officer's key, from `moot keys make`; once for each")
      ->type_name("KEY");
  app.add_option("--threshold", options->threshold,
                 "How many officers must agree (default: 2, or 1 where there is one)")
      ->type_name("K");
}

}  // namespace moot::command

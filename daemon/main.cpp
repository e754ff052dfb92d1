#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "config/config.hpp"
#include "crypto/secret.hpp"
#include "crypto/signing.hpp"
#include "node/node.hpp"

namespace {

int report(const moot::Error& error) {
  std::fprintf(stderr, "mootd: %s\n", error.message.c_str());
  for (const moot::Problem& problem : error.problems) {
    std::fprintf(stderr, "  %s: found %s\n", problem.where.c_str(), problem.found.c_str());
    if (!problem.allowed.empty()) {
      std::fprintf(stderr, "    allowed: %s\n", problem.allowed.c_str());
    }
    if (!problem.hint.empty()) std::fprintf(stderr, "    Hint: %s\n", problem.hint.c_str());
  }
  if (!error.hint.empty()) std::fprintf(stderr, "Hint: %s\n", error.hint.c_str());
  return 1;
}

/// Without them a closed socket and a full file would end the process instead of being an error.
void ignore_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int run(const std::string& home, const std::string& log_level) {
  if (!moot::crypto::start_library() || !moot::crypto::self_test()) {
    std::fputs(
        "mootd: the installed libsodium does not judge signatures as Moot needs it.\n"
        "Hint: install the libsodium of your distribution.\n",
        stderr);
    return 1;
  }
  ::umask(0077);
  ignore_signals();
  moot::node::Node::Options options;
  options.paths = moot::config::paths(home);
  options.log_level = log_level;
  options.watches_signals = true;
  for (;;) {
    auto node = moot::node::Node::open(options);
    if (!node) return report(node.error());
    if ((*node)->run() == moot::node::Node::Ended::stopped) return 0;
    options.listen = (*node)->listening();  // others know this port, also where any would do
    options.is_new_key = true;
  }
}

/// Reads the command line and runs; what CLI11 does not like ends here with its message.
int run_from(int argc, char** argv) {
  CLI::App app{"Runs one organisation's node in the foreground until SIGTERM or Ctrl-C."};
  std::string home;
  std::string log_level;
  app.add_option("--home", home, "The node's folder (else $MOOT_HOME, else the usual places)")
      ->type_name("FOLDER");
  app.add_option("--log-level", log_level,
                 "debug, info, warn or error (else what config.toml says)")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  app.set_version_flag("--version", "mootd " MOOT_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return run(home, log_level);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_from(argc, argv);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "mootd: %s\n", thrown.what());
    return 1;
  } catch (...) {
    std::fputs("mootd: stopped by something that is no error of its own\n", stderr);
    return 1;
  }
}

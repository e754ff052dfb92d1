#pragma once
#include <filesystem>
#include <string>

#include "base/limits.hpp"
#include "base/problem.hpp"
#include "base/result.hpp"
#include "config/retention.hpp"

/// HOME/config.toml: every key with its default and a comment; read by mootd, written by `moot
/// init`.
namespace moot::config {

struct Config {
  std::string name;                     ///< node.name: what the organisation calls itself
  std::string listen = "0.0.0.0:7117";  ///< node.listen: host:port; port 0 takes any free one
  std::string advertise;  ///< node.advertise: host:port that others reach us at; empty: as `listen`
  std::string http_listen =
      "127.0.0.1:7118";  ///< http.listen: kept for the web pages; this version serves none
  std::string log_level = "info";  ///< log.level: debug, info, warn, error
  bool serve_followed_to_all =
      true;  ///< sync.serve = "all" | "followed": may strangers fetch logs that we follow?
  /// erase.personal_hold, erase.public_hold: how long what was erased is only hidden, here.
  std::int64_t personal_hold_ms = limits::personal_hold_ms;
  std::int64_t public_hold_ms = limits::public_hold_ms;
  std::int64_t scrub_every_ms = limits::scrub_every_ms;  ///< store.scrub_every
  std::string witness_policy;  ///< witness.policy: a file of outside witnesses; empty: none
  /// retention.KIND.personal, retention.KIND.public; by kind, one for each part.
  std::vector<RetentionRule> retention;
  bool operator==(const Config&) const = default;
};

/// The text of a config file with these values, each with a comment. What check() finds nothing in
/// comes back equal.
std::string to_text(const Config& config);
/// What is wrong with these values, whoever chose them: `where` is the key's path.
std::vector<Problem> check(const Config& config);
/// All problems at once; an unknown key is one (with the nearest known key as hint). `where` is
/// file, line and the key's path. A key that is not there keeps its default. The text must be
/// TOML 1.0; the first fault of its syntax is the only problem.
Result<Config, std::vector<Problem>> parse(std::string_view text, std::string_view file_name);

/// Where everything is (4-node.md, Programs and files).
struct Paths {
  std::filesystem::path home, config, keys, log_key, node_key, store, instance, control_socket,
      lock;
};
/// --home, else $MOOT_HOME, else /var/lib/moot when that is the service's own (running as user
/// `moot`, or $STATE_DIRECTORY given by systemd), else $XDG_DATA_HOME/moot, else
/// ~/.local/share/moot. Never the current folder.
Paths paths(const std::string& home_option);

}  // namespace moot::config

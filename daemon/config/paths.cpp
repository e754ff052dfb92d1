#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "config/config.hpp"

namespace moot::config {
namespace {

namespace fs = std::filesystem;

constexpr const char* service_home = "/var/lib/moot";
constexpr std::string_view service_user = "moot";

/// The variable's value; none when it is not set or empty.
std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

/// The user database's entry for whoever runs this.
struct User {
  std::string name;
  std::string home;
};
User current_user() {
  passwd entry{};
  passwd* found = nullptr;
  std::string buffer(16384, '\0');  // more than sysconf(_SC_GETPW_R_SIZE_MAX) asks for on Linux
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return {};
  }
  return {entry.pw_name, entry.pw_dir};
}

/// Of a unit with StateDirectory=moot; another service's shell may have a folder of its own there.
std::optional<fs::path> state_directory() {
  const auto folders = environment("STATE_DIRECTORY");
  if (!folders) return std::nullopt;
  const fs::path first = folders->substr(0, folders->find(':'));
  if (!first.is_absolute() || first.filename() != "moot") return std::nullopt;
  return first;
}

fs::path home_of(const std::string& option) {
  if (!option.empty()) return fs::absolute(option);
  if (const auto named = environment("MOOT_HOME")) return fs::absolute(*named);
  if (const auto folder = state_directory()) return *folder;
  const User user = current_user();
  if (user.name == service_user) return service_home;
  // The XDG base directory specification: a relative path is to be ignored.
  const auto data_home = environment("XDG_DATA_HOME");
  if (data_home && fs::path(*data_home).is_absolute()) return fs::path(*data_home) / "moot";
  const fs::path user_home = environment("HOME").value_or(user.home);
  if (user_home.is_absolute()) return user_home / ".local" / "share" / "moot";
  return service_home;
}

}  // namespace

Paths paths(const std::string& home_option) {
  Paths out;
  out.home = home_of(home_option).lexically_normal();
  out.config = out.home / "config.toml";
  out.keys = out.home / "keys";
  out.log_key = out.keys / "log.key";
  out.node_key = out.keys / "node.key";
  out.store = out.home / "store";
  out.instance = out.home / "instance";
  out.control_socket = out.home / "control.sock";
  out.lock = out.home / "lock";
  return out;
}

}  // namespace moot::config

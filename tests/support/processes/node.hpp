#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/processes/process.hpp"

namespace moot::test {

/// One mootd in a home of its own, founded by `moot init` on a port that it keeps; killed with this
/// object.
class Node {
 public:
  /// Founds the home and starts the node. Throws when either fails.
  Node(std::filesystem::path home, const std::string& name);
  /// Takes over a home that is there (a copy of another's, one that was restored), on a new port.
  explicit Node(std::filesystem::path home);

  const std::string& organisation() const { return organisation_; }
  /// moot://ORG@127.0.0.1:port
  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }
  const std::filesystem::path& home() const { return home_; }
  /// What `moot init` printed once for the officer: the secret of the reserve key.
  const std::string& recovery() const { return recovery_; }
  /// What mootd wrote since the home was founded.
  std::string log() const;
  pid_t pid() const { return process_ ? process_->pid() : 0; }
  /// Anonymous resident memory now, in bytes.
  std::uint64_t anonymous_bytes() const;

  /// Starts mootd and waits until it answers; throws when it does not.
  void start(const std::optional<std::uint64_t>& file_bytes_max = std::nullopt);
  /// Ends it as a service manager would, and answers its exit code; nullopt when it does not end.
  std::optional<int> stop();
  /// SIGKILL: no code of the node runs any more.
  void kill();

  /// `moot --home HOME ARGUMENTS…`
  Finished moot(const std::vector<std::string>& arguments, const std::string& input = {}) const;
  /// The same with --json, its one document; throws when it fails or answers no JSON.
  nlohmann::json json(const std::vector<std::string>& arguments,
                      const std::string& input = {}) const;
  /// The same for commands that answer JSON lines.
  std::vector<nlohmann::json> lines(const std::vector<std::string>& arguments,
                                    const std::string& input = {}) const;

 private:
  std::string succeed(std::vector<std::string> arguments, const std::string& input) const;
  std::filesystem::path log_file() const;

  std::filesystem::path home_;
  std::string organisation_;
  std::string address_;
  std::string recovery_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace moot::test

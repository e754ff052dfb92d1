#include "support/processes/node.hpp"

#include <signal.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/processes/client.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

bool answers(const std::filesystem::path& home) {
  try {
    const Client probe(home);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

Node::Node(std::filesystem::path home, const std::string& name)
    : home_(std::move(home)), port_(free_port()) {
  const std::string listen = "127.0.0.1:" + std::to_string(port_);
  const auto made = json({"init", name, "--listen", listen});
  organisation_ = made.at("organisation");
  recovery_ = made.at("recovery");
  address_ = "moot://" + organisation_ + "@" + listen;
  start();
}

Node::Node(std::filesystem::path home) : home_(std::move(home)), port_(free_port()) {
  const std::string listen = "127.0.0.1:" + std::to_string(port_);
  std::istringstream config(read_file(home_ / "config.toml"));
  std::string changed;
  bool is_listen_changed = false;  // the first is the node's, before that of the web pages
  for (std::string line; std::getline(config, line);) {
    if (!is_listen_changed && line.starts_with("listen = ")) {
      line = "listen = \"" + listen + "\"";
      is_listen_changed = true;
    }
    changed += line + "\n";
  }
  write_file(home_ / "config.toml", changed);
  start();
  organisation_ = json({"status"}).at("organisation");
  address_ = "moot://" + organisation_ + "@" + listen;
}

std::filesystem::path Node::log_file() const { return home_.string() + ".log"; }

std::string Node::log() const { return read_file(log_file()); }

void Node::start(const std::optional<std::uint64_t>& file_bytes_max) {
  process_ = std::make_unique<Process>(
      std::vector<std::string>{program("mootd"), "--home", home_.string(), "--log-level", "info"},
      Surroundings{.output_file = log_file(), .file_bytes_max = file_bytes_max});
  const bool is_up = eventually(
      [this] { return answers(home_) || process_->exit_code(std::chrono::milliseconds(0)); });
  if (!is_up || process_->exit_code(std::chrono::milliseconds(0))) {
    throw std::runtime_error("mootd did not start in " + home_.string() + ":\n" + log());
  }
}

std::optional<int> Node::stop() {
  process_->send_signal(SIGTERM);
  return process_->exit_code();
}

void Node::kill() {
  process_->send_signal(SIGKILL);
  process_->exit_code();
}

std::uint64_t Node::anonymous_bytes() const {
  std::ifstream status("/proc/" + std::to_string(pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
  }
  return 0;
}

Finished Node::moot(const std::vector<std::string>& arguments, const std::string& input) const {
  std::vector<std::string> command = {program("moot"), "--home", home_.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command, input);
}

std::string Node::succeed(std::vector<std::string> arguments, const std::string& input) const {
  arguments.emplace_back("--json");
  Finished finished = moot(arguments, input);
  if (finished.exit_code == 0) return std::move(finished.output);
  throw std::runtime_error("moot " + arguments[0] + " answered " +
                           std::to_string(finished.exit_code) + ": " + finished.errors +
                           finished.output);
}

nlohmann::json Node::json(const std::vector<std::string>& arguments,
                          const std::string& input) const {
  return nlohmann::json::parse(succeed(arguments, input));
}

std::vector<nlohmann::json> Node::lines(const std::vector<std::string>& arguments,
                                        const std::string& input) const {
  std::istringstream output(succeed(arguments, input));
  std::vector<nlohmann::json> documents;
  for (std::string line; std::getline(output, line);) {
    documents.push_back(nlohmann::json::parse(line));
  }
  return documents;
}

}  // namespace moot::test

#pragma once
#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "control/control.hpp"

namespace moot::bench {

/// Runs a program to its end and answers what it wrote to standard output; throws when it fails.
std::string run(const std::vector<std::string>& command);

/// One mootd in a home of its own, founded by `moot init`; killed with this object.
class Node {
 public:
  Node(std::filesystem::path home, const std::string& name);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& organisation() const { return organisation_; }
  /// moot://ORG@127.0.0.1:port
  const std::string& address() const { return address_; }
  const std::filesystem::path& home() const { return home_; }
  /// Anonymous resident memory now, in bytes.
  std::uint64_t anonymous_bytes() const;
  void stop();

 private:
  std::filesystem::path home_;
  std::string organisation_;
  std::string address_;
  pid_t pid_ = 0;
};

/// A blocking client of one node's control socket.
class Client {
 public:
  explicit Client(const std::filesystem::path& home);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  void send(const control::Request& request);
  /// Throws when the node answers with an error.
  control::Answer receive();
  control::Answer call(const control::Request& request) {
    send(request);
    return receive();
  }
  /// Size of the newest checkpoint of a log; 0 when there is none.
  std::uint64_t size_of(const std::string& organisation);

 private:
  int socket_ = -1;
};

}  // namespace moot::bench

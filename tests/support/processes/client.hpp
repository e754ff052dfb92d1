#pragma once
#include <filesystem>
#include <string>

#include "control/control.hpp"

namespace moot::test {

/// A blocking client of one node's control socket: what measures, and what publishes while a node
/// is killed. Throws std::runtime_error when the node refuses, is not there or goes away.
class Client {
 public:
  explicit Client(const std::filesystem::path& home);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  void send(const control::Request& request);
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

}  // namespace moot::test

#pragma once
#include <chrono>
#include <filesystem>

#include "base/result.hpp"
#include "control/control.hpp"

namespace moot::command {

/// How long a node may take to answer a read or a change of what it follows; a busy disk on a small
/// machine takes seconds.
inline constexpr std::chrono::milliseconds answer_patience{30'000};
/// The same for a publish: checking and hashing 64 MiB, and waiting for the disk behind others'
/// publishes.
inline constexpr std::chrono::milliseconds publish_patience{180'000};

/// The same for what reads or writes the whole store: a large one on a slow disk.
inline constexpr std::chrono::milliseconds compact_patience{3'600'000};

/// Why no node could be asked. The first two mean that none runs.
enum class Unreachable {
  absent,   ///< no socket there
  refused,  ///< a socket that nobody listens on: the node was killed
  denied,   ///< the socket may not be used by this user
  failed,   ///< anything else; `detail` of the error tells
};

/// The control socket of a running node, for one request after another. Blocking, with a deadline
/// for each request: a node that hangs cannot hang `moot`. One thread.
class Client {
 public:
  struct Failure {
    Unreachable why = Unreachable::failed;
    Error error;  ///< code "not-reachable"
  };
  static Result<Client, Failure> connect(const std::filesystem::path& home,
                                         const std::filesystem::path& socket);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;

  /// Sends the request and waits for its answer. What the node refuses is its own error; a
  /// connection that ends or an answer that cannot be read is "not-reachable", and no later than
  /// `patience`.
  control::Response ask(const control::Request& request, std::chrono::milliseconds patience);

 private:
  Client(int socket, std::filesystem::path home) : socket_(socket), home_(std::move(home)) {}
  int socket_;
  std::filesystem::path home_;
};

}  // namespace moot::command

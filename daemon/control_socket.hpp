#pragma once
#include <filesystem>
#include <functional>
#include <memory>

#include "control/control.hpp"
#include "node/loop.hpp"
#include "node/publisher.hpp"

namespace moot::node {

/// HOME/control.sock: where `moot` talks to its node.
///
/// Those who may connect are trusted with the node, but not to be right or quick: the memory of
/// all requests that are not answered is bounded, and a client that stops in the middle of one is
/// dropped. Requests of one client may follow one another without waiting: they take effect and
/// are answered in their order; publishes among them share the writer's transactions.
/// Thread: io, listen() before it runs.
class ControlSocket {
 public:
  using Answered = std::function<void(control::Response)>;
  /// Each is called on the io thread and answers once, then or later.
  struct Handlers {
    std::function<void(control::Request, Answered)> handle;  ///< all but publish
    std::function<void(PreparedPublish, Answered)> publish;
  };

  ControlSocket(Loop& loop, Workers& workers, Handlers handlers);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  /// An old file there is removed: the home's lock says that nobody uses it.
  Result<Done, Error> listen(const std::filesystem::path& path);
  /// Takes no more clients and requests; says when all that were taken are answered.
  void stop(std::function<void()> on_all_ended);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace moot::node

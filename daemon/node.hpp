#pragma once
#include <functional>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "control/control.hpp"
#include "node/machine.hpp"

namespace moot::node {

/// A running node: owns everything below. main() makes one; a test may make several.
///
/// One io thread (whoever calls run()), the store's writer, and the workers. Wiring, from the disk
/// to the network: home, store, commits, replicator, driver, dialler and listener, publisher,
/// commands, control socket; it stops in the reverse order.
class Node {
 public:
  struct Options {
    config::Paths paths;
    std::string log_level;  ///< empty: what the settings say; else debug, info, warn or error
    std::string listen;     ///< empty: what the settings say; else host:port
    bool watches_signals = false;  ///< SIGTERM and SIGINT stop it
    bool logs_to_stderr = true;    ///< false: it says nothing
    /// The node before in this process ended with Ended::reopen: the log key is new, and nobody
    /// else can have signed with it.
    bool is_new_key = false;
    std::function<Machine()> read_machine = node::read_machine;  ///< tests give their own
  };
  /// Why run() returned.
  enum class Ended {
    stopped,
    reopen,  ///< the keys were changed: open the home again and go on
  };

  /// Opens the home, listens for peers and on the control socket. Errors are for people.
  static Result<std::unique_ptr<Node>, Error> open(const Options& options);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// The calling thread becomes the io thread; returns after a clean stop.
  Ended run();
  /// Any thread. Accepts nothing more, says goodbye to peers, finishes what was taken; a second
  /// call ends it without waiting for anyone.
  void stop();
  /// host:port where peers are accepted.
  const std::string& listening() const;
  /// moot://… of this node.
  const std::string& address() const;
  /// Any thread, while run() runs: does as the control socket would; `answered` is called on the io
  /// thread.
  void ask(control::Request request, std::function<void(control::Response)> answered);

 private:
  struct State;
  explicit Node(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace moot::node

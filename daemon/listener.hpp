#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "config/host_port.hpp"
#include "node/loop.hpp"
#include "node/stream.hpp"

namespace moot::node {

/// Accepts the connections of peers. Thread: io, listen() before it runs.
class Listener {
 public:
  using OnAccepted = std::function<void(std::shared_ptr<Stream>, const std::string& remote)>;

  Listener(Loop& loop, OnAccepted on_accepted);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Answers host:port as bound (with the port that was free when 0 was asked for).
  Result<std::string, Error> listen(const config::HostPort& where);
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace moot::node

#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "base/time.hpp"

namespace boost::asio {
class io_context;
}

namespace moot::node {

/// The io thread: all of the node but the writer and the workers runs in here, one thing after
/// another, and nothing in it ever waits. Whoever has a result from another thread posts it here.
class Loop {
 public:
  Loop();
  /// Ends whatever still waits (coroutines are destroyed where they stand). Not while run() runs.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Any thread: does it on the io thread, in the order posted.
  void post(std::function<void()> task);
  /// Any thread: a monotonic clock.
  Instant now() const;
  /// The calling thread becomes the io thread until stop().
  void run();
  /// Any thread. What is posted afterwards is not done.
  void stop();
  /// SIGTERM and SIGINT of this process call `on_signal` on the io thread, each time.
  void watch_signals(std::function<void()> on_signal);

  boost::asio::io_context& context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One alarm on the io thread.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> on_fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Rings once, at or after that time; replaces what was set before.
  void arm(Instant at);
  /// The same, unless it is to ring sooner already.
  void arm_no_later_than(Instant at);
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The threads for work that would keep the io thread too long: judging records, reading logs out.
/// A job owns its input and posts its result.
class Workers {
 public:
  /// One fewer than the machine has cores, at least one.
  Workers();
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Any thread. How many jobs can wait is for the caller to bound.
  void post(std::function<void()> job);
  /// Does what was posted and ends the threads.
  void join();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moot::node

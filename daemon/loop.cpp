#include "node/loop.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "node/asio.hpp"
#include "node/in_quotes.hpp"

namespace moot::node {
namespace {

using Clock = asio::steady_timer::clock_type;

Instant instant_of(Clock::time_point time) {
  const auto since = time.time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace

void report_end(std::exception_ptr failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& thrown) {
    spdlog::error("task-failed reason={}", in_quotes(thrown.what()));
  } catch (...) {
    spdlog::error("task-failed reason=unknown");
  }
}

std::string to_text(const tcp::endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  const std::string port = ":" + std::to_string(endpoint.port());
  if (address.is_v4()) return address.to_string() + port;
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string() + port;
  }
  return "[" + v6.to_string() + "]" + port;
}

struct Loop::State {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::signal_set signals{context};
  std::function<void()> on_signal;

  void wait_for_signal() {
    signals.async_wait([this](error_code error, int) {
      if (error) return;
      on_signal();
      wait_for_signal();
    });
  }
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

void Loop::post(std::function<void()> task) { asio::post(state_->context, std::move(task)); }
Instant Loop::now() const { return instant_of(Clock::now()); }
void Loop::run() { state_->context.run(); }
void Loop::stop() { state_->context.stop(); }
asio::io_context& Loop::context() { return state_->context; }

void Loop::watch_signals(std::function<void()> on_signal) {
  state_->on_signal = std::move(on_signal);
  state_->signals.add(SIGTERM);
  state_->signals.add(SIGINT);
  state_->wait_for_signal();
}

struct Timer::State : std::enable_shared_from_this<State> {
  State(Loop& loop, std::function<void()> on_fire_given)
      : timer(loop.context()), on_fire(std::move(on_fire_given)) {}

  asio::steady_timer timer;
  std::function<void()> on_fire;
  std::optional<Instant> armed;
  std::uint64_t generation = 0;  // a wait that was replaced may have completed already

  void arm(Instant at) {
    armed = at;
    const std::uint64_t mine = ++generation;
    timer.expires_at(Clock::time_point(std::chrono::milliseconds(at.ms)));
    timer.async_wait([weak = weak_from_this(), mine](error_code error) {
      const auto self = weak.lock();
      if (error || !self || self->generation != mine || !self->armed) return;
      self->armed.reset();
      self->on_fire();
    });
  }
};

Timer::Timer(Loop& loop, std::function<void()> on_fire)
    : state_(std::make_shared<State>(loop, std::move(on_fire))) {}
Timer::~Timer() { cancel(); }

void Timer::arm(Instant at) {
  if (state_->armed != at) state_->arm(at);
}
void Timer::arm_no_later_than(Instant at) {
  if (!state_->armed || at < *state_->armed) state_->arm(at);
}
void Timer::cancel() {
  if (!state_->armed) return;
  state_->armed.reset();
  state_->timer.cancel();
}

struct Workers::State {
  asio::thread_pool pool{std::max(2U, std::thread::hardware_concurrency()) - 1};
};

Workers::Workers() : state_(std::make_unique<State>()) {}
Workers::~Workers() { join(); }
void Workers::post(std::function<void()> job) { asio::post(state_->pool, std::move(job)); }
void Workers::join() { state_->pool.join(); }

}  // namespace moot::node

#include "node/dialler.hpp"

#include <spdlog/spdlog.h>

#include <map>

#include "base/limits.hpp"
#include "config/host_port.hpp"
#include "crypto/secret.hpp"
#include "node/connection.hpp"
#include "node/in_quotes.hpp"

namespace moot::node {
namespace {

std::uint64_t random_seed() {
  FixedBytes<8> bytes{};
  crypto::random_bytes(bytes);
  return Reader(bytes).u64();
}

/// Whatever the dial then waits for ends, and `is_late` says why.
void give_up_later(asio::steady_timer& deadline, const std::shared_ptr<tcp::socket>& socket,
                   const std::shared_ptr<tcp::resolver>& resolver,
                   const std::shared_ptr<bool>& is_late) {
  deadline.expires_after(std::chrono::milliseconds(limits::dial_ms_max));
  deadline.async_wait([socket, resolver, is_late](error_code over) {
    if (over) return;
    *is_late = true;
    error_code ignored;
    socket->close(ignored);
    resolver->cancel();
  });
}

}  // namespace

struct Dialler::State : std::enable_shared_from_this<State> {
  State(Loop& loop_given, Driver& driver_given)
      : loop(loop_given),
        driver(driver_given),
        list(random_seed(),
             [this](const log::OrganisationId& organisation) {
               return driver.replicator().is_connected_to(organisation);
             }),
        timer(loop_given, [this] { dial_due(); }) {}

  struct Session {
    DialTarget target;
    Instant since;
    bool is_authenticated = false;
  };

  Loop& loop;
  Driver& driver;
  DialList list;
  Timer timer;
  std::map<sync::ConnectionId, Session> sessions;
  bool is_stopped = false;

  void dial_due();
  void on_dialled(const DialTarget& target, tcp::socket socket, const error_code& error,
                  bool is_late);
  static asio::awaitable<void> dial(std::shared_ptr<State> self, DialTarget target);
};

Dialler::Dialler(Loop& loop, Driver& driver) : state_(std::make_shared<State>(loop, driver)) {}
Dialler::~Dialler() = default;

void Dialler::State::dial_due() {
  if (is_stopped) return;
  for (;;) {
    const std::optional<DialTarget> target = list.take_due(loop.now());
    if (!target) break;
    spdlog::debug("dialling organisation={} remote={}", log::to_text(target->organisation),
                  target->address);
    asio::co_spawn(loop.context(), dial(shared_from_this(), *target), report_end);
  }
  const auto next = list.timer();
  if (next) {
    timer.arm(*next);
  } else {
    timer.cancel();
  }
}

/// Resolves, tries each address, and gives up after limits::dial_ms_max in all.
asio::awaitable<void> Dialler::State::dial(std::shared_ptr<State> self, DialTarget target) {
  const auto executor = co_await asio::this_coro::executor;
  const auto socket = std::make_shared<tcp::socket>(executor);
  const auto resolver = std::make_shared<tcp::resolver>(executor);
  const auto is_late = std::make_shared<bool>(false);
  asio::steady_timer deadline(executor);
  give_up_later(deadline, socket, resolver, is_late);
  error_code failure = asio::error::invalid_argument;
  const auto where = config::parse_host_port(target.address);
  if (where) {
    const std::string port = std::to_string(where->port);
    const auto [error, found] = co_await resolver->async_resolve(
        where->host, port, tcp::resolver::numeric_service, awaiting);
    failure = error;
    for (const auto& candidate : found) {
      if (*is_late) break;
      error_code ignored;
      socket->close(ignored);
      const tcp::endpoint endpoint = candidate.endpoint();
      const auto [refusal] = co_await socket->async_connect(endpoint, awaiting);
      failure = refusal;
      if (!refusal) break;
    }
  }
  deadline.cancel();
  self->on_dialled(target, std::move(*socket), failure, *is_late);
}

void Dialler::State::on_dialled(const DialTarget& target, tcp::socket socket,
                                const error_code& error, bool is_late) {
  if (is_stopped) return;
  const bool is_wanted = !driver.replicator().is_connected_to(target.organisation);
  if (error || is_late) {
    const std::string why = is_late ? "no answer in time" : error.message();
    spdlog::info("dial-failed organisation={} remote={} reason={}",
                 log::to_text(target.organisation), target.address, in_quotes(why));
    list.handle_ended(loop.now(), target, false, why);
  } else if (!is_wanted) {
    list.handle_ended(loop.now(), target, false, {});  // it has dialled us meanwhile
  } else {
    auto stream = std::make_shared<Connection>(std::move(socket));
    const auto id = driver.add(std::move(stream), true, target.organisation, target.address);
    if (id) {
      sessions.emplace(*id, Session{target, loop.now()});
      list.handle_connected(target);
    } else {
      list.handle_ended(loop.now(), target, false, "too many sessions");
    }
  }
  dial_due();
}

void Dialler::set_targets(const std::vector<DialTarget>& targets) {
  state_->list.set_targets(state_->loop.now(), targets);
  state_->dial_due();
}

void Dialler::dial_now(const log::OrganisationId& organisation) {
  state_->list.dial_now(state_->loop.now(), organisation);
  state_->dial_due();
}

void Dialler::handle_authenticated(sync::ConnectionId id) {
  const auto found = state_->sessions.find(id);
  if (found != state_->sessions.end()) found->second.is_authenticated = true;
}

void Dialler::handle_session_ended(sync::ConnectionId id, sync::CloseReason reason,
                                   const std::string& detail) {
  State& state = *state_;
  const Instant now = state.loop.now();
  const auto found = state.sessions.find(id);
  if (found != state.sessions.end()) {
    const State::Session session = std::move(found->second);
    state.sessions.erase(found);
    const bool was_steady =
        session.is_authenticated && now - session.since >= limits::steady_ms_min;
    std::string why(sync::word_of(reason));
    if (!detail.empty()) why += ": " + detail;
    if (reason == sync::CloseReason::duplicate) why.clear();
    state.list.handle_ended(now, session.target, was_steady, why);
  }
  state.list.handle_session_lost(now);
  state.dial_due();
}

std::string Dialler::address_of(sync::ConnectionId id) const {
  const auto found = state_->sessions.find(id);
  return found == state_->sessions.end() ? std::string() : found->second.target.address;
}

std::vector<DialView> Dialler::views() const { return state_->list.views(state_->loop.now()); }

void Dialler::stop() {
  state_->is_stopped = true;
  state_->timer.cancel();
}

}  // namespace moot::node

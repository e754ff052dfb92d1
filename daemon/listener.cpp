#include "node/listener.hpp"

#include <spdlog/spdlog.h>

#include "base/limits.hpp"
#include "node/connection.hpp"
#include "node/in_quotes.hpp"

namespace moot::node {

struct Listener::State {
  State(Loop& loop, OnAccepted on_accepted_given)
      : acceptor(loop.context()),
        pause(loop.context()),
        on_accepted(std::move(on_accepted_given)) {}

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  OnAccepted on_accepted;

  static asio::awaitable<void> accept(std::shared_ptr<State> self);
};

namespace {

Error cannot_listen(const config::HostPort& where, const error_code& error) {
  const std::string address = config::to_text(where);
  Error refusal{.code = "failed",
                .message = "cannot listen on " + address + ": " + error.message(),
                .hint = "set node.listen in config.toml to an address of this machine",
                .problems = {}};
  if (error == asio::error::address_in_use) {
    refusal.message = "cannot listen on " + address + ": another program uses it already";
    refusal.hint =
        "is another node running? Stop it, or set node.listen in config.toml to another port";
  } else if (error == asio::error::access_denied) {
    refusal.hint = "ports below 1024 are for the system: set node.listen in config.toml to another";
  }
  return refusal;
}

}  // namespace

Listener::Listener(Loop& loop, OnAccepted on_accepted)
    : state_(std::make_shared<State>(loop, std::move(on_accepted))) {}
Listener::~Listener() = default;

Result<std::string, Error> Listener::listen(const config::HostPort& where) {
  error_code error;
  tcp::resolver resolver(state_->acceptor.get_executor());
  const auto found =
      resolver.resolve(where.host, std::to_string(where.port),
                       tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error) return fail(cannot_listen(where, error));
  const tcp::endpoint endpoint = found.begin()->endpoint();
  tcp::acceptor& acceptor = state_->acceptor;
  acceptor.open(endpoint.protocol(), error);
  // A restart need not wait for the old connections' last packets.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return fail(cannot_listen(where, error));
  asio::co_spawn(acceptor.get_executor(), State::accept(state_), report_end);
  return to_text(acceptor.local_endpoint(error));
}

void Listener::stop() {
  error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
}

asio::awaitable<void> Listener::State::accept(std::shared_ptr<State> self) {
  while (self->acceptor.is_open()) {
    tcp::socket socket(self->acceptor.get_executor());
    const auto [error] = co_await self->acceptor.async_accept(socket, awaiting);
    if (error && self->acceptor.is_open()) {
      // Mostly: no descriptor is free. The connection waits in the system's queue meanwhile.
      spdlog::warn("accept-failed reason={}", in_quotes(error.message()));
      self->pause.expires_after(std::chrono::milliseconds(limits::accept_pause_ms));
      [[maybe_unused]] const auto [over] = co_await self->pause.async_wait(awaiting);
    }
    if (error) continue;
    error_code gone;
    const tcp::endpoint remote = socket.remote_endpoint(gone);
    if (gone) continue;
    auto connection = std::make_shared<Connection>(std::move(socket));
    self->on_accepted(std::move(connection), to_text(remote));
  }
}

}  // namespace moot::node

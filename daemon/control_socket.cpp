#include "node/control_socket.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <map>

#include "node/control_session.hpp"
#include "node/errors.hpp"
#include "node/in_quotes.hpp"
#include "node/peer_credentials.hpp"

namespace moot::node {

struct ControlSocket::State : std::enable_shared_from_this<State> {
  State(Loop& loop, Workers& workers, Handlers handlers)
      : acceptor(loop.context()),
        pause(loop.context()),
        shared(std::make_shared<ControlShared>(
            ControlShared{loop, workers, std::move(handlers), 0, {}, {}})) {}

  local::acceptor acceptor;
  asio::steady_timer pause;
  std::shared_ptr<ControlShared> shared;
  std::map<ControlSession*, std::shared_ptr<ControlSession>> sessions;
  std::optional<gid_t> group;
  std::filesystem::path path;
  std::function<void()> on_all_ended;

  void connect();
  void take(local::socket socket);
  void report_if_all_ended();
  static asio::awaitable<void> accept(std::shared_ptr<State> self);
};

ControlSocket::ControlSocket(Loop& loop, Workers& workers, Handlers handlers)
    : state_(std::make_shared<State>(loop, workers, std::move(handlers))) {}
ControlSocket::~ControlSocket() = default;

namespace {

/// The socket belongs to group `moot` where that exists and we may give it; else to us alone.
std::optional<gid_t> open_to_group(const std::filesystem::path& path) {
  const auto group = moot_group();
  if (!group || ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) return std::nullopt;
  if (::chmod(path.c_str(), 0660) != 0) return std::nullopt;
  return group;
}

Error cannot_open(const std::filesystem::path& path, const std::string& why,
                  const std::string& hint) {
  return error_of("failed", "cannot open the control socket " + path.string() + ": " + why, hint);
}

}  // namespace

Result<Done, Error> ControlSocket::listen(const std::filesystem::path& path) {
  State& state = *state_;
  if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(cannot_open(path, "its path is too long",
                            "use a home with a shorter path, of at most 90 characters"));
  }
  error_code error;
  std::filesystem::remove(path, error);
  state.acceptor.open(local(), error);
  const mode_t mask = ::umask(0177);  // nobody else may connect before the group is set
  if (!error) state.acceptor.bind(local::endpoint(path.string()), error);
  ::umask(mask);
  if (!error) state.group = open_to_group(path);
  if (!error) state.acceptor.listen(local::acceptor::max_listen_connections, error);
  if (error) return fail(cannot_open(path, error.message(), "may this user write to the home?"));
  state.path = path;
  state.connect();
  asio::co_spawn(state.acceptor.get_executor(), State::accept(state_), report_end);
  return Done{};
}

/// The sessions and this object know each other only while both are there.
void ControlSocket::State::connect() {
  const std::weak_ptr<State> weak = weak_from_this();
  shared->on_room = [weak] {
    const auto self = weak.lock();
    if (!self) return;
    for (const auto& [key, session] : self->sessions) session->wake();
  };
  shared->on_session_ended = [weak](ControlSession& session) {
    const auto self = weak.lock();
    if (!self) return;
    self->sessions.erase(&session);
    self->report_if_all_ended();
  };
}

asio::awaitable<void> ControlSocket::State::accept(std::shared_ptr<State> self) {
  while (self->acceptor.is_open()) {
    local::socket socket(self->acceptor.get_executor());
    const auto [error] = co_await self->acceptor.async_accept(socket, awaiting);
    if (!error) {
      self->take(std::move(socket));
    } else if (self->acceptor.is_open()) {
      spdlog::warn("control-accept-failed reason={}", in_quotes(error.message()));
      self->pause.expires_after(std::chrono::milliseconds(limits::accept_pause_ms));
      [[maybe_unused]] const auto [over] = co_await self->pause.async_wait(awaiting);
    }
  }
}

void ControlSocket::State::take(local::socket socket) {
  if (!is_allowed(socket.native_handle(), group)) {
    spdlog::warn("control-refused reason=not-allowed");
    return;
  }
  if (sessions.size() >= limits::control_clients_max) {
    spdlog::warn("control-refused reason=too-many");
    return;
  }
  auto session = std::make_shared<ControlSession>(std::move(socket), shared);
  sessions.emplace(session.get(), session);
  session->start();
}

void ControlSocket::stop(std::function<void()> on_all_ended) {
  State& state = *state_;
  error_code ignored;
  state.acceptor.close(ignored);
  state.pause.cancel();
  if (!state.path.empty()) std::filesystem::remove(state.path, ignored);
  state.on_all_ended = std::move(on_all_ended);
  const auto sessions = state.sessions;  // they leave the map as they end
  for (const auto& [key, session] : sessions) session->stop_reading();
  state.report_if_all_ended();
}

void ControlSocket::State::report_if_all_ended() {
  if (!on_all_ended || !sessions.empty()) return;
  const auto report = std::exchange(on_all_ended, nullptr);
  report();
}

}  // namespace moot::node

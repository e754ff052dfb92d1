#include "command/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/limits.hpp"

namespace moot::command {
namespace {

using Clock = std::chrono::steady_clock;

std::string words_of(int error_number) { return std::system_category().message(error_number); }

Error not_reachable(std::string message, std::string hint) {
  return {.code = "not-reachable",
          .message = std::move(message),
          .hint = std::move(hint),
          .problems = {}};
}

Client::Failure failure_of(int error_number, const std::filesystem::path& home,
                           const std::filesystem::path& socket) {
  const std::string start = "start it with `mootd --home " + home.string() + "`";
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return {Unreachable::absent,
              not_reachable("the node is not reachable: there is no " + socket.string(), start)};
    case ECONNREFUSED:
      return {Unreachable::refused,
              not_reachable("the node is not reachable: " + socket.string() +
                                " is there, but nobody listens on it (the node was killed)",
                            start)};
    case EACCES:
    case EPERM:
      return {
          Unreachable::denied,
          not_reachable(
              "the node is not reachable: this user may not use " + socket.string(),
              "members of the group `moot` may: `sudo usermod -aG moot $USER`, then log in anew")};
    default:
      return {Unreachable::failed, not_reachable("the node is not reachable: " + socket.string() +
                                                     ": " + words_of(error_number),
                                                 start)};
  }
}

/// Waits until the socket is ready or the deadline is over.
bool wait_for(int socket, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waited{.fd = socket, .events = events, .revents = 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

enum class Transfer { done, closed, late };

Transfer send_all(int socket, ByteView bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    if (!wait_for(socket, POLLOUT, deadline)) return Transfer::late;
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent <= 0) return Transfer::closed;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return Transfer::done;
}

Transfer receive_all(int socket, std::span<std::uint8_t> into, Clock::time_point deadline) {
  while (!into.empty()) {
    if (!wait_for(socket, POLLIN, deadline)) return Transfer::late;
    const ssize_t received = ::recv(socket, into.data(), into.size(), MSG_DONTWAIT);
    if (received < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (received <= 0) return Transfer::closed;
    into = into.subspan(static_cast<std::size_t>(received));
  }
  return Transfer::done;
}

}  // namespace

Result<Client, Client::Failure> Client::connect(const std::filesystem::path& home,
                                                const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& path = socket.native();
  if (path.size() >= sizeof address.sun_path) {
    return fail(Failure{Unreachable::failed,
                        not_reachable("the node's socket has too long a path: " + path,
                                      "use a home with a shorter path, of at most 90 characters")});
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const int opened = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0) return fail(failure_of(errno, home, socket));
  Client client(opened, home);
  // Connecting blocks while the node's queue of connections is full, so it has a limit as well.
  const timeval limit{.tv_sec = answer_patience.count() / 1000, .tv_usec = 0};
  (void)::setsockopt(opened, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(opened, generic, sizeof address) != 0) {
    return fail(failure_of(errno, home, socket));
  }
  return client;
}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

Client::Client(Client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), home_(std::move(other.home_)) {}

control::Response Client::ask(const control::Request& request, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  const Bytes message = control::encode(request);
  if (message.size() > limits::control_frame_bytes_max) {
    return fail(Error{.code = "refused",
                      .message = "this is too much for one request",
                      .hint = "publish it in several calls",
                      .problems = {}});
  }
  const auto length = static_cast<std::uint32_t>(message.size());
  FixedBytes<4> header = {
      static_cast<std::uint8_t>(length >> 24), static_cast<std::uint8_t>(length >> 16),
      static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
  Transfer transfer = send_all(socket_, header, deadline);
  // A node that refuses may answer and close before it has read all: its answer is looked for even
  // then.
  if (transfer == Transfer::done) transfer = send_all(socket_, message, deadline);
  if (transfer != Transfer::late) transfer = receive_all(socket_, header, deadline);

  Bytes answer;
  if (transfer == Transfer::done) {
    const std::uint32_t size = Reader(header).u32();
    if (size > limits::control_frame_bytes_max) {
      return fail(not_reachable("what answered on the socket is no node of this version",
                                "are `moot` and `mootd` of one version? Compare `moot --version`"));
    }
    answer.resize(size);
    transfer = receive_all(socket_, answer, deadline);
  }
  switch (transfer) {
    case Transfer::done:
      break;
    case Transfer::closed:
      return fail(not_reachable("the node closed the connection without an answer",
                                "it may just be stopping: see its log, then try again"));
    case Transfer::late:
      return fail(not_reachable(
          "the node did not answer within " + std::to_string(patience.count() / 1000) + " seconds",
          "see its log; `moot status` tells whether it answers at all"));
  }
  auto decoded = control::decode_response(answer);
  if (!decoded) {
    return fail(not_reachable("the node's answer cannot be read",
                              "are `moot` and `mootd` of one version? Compare `moot --version`"));
  }
  return std::move(*decoded);
}

}  // namespace moot::command

#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/limits.hpp"
#include "node/asio.hpp"
#include "node/control_socket.hpp"

namespace moot::node {

using local = asio::local::stream_protocol;

/// What the sessions of all clients share: the handlers, and how much their requests hold.
struct ControlShared {
  Loop& loop;
  Workers& workers;
  ControlSocket::Handlers handlers;
  std::size_t in_flight_bytes = 0;
  std::function<void()> on_room;  ///< in_flight_bytes has shrunk
  std::function<void(class ControlSession&)> on_session_ended;
};

/// One client of the control socket. Thread: io.
class ControlSession : public std::enable_shared_from_this<ControlSession> {
 public:
  ControlSession(local::socket socket, std::shared_ptr<ControlShared> shared);
  ~ControlSession();
  ControlSession(const ControlSession&) = delete;
  ControlSession& operator=(const ControlSession&) = delete;

  void start();
  /// Looks again whether it may go on: there is room, or the node is stopping.
  void wake();
  /// Reads nothing more; what was taken is answered.
  void stop_reading();

 private:
  enum class Stage { judging, ready, under_way, answered };
  /// One request until its answer is written.
  struct Slot {
    Stage stage = Stage::judging;
    std::size_t reserved = 0;                 // of in_flight_bytes
    std::optional<control::Request> request;  // ready: any but publish
    std::optional<PreparedPublish> publish;   // ready: records to publish
    Bytes answer;                             // answered: the whole frame
  };
  struct Frame {
    enum class Kind { request, too_long, ended };
    Kind kind = Kind::ended;
    std::size_t size = 0;
    std::unique_ptr<std::uint8_t[]> large;  // null: it stands in buffer_, at begin_
  };
  struct Judged;

  static asio::awaitable<void> read(std::shared_ptr<ControlSession> self);
  static asio::awaitable<Frame> read_frame(std::shared_ptr<ControlSession> self);
  static asio::awaitable<bool> read_large(std::shared_ptr<ControlSession> self,
                                          std::span<std::uint8_t> into);
  static asio::awaitable<bool> fill(std::shared_ptr<ControlSession> self, std::size_t wanted);
  static Judged judge(ByteView message);

  bool may_read() const;
  void refuse_too_long();
  void take_small(std::size_t size);
  void take_large(Frame frame);
  void on_judged(const std::shared_ptr<Slot>& slot, Judged judged);
  void advance();
  bool may_begin(std::size_t place) const;
  void begin(const std::shared_ptr<Slot>& slot);
  void on_answered(const std::shared_ptr<Slot>& slot, const control::Response& response);
  void write_next();
  void release(Slot& slot);
  void watch_deadline();
  void drop();
  void end_if_done();

  local::socket socket_;
  std::shared_ptr<ControlShared> shared_;
  asio::steady_timer woken_;     // cancelled to wake the reader
  asio::steady_timer deadline_;  // for the rest of a request
  std::deque<std::shared_ptr<Slot>> slots_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(limits::control_buffer_bytes);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool is_reading_ = true;
  bool is_writing_ = false;
  bool is_ended_ = false;
};

}  // namespace moot::node

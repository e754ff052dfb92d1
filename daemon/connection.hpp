#pragma once
#include <deque>
#include <optional>
#include <vector>

#include "node/asio.hpp"
#include "node/stream.hpp"

namespace moot::node {

/// A TCP connection with a peer.
///
/// A peer may send without end or never read. It costs no memory while idle: bytes are read into
/// the driver's one buffer, when the socket has some and the replicator wants them; and what waits
/// to be written is bounded by the replicator, which is told of every write. Nagle's delay is off:
/// a message is written as a whole.
class Connection final : public Stream, public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(tcp::socket socket);

  void start(sync::ConnectionId id, StreamEvents& events) override;
  void send(Bytes bytes) override;
  void flush() override;
  void resume_reading() override;
  void close(Patience patience) override;

 private:
  static asio::awaitable<void> read(std::shared_ptr<Connection> self);
  bool take_bytes();
  void on_written(error_code error, std::size_t bytes);
  void shut_down_sending();
  void break_off(const std::string& why);
  void end();

  tcp::socket socket_;
  asio::steady_timer resumed_;   // cancelled to wake the reader
  asio::steady_timer deadline_;  // of a close with patience
  sync::ConnectionId id_ = 0;
  StreamEvents* events_ = nullptr;  // the driver, which the node destroys after its loop has ended
  std::deque<Bytes> queue_;
  std::vector<Bytes> in_flight_;
  bool is_writing_ = false;
  bool is_paused_ = false;
  bool is_closing_ = false;  // close() was called: nothing is told any more
  std::string why_;          // it broke
};

}  // namespace moot::node

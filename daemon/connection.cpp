#include "node/connection.hpp"

#include "base/limits.hpp"

namespace moot::node {

Connection::Connection(tcp::socket socket)
    : socket_(std::move(socket)),
      resumed_(socket_.get_executor()),
      deadline_(socket_.get_executor()) {}

void Connection::start(sync::ConnectionId id, StreamEvents& events) {
  id_ = id;
  events_ = &events;
  error_code ignored;  // a socket that is broken already says so when it is read
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  resumed_.expires_at(asio::steady_timer::time_point::max());
  asio::co_spawn(socket_.get_executor(), read(shared_from_this()), report_end);
}

asio::awaitable<void> Connection::read(std::shared_ptr<Connection> self) {
  while (self->socket_.is_open()) {
    if (!self->is_closing_ && !self->events_->wants_bytes(self->id_)) {
      self->is_paused_ = true;
      [[maybe_unused]] const auto [woken] = co_await self->resumed_.async_wait(awaiting);
      self->is_paused_ = false;
      continue;
    }
    const auto [error] = co_await self->socket_.async_wait(tcp::socket::wait_read, awaiting);
    if (error) {
      self->break_off(error.message());
      break;
    }
    if (!self->take_bytes()) break;
  }
  self->end();
}

/// Reads while there is something, but not for ever: other sockets have their turn. False: ended.
bool Connection::take_bytes() {
  for (int round = 0; round < limits::reads_in_turn_max && socket_.is_open(); ++round) {
    const std::span<std::uint8_t> buffer = events_->read_buffer();
    error_code error;
    const std::size_t count = socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
    if (error == asio::error::would_block) return true;
    if (error) {
      break_off(error == asio::error::eof ? "closed by the other side" : error.message());
      return false;
    }
    if (!is_closing_) events_->handle_bytes(id_, buffer.first(count));
    if (count < buffer.size()) return true;
    if (!is_closing_ && !events_->wants_bytes(id_)) return true;
  }
  return true;
}

void Connection::send(Bytes bytes) { queue_.push_back(std::move(bytes)); }

void Connection::flush() {
  if (is_writing_ || queue_.empty() || !socket_.is_open()) return;
  std::size_t bytes = 0;
  std::vector<asio::const_buffer> buffers;
  while (!queue_.empty() && bytes < limits::write_gather_bytes) {
    bytes += queue_.front().size();
    in_flight_.push_back(std::move(queue_.front()));
    queue_.pop_front();
    buffers.emplace_back(in_flight_.back().data(), in_flight_.back().size());
  }
  is_writing_ = true;
  asio::async_write(socket_, buffers,
                    [self = shared_from_this()](error_code error, std::size_t count) {
                      self->on_written(error, count);
                    });
}

void Connection::on_written(error_code error, std::size_t bytes) {
  is_writing_ = false;
  in_flight_.clear();
  if (error) {
    break_off(error.message());
    return;
  }
  if (!is_closing_) events_->handle_sent(id_, bytes);
  flush();
  if (is_closing_ && !is_writing_) shut_down_sending();
}

void Connection::resume_reading() {
  if (is_paused_) resumed_.cancel();
}

void Connection::close(Patience patience) {
  if (is_closing_) return;
  is_closing_ = true;
  if (patience == Patience::none) {
    break_off({});
    return;
  }
  deadline_.expires_after(std::chrono::milliseconds(limits::close_ms_max));
  deadline_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (!error && self) self->break_off({});
  });
  flush();
  if (!is_writing_) shut_down_sending();
  resume_reading();
}

/// What the peer still sends is read and dropped until it closes too: to close with bytes unread
/// would reset the connection, and the peer might lose the reason that was sent last.
void Connection::shut_down_sending() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

/// The reader, wherever it waits, then comes to its end.
void Connection::break_off(const std::string& why) {
  if (why_.empty()) why_ = why;
  error_code ignored;
  socket_.close(ignored);
  resume_reading();
}

void Connection::end() {
  error_code ignored;
  socket_.close(ignored);
  deadline_.cancel();
  if (!is_closing_) {
    is_closing_ = true;
    events_->handle_broken(id_, why_);
  }
  events_->handle_ended(id_);
}

}  // namespace moot::node

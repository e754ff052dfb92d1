#include "node/control_session.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "node/errors.hpp"

namespace moot::node {
namespace {

constexpr std::size_t header_bytes = 4;

Error unreadable(control::Fault fault) {
  switch (fault) {
    case control::Fault::malformed:
      return error_of("usage", "the node cannot read this request",
                      "are `moot` and `mootd` of one version? Compare `moot --version`");
    case control::Fault::too_long:
      return error_of("refused", "this is too much for one request", "do it in several calls");
  }
  return error_of("usage", "the node cannot read this request");
}

}  // namespace

/// What a request turned out to be. Made on any thread.
struct ControlSession::Judged {
  std::optional<control::Request> request;
  std::optional<PreparedPublish> publish;
  std::optional<Error> error;
  bool is_last = false;  // what follows cannot be understood either
};

ControlSession::ControlSession(local::socket socket, std::shared_ptr<ControlShared> shared)
    : socket_(std::move(socket)),
      shared_(std::move(shared)),
      woken_(socket_.get_executor()),
      deadline_(socket_.get_executor()) {
  woken_.expires_at(asio::steady_timer::time_point::max());
}

ControlSession::~ControlSession() = default;

void ControlSession::start() {
  asio::co_spawn(socket_.get_executor(), read(shared_from_this()), report_end);
}

void ControlSession::wake() { woken_.cancel(); }

void ControlSession::stop_reading() {
  is_reading_ = false;
  error_code ignored;
  socket_.shutdown(local::socket::shutdown_receive, ignored);
  wake();
  end_if_done();
}

// ---- requests in

bool ControlSession::may_read() const { return slots_.size() < limits::control_pipelined_max; }

asio::awaitable<void> ControlSession::read(std::shared_ptr<ControlSession> self) {
  while (self->is_reading_) {
    if (!self->may_read()) {
      [[maybe_unused]] const auto [woken] = co_await self->woken_.async_wait(awaiting);
      continue;
    }
    Frame frame = co_await read_frame(self);
    if (!self->is_reading_ || frame.kind == Frame::Kind::ended) break;
    if (frame.kind == Frame::Kind::too_long) {
      self->refuse_too_long();
    } else if (frame.large) {
      self->take_large(std::move(frame));
    } else {
      self->take_small(frame.size);
    }
  }
  self->is_reading_ = false;
  self->end_if_done();
}

asio::awaitable<ControlSession::Frame> ControlSession::read_frame(
    std::shared_ptr<ControlSession> self) {
  Frame frame;
  const bool has_header = co_await fill(self, header_bytes);
  if (!has_header) co_return frame;
  frame.size = Reader(ByteView(self->buffer_).subspan(self->begin_, header_bytes)).u32();
  if (frame.size > limits::control_frame_bytes_max) {
    frame.kind = Frame::Kind::too_long;
    co_return frame;
  }
  if (header_bytes + frame.size <= self->buffer_.size()) {
    const bool has_all = co_await fill(self, header_bytes + frame.size);
    if (!has_all) co_return frame;
    self->begin_ += header_bytes;
    frame.kind = Frame::Kind::request;
    co_return frame;
  }
  for (;;) {
    const bool has_room =
        self->shared_->in_flight_bytes + frame.size <= limits::control_in_flight_bytes;
    if (has_room) break;
    [[maybe_unused]] const auto [woken] = co_await self->woken_.async_wait(awaiting);
    if (!self->is_reading_) co_return frame;
  }
  self->shared_->in_flight_bytes += frame.size;
  frame.large = std::make_unique_for_overwrite<std::uint8_t[]>(frame.size);
  const std::size_t there = self->end_ - self->begin_ - header_bytes;
  std::memcpy(frame.large.get(), self->buffer_.data() + self->begin_ + header_bytes, there);
  self->begin_ = self->end_ = 0;
  const std::span<std::uint8_t> rest(frame.large.get() + there, frame.size - there);
  const bool is_whole = co_await read_large(self, rest);
  if (is_whole) {
    frame.kind = Frame::Kind::request;
  } else {
    self->shared_->in_flight_bytes -= frame.size;
    self->shared_->on_room();
  }
  co_return frame;
}

/// Reads until so many bytes stand in buffer_. False: the client has closed, or the deadline has,
/// which a client has only in the middle of a request.
asio::awaitable<bool> ControlSession::fill(std::shared_ptr<ControlSession> self,
                                           std::size_t wanted) {
  for (;;) {
    const std::size_t there = self->end_ - self->begin_;
    if (there >= wanted) break;
    if (self->begin_ > 0)
      std::memmove(self->buffer_.data(), self->buffer_.data() + self->begin_, there);
    self->begin_ = 0;
    self->end_ = there;
    if (there > 0) self->watch_deadline();
    const auto room = asio::buffer(self->buffer_.data() + there, self->buffer_.size() - there);
    const auto [error, count] = co_await self->socket_.async_read_some(room, awaiting);
    if (error) co_return false;
    self->end_ += count;
  }
  self->deadline_.cancel();
  co_return true;
}

asio::awaitable<bool> ControlSession::read_large(std::shared_ptr<ControlSession> self,
                                                 std::span<std::uint8_t> into) {
  while (!into.empty()) {
    self->watch_deadline();
    const auto room = asio::buffer(into.data(), into.size());
    const auto [error, count] = co_await self->socket_.async_read_some(room, awaiting);
    if (error) co_return false;
    into = into.subspan(count);
  }
  self->deadline_.cancel();
  co_return true;
}

void ControlSession::watch_deadline() {
  deadline_.expires_after(std::chrono::milliseconds(limits::control_read_ms_max));
  deadline_.async_wait([weak = weak_from_this()](error_code over) {
    const auto self = weak.lock();
    if (!over && self) self->drop();
  });
}

// ---- judged

ControlSession::Judged ControlSession::judge(ByteView message) {
  Judged judged;
  auto request = control::decode_request(message);
  if (!request) {
    judged.error = unreadable(request.error());
    judged.is_last = true;
  } else if (auto* publish = std::get_if<control::PublishRequest>(&*request)) {
    auto prepared = prepare_publish(std::move(*publish));
    if (prepared) {
      judged.publish = std::move(*prepared);
    } else {
      judged.error = std::move(prepared.error());
    }
  } else {
    judged.request = std::move(*request);
  }
  return judged;
}

void ControlSession::refuse_too_long() {
  slots_.push_back(std::make_shared<Slot>());
  const auto slot = slots_.back();
  Judged judged;
  judged.error = unreadable(control::Fault::too_long);
  judged.is_last = true;
  on_judged(slot, std::move(judged));
}

/// Judged here and now: that is cheaper than to wake another thread.
void ControlSession::take_small(std::size_t size) {
  slots_.push_back(std::make_shared<Slot>());
  const auto slot = slots_.back();
  Judged judged = judge(ByteView(buffer_).subspan(begin_, size));
  begin_ += size;
  on_judged(slot, std::move(judged));
}

void ControlSession::take_large(Frame frame) {
  slots_.push_back(std::make_shared<Slot>());
  const auto slot = slots_.back();
  slot->reserved = frame.size;
  std::shared_ptr<std::uint8_t[]> bytes = std::move(frame.large);
  shared_->workers.post([self = shared_from_this(), slot, bytes, size = frame.size]() mutable {
    auto judged = std::make_shared<Judged>(judge({bytes.get(), size}));
    bytes.reset();
    ControlShared& shared = *self->shared_;
    shared.loop.post(
        [self = std::move(self), slot, judged] { self->on_judged(slot, std::move(*judged)); });
  });
}

void ControlSession::on_judged(const std::shared_ptr<Slot>& slot, Judged judged) {
  slot->stage = Stage::ready;
  if (judged.is_last) stop_reading();
  if (judged.error) {
    on_answered(slot, fail(std::move(*judged.error)));
  } else {
    slot->request = std::move(judged.request);
    slot->publish = std::move(judged.publish);
  }
  advance();
}

/// Begins what may begin: publishes one after another without waiting for their answers, anything
/// else when all before it is done, so that it sees what they did.
void ControlSession::advance() {
  for (std::size_t place = 0; place < slots_.size(); ++place) {
    const auto slot = slots_[place];
    if (slot->stage == Stage::judging) return;
    if (slot->stage != Stage::ready) continue;
    if (!slot->publish && !may_begin(place)) return;
    begin(slot);
  }
}

/// While the client is there, an answer (it may be long) is made only when those before it are
/// written.
bool ControlSession::may_begin(std::size_t place) const {
  if (socket_.is_open()) return place == 0;
  return std::all_of(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(place),
                     [](const auto& slot) { return slot->stage == Stage::answered; });
}

void ControlSession::begin(const std::shared_ptr<Slot>& slot) {
  slot->stage = Stage::under_way;
  auto answered = [self = shared_from_this(), slot](const control::Response& response) {
    self->on_answered(slot, response);
  };
  if (auto publish = std::exchange(slot->publish, std::nullopt)) {
    shared_->handlers.publish(std::move(*publish), std::move(answered));
  } else if (auto request = std::exchange(slot->request, std::nullopt)) {
    shared_->handlers.handle(std::move(*request), std::move(answered));
  }
}

// ---- answers out

void ControlSession::on_answered(const std::shared_ptr<Slot>& slot,
                                 const control::Response& response) {
  slot->stage = Stage::answered;
  if (!socket_.is_open()) {
    release(*slot);
    advance();
    return;
  }
  const Bytes message = control::encode(response);
  Writer frame(header_bytes + message.size());
  frame.u32(static_cast<std::uint32_t>(message.size())).bytes(message);
  slot->answer = frame.take();
  write_next();
}

void ControlSession::write_next() {
  if (is_writing_ || slots_.empty() || slots_.front()->stage != Stage::answered) return;
  if (!socket_.is_open()) return;
  is_writing_ = true;
  const auto slot = slots_.front();
  const auto buffer = asio::buffer(slot->answer);
  asio::async_write(socket_, buffer,
                    [self = shared_from_this(), slot](error_code error, std::size_t) {
                      self->is_writing_ = false;
                      if (error) return self->drop();
                      self->slots_.pop_front();
                      self->release(*slot);
                      self->wake();
                      self->write_next();
                      self->advance();
                      self->end_if_done();
                    });
}

void ControlSession::release(Slot& slot) {
  if (slot.reserved == 0) return;
  shared_->in_flight_bytes -= slot.reserved;
  slot.reserved = 0;
  shared_->on_room();
}

/// The client is gone, or too slow: what it asked for is still done, and nobody is told.
void ControlSession::drop() {
  is_reading_ = false;
  error_code ignored;
  socket_.close(ignored);
  for (const auto& slot : slots_) {
    if (slot->stage == Stage::answered) release(*slot);
  }
  wake();
  advance();
  end_if_done();
}

void ControlSession::end_if_done() {
  if (is_ended_ || is_reading_ || (socket_.is_open() && !slots_.empty())) return;
  is_ended_ = true;
  error_code ignored;
  socket_.close(ignored);
  deadline_.cancel();
  shared_->on_session_ended(*this);
}

}  // namespace moot::node

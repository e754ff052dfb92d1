#pragma once
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "sync/effects.hpp"

namespace moot::node {

/// What a stream tells whoever owns it. Never called from within a call to the stream. Thread: io.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual bool wants_bytes(sync::ConnectionId id) const = 0;
  /// Where to read to: one buffer for all streams, as what is read is used up at once.
  virtual std::span<std::uint8_t> read_buffer() = 0;
  virtual void handle_bytes(sync::ConnectionId id, std::span<std::uint8_t> bytes) = 0;
  virtual void handle_sent(sync::ConnectionId id, std::size_t bytes) = 0;
  /// The other side has closed or the network broke. Not after close().
  virtual void handle_broken(sync::ConnectionId id, const std::string& why) = 0;
  /// Last of all, in every case: its descriptor is closed.
  virtual void handle_ended(sync::ConnectionId id) = 0;
};

/// One open connection as its driver sees it: a socket in the node, a fake in a test. Thread: io.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Begins to read. `events` must outlive the loop that the stream runs in.
  virtual void start(sync::ConnectionId id, StreamEvents& events) = 0;
  /// Takes the bytes; they go with the next flush(). How much waits is for the caller to bound.
  virtual void send(Bytes bytes) = 0;
  virtual void flush() = 0;
  /// wants_bytes() has become true.
  virtual void resume_reading() = 0;
  /// Ends it: with `patience`, once what was sent is written and the other side has closed or
  /// limits::close_ms_max is over, else at once. Only handle_ended() is called afterwards.
  enum class Patience { none, some };
  virtual void close(Patience patience) = 0;
};

}  // namespace moot::node

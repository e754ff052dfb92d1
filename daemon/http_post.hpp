#pragma once
#include <string>

#include "node/asio.hpp"

namespace moot::node {

/// What a web server answered; `status` 0: nothing, and `body` says why.
struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

/// One POST over plain HTTP/1.1 on a connection of its own, with limits::outside_witness_ms_max for
/// all of it; an answer over limits::note_bytes_max is none. Arguments by value: it suspends.
asio::awaitable<HttpAnswer> post_over_http(std::string host, std::uint16_t port, std::string target,
                                           std::string body);

}  // namespace moot::node

#pragma once
/// Boost.Asio as this folder uses it, for the few .cpp files that touch sockets and timers: they
/// cost ten seconds each to compile, so no other header may include this one but connection.hpp.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <string>

namespace moot::node {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// The completion token of every await here: a closed socket is a value, not an exception.
/// One co_await per statement, into a named value (docs/architecture.md, Coroutines).
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<>> awaiting{};

/// The handler of every co_spawn: a coroutine of ours ends by itself, or for want of memory, which
/// is logged.
void report_end(std::exception_ptr failure);

/// `192.0.2.1:7117`, `[2001:db8::1]:7117`; an IPv4 address that arrived on an IPv6 socket is shown
/// as itself.
std::string to_text(const tcp::endpoint& endpoint);

}  // namespace moot::node

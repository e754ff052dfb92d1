#include "node/http_post.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "base/limits.hpp"

namespace moot::node {

namespace beast = boost::beast;
namespace http = boost::beast::http;

asio::awaitable<HttpAnswer> post_over_http(std::string host, std::uint16_t port, std::string target,
                                           std::string body) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  beast::tcp_stream stream(executor);
  stream.expires_after(std::chrono::milliseconds(limits::outside_witness_ms_max));
  const std::string port_text = std::to_string(port);
  const auto [not_found, places] = co_await resolver.async_resolve(host, port_text, awaiting);
  if (not_found) co_return HttpAnswer{.status = 0, .body = not_found.message()};
  const auto [no_way, place] = co_await stream.async_connect(places, awaiting);
  if (no_way) co_return HttpAnswer{.status = 0, .body = no_way.message()};

  http::request<http::string_body> request(http::verb::post, target, 11);
  request.set(http::field::host, port == 80 ? host : host + ":" + port_text);
  request.set(http::field::user_agent, "moot/" MOOT_VERSION);
  request.set(http::field::connection, "close");
  request.body() = std::move(body);
  request.prepare_payload();
  const auto [not_sent, sent] = co_await http::async_write(stream, request, awaiting);
  if (not_sent) co_return HttpAnswer{.status = 0, .body = not_sent.message()};

  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(limits::note_bytes_max);
  const auto [not_read, read] = co_await http::async_read(stream, buffer, parser, awaiting);
  if (not_read) co_return HttpAnswer{.status = 0, .body = not_read.message()};
  co_return HttpAnswer{.status = parser.get().result_int(), .body = parser.get().body()};
}

}  // namespace moot::node

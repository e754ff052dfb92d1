#include "support/processes/client.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace moot::test {
namespace {

void write_all(int to, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) throw std::runtime_error("the node does not take the request");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void read_all(int from, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::read(from, bytes.data(), bytes.size());
    if (count <= 0) throw std::runtime_error("the node does not answer");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace

Client::Client(const std::filesystem::path& home)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (home / "control.sock").string();
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(socket_);
    throw std::runtime_error("no node at " + path);
  }
}

Client::~Client() { ::close(socket_); }

void Client::send(const control::Request& request) {
  const Bytes message = control::encode(request);
  Writer frame(4 + message.size());
  frame.u32(static_cast<std::uint32_t>(message.size())).bytes(message);
  write_all(socket_, frame.view());
}

control::Answer Client::receive() {
  FixedBytes<4> length{};
  read_all(socket_, length);
  Bytes message(Reader(length).u32());
  read_all(socket_, message);
  const auto response = control::decode_response(message);
  if (!response) throw std::runtime_error("an answer that does not decode");
  if (!response->has_value()) throw std::runtime_error(response->error().message);
  return **response;
}

std::uint64_t Client::size_of(const std::string& organisation) {
  control::QueryRequest query;
  query.what = control::What::checkpoint;
  query.organisation = organisation;
  try {
    return nlohmann::json::parse(call(query).json).at("size");
  } catch (const std::runtime_error&) {
    return 0;
  }
}

}  // namespace moot::test

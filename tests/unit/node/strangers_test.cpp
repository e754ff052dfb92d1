// What anybody on the network can do to a node before they have said who they are.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.hpp"
#include "config/host_port.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

/// A TCP connection to a node. What does not come within ten seconds fails its test.
class Stranger {
 public:
  explicit Stranger(test::RunningNode& node) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const auto where = config::parse_host_port(node.node().listening());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(where ? where->port : 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Stranger() { ::close(socket_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  void send(const Bytes& bytes) { (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// Waits until the node closes; what it says before is dropped.
  bool is_closed_by_node() {
    std::uint8_t byte = 0;
    ssize_t count = 0;
    while ((count = ::recv(socket_, &byte, 1, 0)) > 0) {
    }
    return count == 0 || errno == ECONNRESET;
  }
  bool is_open() {
    std::uint8_t byte = 0;
    return ::recv(socket_, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

 private:
  int socket_;
};

std::size_t sessions_of(test::RunningNode& node) {
  control::QueryRequest peers;
  peers.what = control::What::peers;
  return node.ask_json(peers)["peers"].size();
}

TEST(Strangers, AreClosedWhenTheySpeakAnotherProtocol) {
  test::RunningNode node("Hall");
  Stranger stranger(node);
  stranger.send(Bytes(8192, 'G'));
  EXPECT_TRUE(stranger.is_closed_by_node());
  EXPECT_EQ(sessions_of(node), 0U);
}

TEST(Strangers, MayHoldOnlySoManyConnectionsHalfOpen) {
  test::RunningNode node("Hall");
  std::vector<std::unique_ptr<Stranger>> strangers;
  for (std::size_t i = 0; i < limits::half_open_per_address_max; ++i) {
    strangers.push_back(std::make_unique<Stranger>(node));
  }
  Stranger one_too_many(node);
  EXPECT_TRUE(one_too_many.is_closed_by_node());
  for (const auto& stranger : strangers) EXPECT_TRUE(stranger->is_open());
  EXPECT_EQ(sessions_of(node), limits::half_open_per_address_max);
}

TEST(Strangers, DoNotKeepANodeFromStopping) {
  test::RunningNode node("Hall");
  Stranger silent(node);
  Stranger half(node);
  half.send({0x00, 0x20, 1, 2, 3, 4, 5});  // the beginning of a Noise message of 32 bytes
  while (sessions_of(node) < 2) {          // accepted a moment after they have connected
  }
  node.stop();
  EXPECT_TRUE(silent.is_closed_by_node());
  EXPECT_TRUE(half.is_closed_by_node());
}

}  // namespace
}  // namespace moot::node

// Whatever arrives at the port and at the control socket, the node goes on serving others.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <random>

#include "base/limits.hpp"
#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

/// A connection that says anything.
class Stranger {
 public:
  static Stranger at_port(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return Stranger(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  }
  static Stranger at_control(const Node& node) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (node.home() / "control.sock").string();
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return Stranger(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  }
  Stranger(Stranger&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  ~Stranger() {
    if (socket_ >= 0) close(socket_);
  }

  /// As much of it as is taken before the other side closes.
  void say(const std::string& bytes) const {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t count = ::send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (count <= 0) return;
      done += static_cast<std::size_t>(count);
    }
  }
  /// Whether the other side closes in time, whatever it answers before.
  bool is_closed() const {
    pollfd one{socket_, POLLIN, 0};
    std::array<char, 65536> ignored{};
    while (::poll(&one, 1, 60'000) == 1) {
      if (::recv(socket_, ignored.data(), ignored.size(), 0) <= 0) return true;
    }
    return false;
  }

 private:
  Stranger(int family, const sockaddr* address, socklen_t size)
      : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(::connect(socket_, address, size), 0);
  }
  int socket_;
};

class HostileBytes : public testing::Test {
 protected:
  std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
  }

  void expect_served() {
    const auto pid = node.pid();
    node.lines({"publish", "-"}, lunch_club("A hot meal."));
    Node reader(folder.path() / "reader", "Reader");
    follow(reader, node.address());
    sync(reader, node.organisation());
    EXPECT_EQ(head_of(reader, node.organisation()), head_of(node, node.organisation()));
    EXPECT_EQ(node.pid(), pid);
    expect_audit_ok(node);
    EXPECT_EQ(node.stop(), 0) << node.log();
  }

  std::mt19937 random{7};
  TemporaryFolder folder;
  Node node{folder.path() / "node", "Hall Trust"};
};

TEST_F(HostileBytes, NoiseAtThePortEndsOnlyThatConnection) {
  for (int round = 0; round < 20; ++round) {
    const Stranger stranger = Stranger::at_port(node.port());
    stranger.say(random_bytes(1 + random() % 70'000));
  }
  // A first message of the greatest length, a first message of none, and another protocol.
  for (const std::string& opening :
       {std::string("\xff\xff", 2) + random_bytes(65'535), std::string(64, '\0'),
        std::string("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")}) {
    const Stranger stranger = Stranger::at_port(node.port());
    stranger.say(opening);
    EXPECT_TRUE(stranger.is_closed());
  }
  expect_served();
}

TEST_F(HostileBytes, StrangersWhoSayNothingDoNotKeepOthersOut) {
  std::vector<Stranger> silent;
  for (std::size_t i = 0; i < 2 * limits::half_open_max; ++i) {
    silent.push_back(Stranger::at_port(node.port()));
  }
  // Every one is let go, at the latest when the time for a handshake is over.
  for (const Stranger& stranger : silent) EXPECT_TRUE(stranger.is_closed());
  expect_served();
}

TEST_F(HostileBytes, AHugeLengthAtTheControlSocketIsRefused) {
  const std::string one_more = {'\x05', '\x00', '\x00', '\x01'};  // 80 MiB and a byte
  for (const std::string& length : {std::string(4, '\xff'), one_more, std::string(4, '\0')}) {
    const Stranger stranger = Stranger::at_control(node);
    stranger.say(length + random_bytes(100'000));
    EXPECT_TRUE(stranger.is_closed());
  }
  expect_served();
}

TEST_F(HostileBytes, NoiseAtTheControlSocketIsAnsweredOrEndsOnlyThatConnection) {
  for (int round = 0; round < 50; ++round) {
    const Stranger stranger = Stranger::at_control(node);
    const std::string message = random_bytes(random() % 5'000);
    std::string length = {0, 0, static_cast<char>(message.size() >> 8),
                          static_cast<char>(message.size())};
    stranger.say(length + message);
  }
  // A client that leaves in the middle of its request, and one that goes on waiting.
  Stranger::at_control(node).say(std::string("\x00\x10\x00\x00 half", 9));
  const Stranger waiting = Stranger::at_control(node);
  waiting.say(std::string("\x00\x00", 2));
  expect_served();
}

}  // namespace
}  // namespace moot::test

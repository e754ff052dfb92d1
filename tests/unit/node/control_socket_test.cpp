// The control socket by its bytes: frames cut anywhere, many at once, and bad ones.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "base/limits.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

/// A client that speaks bytes. Whatever does not come within ten seconds fails its test.
class Client {
 public:
  explicit Client(const config::Paths& paths) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, paths.control_socket.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0);
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }
  /// The next answer, or nullopt when the node has closed.
  std::optional<control::Response> receive() {
    FixedBytes<4> header{};
    if (!receive_all(header)) return std::nullopt;
    Bytes message(Reader(header).u32());
    if (!receive_all(message)) return std::nullopt;
    auto response = control::decode_response(message);
    EXPECT_TRUE(response.has_value());
    if (!response) return std::nullopt;
    return std::move(*response);
  }

 private:
  bool receive_all(std::span<std::uint8_t> into) {
    while (!into.empty()) {
      const ssize_t count = ::recv(socket_, into.data(), into.size(), 0);
      if (count <= 0) return false;
      into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }
  int socket_;
};

Bytes frame(const control::Request& request) {
  const Bytes message = control::encode(request);
  return Writer().u32(static_cast<std::uint32_t>(message.size())).bytes(message).take();
}

control::QueryRequest status() { return {}; }

control::PublishRequest publish(int count, int seed, std::size_t bytes = 100) {
  return {
      .sources = {{"-", test::services(count, seed, bytes)}}, .kind = "service", .dry_run = false};
}

class ControlSocketTest : public ::testing::Test {
 protected:
  test::RunningNode node_{"Hall Trust"};
};

TEST_F(ControlSocketTest, IsForItsOwnerOrItsGroupOnly) {
  struct stat about {};
  ASSERT_EQ(::stat(node_.paths().control_socket.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0007, 0U);
}

TEST_F(ControlSocketTest, TakesAFrameByteByByte) {
  Client client(node_.paths());
  for (const std::uint8_t byte : frame(status())) client.send({&byte, 1});
  const auto response = client.receive();
  ASSERT_TRUE(response && response->has_value());
  EXPECT_EQ(nlohmann::json::parse((*response)->json)["organisation"], node_.id());
}

TEST_F(ControlSocketTest, AnswersPipelinedRequestsInOrderAndEachSeesThoseBeforeIt) {
  Client client(node_.paths());
  Bytes all;
  constexpr int rounds = 40;
  for (int i = 0; i < rounds; ++i) {
    // A large one is judged by a worker and a small one at once: they keep their order all the
    // same.
    append(all, frame(publish(1, 2 * i + 1, 40'000)));
    append(all, frame(publish(1, 2 * i + 2)));
    append(all, frame(status()));
  }
  std::thread sender([&] { client.send(all); });
  for (std::uint64_t i = 0; i < rounds; ++i) {
    for (std::uint64_t j = 1; j <= 2; ++j) {
      const auto published = client.receive();
      ASSERT_TRUE(published && published->has_value());
      const std::string& json = (*published)->json;
      EXPECT_EQ(nlohmann::json::parse(json.substr(0, json.find('\n')))["entry"], 2 * i + j);
    }
    const auto state = client.receive();
    ASSERT_TRUE(state && state->has_value());
    EXPECT_EQ(nlohmann::json::parse((*state)->json)["head"]["size"], 2 * i + 3);
  }
  sender.join();
}

TEST_F(ControlSocketTest, AnswersWhatWasSentBeforeTheClientFinished) {
  Client client(node_.paths());
  for (int i = 0; i < 10; ++i) client.send(frame(publish(100, i + 1)));
  client.finish_sending();
  for (int i = 0; i < 10; ++i) {
    const auto response = client.receive();
    ASSERT_TRUE(response && response->has_value()) << i;
  }
  EXPECT_FALSE(client.receive());
}

TEST_F(ControlSocketTest, RefusesAFrameThatIsTooLongAndClosesThen) {
  Client client(node_.paths());
  client.send(Writer().u32(static_cast<std::uint32_t>(limits::control_frame_bytes_max + 1)).take());
  const auto response = client.receive();
  ASSERT_TRUE(response.has_value());
  ASSERT_FALSE(response->has_value());
  EXPECT_EQ(response->error().code, "refused");
  EXPECT_FALSE(client.receive());
}

TEST_F(ControlSocketTest, RefusesAFrameThatCannotBeReadAndClosesThen) {
  Client client(node_.paths());
  client.send(Writer().u32(16).bytes(Bytes(16, 0xff)).take());
  const auto response = client.receive();
  ASSERT_TRUE(response.has_value());
  ASSERT_FALSE(response->has_value());
  EXPECT_EQ(response->error().code, "usage");
  EXPECT_FALSE(client.receive());
}

TEST_F(ControlSocketTest, AClientThatLeavesInTheMiddleDisturbsNobody) {
  const Bytes whole = frame(publish(100, 1, 1000));
  {
    Client client(node_.paths());
    client.send(ByteView(whole).first(whole.size() / 2));
  }
  {
    Client client(node_.paths());  // leaves before it is answered: what it asked for is done
    client.send(whole);
    client.finish_sending();
    ASSERT_TRUE(client.receive());
  }
  EXPECT_EQ(node_.ask_json(status())["head"]["size"], 101);
}

TEST_F(ControlSocketTest, ServesManyClientsAtOnce) {
  constexpr int clients = 32;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([this, i] {
      Client client(node_.paths());
      for (int j = 0; j < 20; ++j) {
        client.send(frame(publish(1, 1 + i * 1000 + j)));
        const auto response = client.receive();
        ASSERT_TRUE(response && response->has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(node_.ask_json(status())["head"]["size"], 1 + clients * 20);
}

TEST_F(ControlSocketTest, StoppingAnswersWhatWasTakenAndClosesTheRest) {
  Client idle(node_.paths());
  Client busy(node_.paths());
  busy.send(frame(publish(1000, 1)));
  ASSERT_TRUE(busy.receive());
  busy.send(frame(publish(1000, 2)));
  node_.stop();
  EXPECT_FALSE(idle.receive());
  // Taken or not, by the time of the stop: either it was answered, and then it is there, or not.
  const auto response = busy.receive();
  node_.start();
  const std::uint64_t size = node_.ask_json(status())["head"]["size"];
  if (response && response->has_value()) {
    EXPECT_EQ(size, 2001U);
  }
  EXPECT_GE(size, 1001U);
}

TEST_F(ControlSocketTest, TheSocketIsGoneAfterAStop) {
  node_.stop();
  EXPECT_FALSE(std::filesystem::exists(node_.paths().control_socket));
}

}  // namespace
}  // namespace moot::node

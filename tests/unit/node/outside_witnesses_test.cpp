// A witness outside Moot, as C2SP tlog-witness describes it: a socket and a few lines of HTTP.
#include "node/outside_witnesses.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "crypto/encoding.hpp"
#include "log/note.hpp"
#include "store/store.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

constexpr const char* witness_name = "witness.example/w1";

/// Answers add-checkpoint until it is destroyed; checks the proofs as a witness must.
class FakeWitness {
 public:
  FakeWitness() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeWitness() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }

  std::string policy() const {
    const log::VerifierKey key{.name = witness_name,
                               .type = log::SignatureType::cosignature_v1,
                               .key = key_.public_key().bytes()};
    return "witness w1 " + log::to_text(key) + " http://127.0.0.1:" + std::to_string(port_) +
           "/prefix\nquorum w1\n";
  }
  /// It has seen this already, by other ways.
  void know(const log::Head& head) {
    const std::lock_guard lock(mutex_);
    known_ = head;
  }
  std::string failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  void serve() {
    for (;;) {
      const int client = ::accept(socket_, nullptr, nullptr);
      if (client < 0) return;
      const std::string answer = answer_to(read_request(client));
      (void)!::write(client, answer.data(), answer.size());
      ::close(client);
    }
  }
  static std::string read_request(int client) {
    std::string text;
    char buffer[4096];
    for (;;) {
      const std::size_t head = text.find("\r\n\r\n");
      const std::size_t at = text.find("Content-Length: ");
      if (head != std::string::npos && at != std::string::npos) {
        const std::size_t length = std::stoul(text.substr(at + 16));
        if (text.size() >= head + 4 + length) return text;
      }
      const ssize_t count = ::read(client, buffer, sizeof buffer);
      if (count <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(count));
    }
  }
  static std::string answer(int status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) +
           " X\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
  }
  std::string answer_to(const std::string& request) {
    const std::lock_guard lock(mutex_);
    if (!request.starts_with("POST /prefix/add-checkpoint HTTP/1.1\r\n")) failure_ = "target";
    std::istringstream lines(request.substr(request.find("\r\n\r\n") + 4));
    std::string line;
    std::getline(lines, line);
    const std::uint64_t old = std::stoull(line.substr(4));
    if (old != known_.size) return answer(409, std::to_string(known_.size) + "\n");
    std::vector<Hash> proof;
    while (std::getline(lines, line) && !line.empty()) {
      const auto bytes = crypto::from_base64(line);
      Hash hash{};
      std::copy(bytes->begin(), bytes->end(), hash.begin());
      proof.push_back(hash);
    }
    const std::string text{std::istreambuf_iterator<char>(lines), {}};
    const auto note = log::parse_note(text);
    const auto head = log::read_head(note->text);
    if (!log::extends(known_, head->second, proof)) {
      failure_ = "proof";
      return answer(422, "");
    }
    known_ = head->second;
    return answer(
        200, log::signature_line(log::cosign_note(note->text, witness_name, key_, 1'700'000'000)));
  }

  const int socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  crypto::SigningKey key_ = crypto::SigningKey::generate();
  log::Head known_;
  std::string failure_;
};

class OutsideWitnessesTest : public ::testing::Test {
 protected:
  void choose(const std::string& policy) {
    node_.stop();
    config::Config config;
    config.name = "Hall Trust";
    config.listen = "127.0.0.1:0";
    config.witness_policy = "witnesses.policy";
    std::ofstream(node_.paths().config) << config::to_text(config);
    std::ofstream(node_.paths().home / "witnesses.policy") << policy;
    node_.start();
  }
  nlohmann::json outside() {
    control::QueryRequest query;
    query.what = control::What::status;
    return node_.ask_json(query)["head"]["outside"];
  }
  template <class IsSo>
  nlohmann::json await(IsSo is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    nlohmann::json now = outside();
    while (!is_so(now) && std::chrono::steady_clock::now() < deadline) now = outside();
    EXPECT_TRUE(is_so(now)) << now;
    return now;
  }

  test::RunningNode node_{"Hall Trust"};
};

TEST_F(OutsideWitnessesTest, CosignAfterAStartAndAreRemembered) {
  FakeWitness witness;
  node_.publish(test::services(300, 1));
  choose(witness.policy());
  auto views = await([](const auto& now) { return now[0]["size"] == 301; });
  EXPECT_EQ(views[0]["name"], "w1");
  EXPECT_EQ(views[0]["time"], "2023-11-14T22:13:20.000Z");
  EXPECT_TRUE(views[0]["line"].get<std::string>().find(witness_name) != std::string::npos);
  node_.stop();
  node_.start();
  EXPECT_EQ(outside()[0]["size"], 301);
  node_.publish(test::services(5, 2));
  await([](const auto& now) { return now[0]["size"] == 306; });
  EXPECT_EQ(witness.failure(), "");
}

TEST_F(OutsideWitnessesTest, AreToldTheWayFromWhatTheyKnow) {
  FakeWitness witness;
  node_.publish(test::services(10, 1));
  node_.stop();
  {
    const auto store =
        store::Store::open(node_.paths().store, {.read_only = true, .create = false});
    witness.know((*store)->state(node_.organisation())->head->head);
  }
  node_.start();
  node_.publish(test::services(90, 2));
  choose(witness.policy());
  await([](const auto& now) { return now[0]["size"] == 101; });
  EXPECT_EQ(witness.failure(), "");
}

TEST_F(OutsideWitnessesTest, OneThatKnowsMoreThanThereIsIsReported) {
  FakeWitness witness;
  witness.know({.size = 1000, .root = {}});
  choose(witness.policy());
  const auto views =
      await([](const auto& now) { return !now[0]["error"].empty() && now[0]["error"] != ""; });
  EXPECT_NE(views[0]["error"].get<std::string>().find("1000 entries"), std::string::npos);
  EXPECT_EQ(views[0]["size"], 0);
}

TEST_F(OutsideWitnessesTest, OneThatIsNotThereStopsNothing) {
  std::string policy;
  {
    const FakeWitness gone;
    policy = gone.policy();
  }
  choose(policy);
  EXPECT_EQ(node_.publish(test::services(1, 1)), 2U);
  await([](const auto& now) { return now[0]["error"] != ""; });
}

TEST(OutsideWitnessPolicy, RefusesWhatCannotBeAsked) {
  log::WitnessPolicy policy;
  policy.witnesses.push_back({.name = "w", .key = {}, .url = "https://witness.example"});
  const auto refused = outside_witnesses_of(policy);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("local proxy"), std::string::npos);
  policy.witnesses[0].url = "http://witness.example/a/";
  const auto taken = outside_witnesses_of(policy);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->at(0).port, 80);
  EXPECT_EQ(taken->at(0).target, "/a/add-checkpoint");
  policy.witnesses[0].url.clear();
  EXPECT_TRUE(outside_witnesses_of(policy)->empty());
}

}  // namespace
}  // namespace moot::node

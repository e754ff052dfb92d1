// What `moot` does with the answers of a node: a thread that listens on the control socket plays
// it.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <thread>

#include "call.hpp"
#include "control/control.hpp"

namespace moot::command {
namespace {

/// Takes one connection, gives what it reads to `play`, writes what that answers, and closes.
class FakeNode {
 public:
  using Play = std::function<Bytes(const control::Request&)>;
  FakeNode(const std::string& path, Play play) : play_(std::move(play)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeNode() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  FakeNode(const FakeNode&) = delete;
  FakeNode& operator=(const FakeNode&) = delete;

 private:
  static bool read_all(int socket, std::span<std::uint8_t> into) {
    while (!into.empty()) {
      const ssize_t count = ::read(socket, into.data(), into.size());
      if (count <= 0) return false;
      into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }
  void serve() {
    for (;;) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      FixedBytes<4> header{};
      Bytes message;
      if (read_all(socket, header)) {
        message.resize(Reader(header).u32());
        if (read_all(socket, message)) {
          const auto request = control::decode_request(message);
          EXPECT_TRUE(request);
          const Bytes answer = request ? play_(*request) : Bytes();
          if (!answer.empty()) (void)!::write(socket, answer.data(), answer.size());
        }
      }
      ::close(socket);
    }
  }
  Play play_;
  int listener_ = -1;
  std::thread thread_;
};

Bytes framed(ByteView message) {
  const auto size = static_cast<std::uint32_t>(message.size());
  Bytes frame = {static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
                 static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
  append(frame, message);
  return frame;
}
Bytes answer_of(std::string json, bool incomplete = false) {
  return framed(control::encode(
      control::Response(control::Answer{.json = std::move(json), .incomplete = incomplete})));
}
Bytes refusal_of(Error error) {
  return framed(control::encode(control::Response(fail(std::move(error)))));
}

class Node : public CommandTest {
 protected:
  void SetUp() override { std::filesystem::create_directory(home()); }
  std::string socket() const { return home() + "/control.sock"; }
  std::string file_of(const std::string& text) const {
    std::ofstream(home("records.json")) << text;
    return home("records.json");
  }
};

TEST_F(Node, IsGivenTheFilesAndItsAnswerIsShown) {
  const std::string file = file_of("[1, 2]");
  const FakeNode node(socket(), [&](const control::Request& request) {
    const auto* publish = std::get_if<control::PublishRequest>(&request);
    EXPECT_TRUE(publish != nullptr && publish->sources.size() == 1);
    EXPECT_EQ(publish->sources[0].name, file);
    EXPECT_EQ(publish->sources[0].text, "[1, 2]");
    EXPECT_EQ(publish->kind, "service");
    EXPECT_FALSE(publish->dry_run);
    std::string lines;
    for (int i = 1; i <= 25; ++i) {
      lines += R"({"record":"r)" + std::to_string(i) + R"(","kind":"service","entry":)" +
               std::to_string(i) + "}\n";
    }
    return answer_of(lines + R"({"checkpoint":{"size":1026,"root":"x"}})" + "\n");
  });
  const Called people = call_at_home({"publish", "--kind", "service", file});
  EXPECT_EQ(people.code, 0) << people.err;
  EXPECT_NE(people.out.find("r20  service  entry 20\n… and 5 more\n"), std::string::npos);
  EXPECT_EQ(people.out.find("r21"), std::string::npos);
  EXPECT_NE(people.out.find("Published 25 records. The log has 1,026 entries now."),
            std::string::npos)
      << people.out;
  const Called script = call_at_home({"publish", "--kind", "service", file, "--json"});
  EXPECT_EQ(std::count(script.out.begin(), script.out.end(), '\n'), 26);
}

TEST_F(Node, ListsEveryProblemOfWhatItRefuses) {
  const FakeNode node(socket(), [](const control::Request&) {
    Error error{.code = "refused", .message = "2 problems", .hint = {}, .problems = {}};
    error.problems.push_back({"a.json line 3: /name", "nothing", "text", "give it a name"});
    error.problems.push_back({"a.json line 9: /status", "\x1b[2J", "active", ""});
    return refusal_of(error);
  });
  const Called people = call_at_home({"publish", file_of("{}")});
  EXPECT_EQ(people.code, 1);
  EXPECT_EQ(people.out, "");
  EXPECT_NE(people.err.find("a.json line 3: /name\n    found:   nothing\n    allowed: text\n"),
            std::string::npos)
      << people.err;
  EXPECT_EQ(people.err.find('\x1b'), std::string::npos);
  const Called script = call_at_home({"publish", file_of("{}"), "--json"});
  EXPECT_EQ(json_of(script.err)["error"]["problems"].size(), 2U) << script.err;
}

TEST_F(Node, ItsCodesBecomeExitCodes) {
  const FakeNode node(socket(), [](const control::Request& request) {
    const auto* query = std::get_if<control::QueryRequest>(&request);
    if (query == nullptr) return answer_of(R"({"logs":[],"complete":false})", true);
    return refusal_of({.code = query->record == "mistyped" ? "usage" : "not-found",
                       .message = "no",
                       .hint = {},
                       .problems = {}});
  });
  EXPECT_EQ(call_at_home({"show", "r"}).code, 4);
  EXPECT_EQ(call_at_home({"show", "mistyped"}).code, 2);
  EXPECT_EQ(call_at_home({"sync", "--wait", "--timeout", "1"}).code, 6);
}

TEST_F(Node, ThatClosesOrTalksNonsenseIsNotReachable) {
  Bytes reply;
  const FakeNode node(socket(), [&reply](const control::Request&) { return reply; });
  EXPECT_EQ(call_at_home({"status"}).code, 5);
  reply = framed(view_of("this is no answer"));
  EXPECT_EQ(call_at_home({"status"}).code, 5);
  reply = {0xFF, 0xFF, 0xFF, 0xFF};
  EXPECT_EQ(call_at_home({"status"}).code, 5);
  reply = framed(control::encode(control::Response(control::Answer{"{}", false})));
  reply.pop_back();
  EXPECT_EQ(call_at_home({"status"}).code, 5);
  reply = answer_of("{}");
  EXPECT_EQ(call_at_home({"status"}).code, 0);
}

TEST_F(Node, OfAnotherVersionIsUnderstoodAsFarAsItGoes) {
  for (const char* json : {"{}", "[]", "null", "7", "not json", R"({"peers":7,"logs":{"a":1}})",
                           R"({"logs":[1,null,{"size":-1}],"head":"x","warnings":[{}]})"}) {
    std::filesystem::remove(socket());
    const FakeNode node(socket(), [json](const control::Request&) { return answer_of(json); });
    const std::vector<std::vector<std::string>> commands = {
        {"status"}, {"peers"},     {"orgs"},        {"sync"},
        {"log"},    {"show", "r"}, {"follow", "x"}, {"unfollow", "x"}};
    for (const auto& command : commands) {
      EXPECT_EQ(call_at_home(command).code, 0) << command[0] << json;
    }
    EXPECT_EQ(call_at_home({"proof", "r"}).code, 1) << json;
  }
}

TEST_F(Node, ThatWasKilledIsToldFromOneThatIsAbsent) {
  {
    const FakeNode node(socket(), [](const control::Request&) { return Bytes(); });
  }
  const Called called = call_at_home({"status"});
  EXPECT_EQ(called.code, 5);
  EXPECT_NE(called.err.find("nobody listens"), std::string::npos) << called.err;
}

}  // namespace
}  // namespace moot::command

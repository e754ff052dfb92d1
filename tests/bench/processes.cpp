#include "processes.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace moot::bench {
namespace {

pid_t start(const std::vector<std::string>& command, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    if (output >= 0) dup2(output, STDOUT_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  return pid;
}

std::string program(const std::string& name) { return std::string(MOOT_BIN_DIR) + "/" + name; }

/// A port that was free a moment ago.
std::uint16_t free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(probe, generic, size) != 0 || getsockname(probe, generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  close(probe);
  return ntohs(address.sin_port);
}

void write_all(int to, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(to, bytes.data(), bytes.size());
    if (count <= 0) throw std::runtime_error("the node does not take the request");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void read_all(int from, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = read(from, bytes.data(), bytes.size());
    if (count <= 0) throw std::runtime_error("the node does not answer");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string run(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = start(command, ends[1]);
  close(ends[1]);
  std::string output;
  std::array<char, 65536> buffer{};
  for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    output.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error(command[0] + " " + command[1] + " failed: " + output);
  return output;
}

Node::Node(std::filesystem::path home, const std::string& name) : home_(std::move(home)) {
  const std::string listen = "127.0.0.1:" + std::to_string(free_port());
  const auto made = nlohmann::json::parse(
      run({program("moot"), "--home", home_.string(), "init", name, "--listen", listen, "--json"}));
  organisation_ = made.at("organisation");
  address_ = "moot://" + organisation_ + "@" + listen;
  const int nothing = open("/dev/null", O_WRONLY);
  pid_ = start({program("mootd"), "--home", home_.string(), "--log-level", "error"}, nothing);
  close(nothing);
  // The socket appears when the node is ready; it is asked for, not slept for.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      Client probe(home_);
      return;
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  throw std::runtime_error("mootd did not start in " + home_.string());
}

void Node::stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

Node::~Node() { stop(); }

std::uint64_t Node::anonymous_bytes() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
  }
  return 0;
}

Client::Client(const std::filesystem::path& home) : socket_(socket(AF_UNIX, SOCK_STREAM, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (home / "control.sock").string();
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(socket_);
    throw std::runtime_error("no node at " + path);
  }
}

Client::~Client() { close(socket_); }

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

}  // namespace moot::bench

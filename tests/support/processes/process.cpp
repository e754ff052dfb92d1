#include "support/processes/process.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

#include "support/shared.hpp"

namespace moot::test {
namespace {

struct Descriptors {
  int input = -1;
  int output = -1;
  int errors = -1;
};

/// Between fork and exec only what is safe beside other threads.
pid_t start(const std::vector<std::string>& command, const Descriptors& standard,
            const std::optional<std::uint64_t>& file_bytes_max) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid != 0) return pid;
  // A test that is killed itself leaves nothing behind.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(127);
  dup2(standard.input, STDIN_FILENO);
  dup2(standard.output, STDOUT_FILENO);
  dup2(standard.errors, STDERR_FILENO);
  if (file_bytes_max) {
    const rlimit limit{*file_bytes_max, *file_bytes_max};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(127);
  }
  execv(arguments[0], arguments.data());
  _exit(127);
}

int open_or_throw(const std::filesystem::path& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot open " + path.string());
  return file;
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  return true;
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

std::string program(const std::string& name) {
  const char* const folder = std::getenv("MOOT_BIN_DIR");
  return std::string(folder == nullptr ? MOOT_BIN_DIR : folder) + "/" + name;
}

std::uint16_t free_port() {
  static std::mt19937 random{std::random_device{}()};
  std::uniform_int_distribution<int> below_ephemeral(10'000, 32'000);
  for (int tries = 0; tries < 1000; ++tries) {
    const auto port = static_cast<std::uint16_t>(below_ephemeral(random));
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool is_free =
        bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    close(probe);
    if (is_free) return port;
  }
  throw std::runtime_error("no free port");
}

Process::Process(const std::vector<std::string>& command, const Surroundings& surroundings) {
  const int input = open_or_throw("/dev/null", O_RDONLY);
  const int output = surroundings.output_file.empty()
                         ? open_or_throw("/dev/null", O_WRONLY)
                         : open_or_throw(surroundings.output_file, O_WRONLY | O_CREAT | O_APPEND);
  pid_ = start(command, {input, output, output}, surroundings.file_bytes_max);
  close(input);
  close(output);
  if (pid_ < 0) throw std::runtime_error("cannot start " + command[0]);
}

Process::~Process() {
  if (exit_code_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::send_signal(int signal) const {
  if (!exit_code_) ::kill(pid_, signal);
}

std::optional<int> Process::exit_code(std::chrono::milliseconds within) {
  eventually(
      [this] {
        int status = 0;
        if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = code_of(status);
        return exit_code_.has_value();
      },
      within);
  return exit_code_;
}

Finished run(const std::vector<std::string>& command, const std::string& input) {
  const TemporaryFolder folder;
  // Files and not pipes: neither side can wait for the other.
  const auto path_of = [&](const char* name) { return folder.path() / name; };
  write_file(path_of("input"), input);
  const int in = open_or_throw(path_of("input"), O_RDONLY);
  const int out = open_or_throw(path_of("output"), O_WRONLY | O_CREAT);
  const int err = open_or_throw(path_of("errors"), O_WRONLY | O_CREAT);
  const pid_t pid = start(command, {in, out, err}, std::nullopt);
  close(in);
  close(out);
  close(err);
  if (pid < 0) throw std::runtime_error("cannot start " + command[0]);
  int status = 0;
  if (!eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; }, 2 * deadline)) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
  }
  return {code_of(status), read_file(path_of("output")), read_file(path_of("errors"))};
}

}  // namespace moot::test

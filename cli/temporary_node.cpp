#include "command/temporary_node.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "command/new_home.hpp"
#include "command/node_program.hpp"

namespace moot::command {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds start_patience{30'000};
constexpr milliseconds stop_patience{10'000};
constexpr milliseconds look_again{20};

Error failed(std::string message, std::string hint = {}) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

/// A node with nothing to say that others could reach.
config::Config quiet_config() {
  config::Config out;
  out.name = "restoring";
  out.listen = "127.0.0.1:0";
  out.log_level = "warn";
  return out;
}

}  // namespace

TemporaryNode::TemporaryNode(std::filesystem::path folder)
    : folder_(std::move(folder)), paths_(config::paths((folder_ / "n").string())) {}

TemporaryNode::TemporaryNode(TemporaryNode&& other) noexcept
    : folder_(std::exchange(other.folder_, {})),
      paths_(std::move(other.paths_)),
      process_(std::exchange(other.process_, 0)) {}

TemporaryNode::~TemporaryNode() {
  (void)stop();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<TemporaryNode, Error> TemporaryNode::start(const std::filesystem::path& place) {
  std::error_code error;
  std::filesystem::create_directories(place.parent_path(), error);
  // A short name: the path of the control socket has room for about 100 characters.
  std::string name = (place.parent_path() / ".moot-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(failed("cannot make a folder beside " + place.string() + ": " +
                       std::system_category().message(errno)));
  }
  TemporaryNode node{std::filesystem::path(name)};
  // Nobody will ever decide about this organisation: the officers' key is forgotten at once.
  const HomePlan plan{.config = quiet_config(),
                      .officer_keys = {crypto::SigningKey::generate().public_key().bytes()},
                      .threshold = 1,
                      .recovery_file = std::nullopt,
                      .recovery_svg = std::nullopt};
  const auto made =
      make_home(node.paths_, plan, [](const NewHome&) -> Result<Done, Error> { return Done{}; });
  if (!made) return fail(made.error());
  if (const auto spawned = node.spawn(); !spawned) return fail(spawned.error());
  if (const auto answers = node.wait_until_it_answers(); !answers) return fail(answers.error());
  return node;
}

Result<Done, Error> TemporaryNode::spawn() {
  std::string program = node_program();
  std::string option = "--home";
  std::string home = paths_.home.string();
  const std::string log = (folder_ / "log").string();
  std::array<char*, 4> arguments = {program.data(), option.data(), home.data(), nullptr};
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (output < 0) return fail(failed("cannot write " + log));
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) {
    // Between fork and exec only what may be called in a signal handler.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(1);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(program.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(output);
  if (process_ > 0) return Done{};
  process_ = 0;
  return fail(failed("cannot start " + program + ": " + std::system_category().message(errno)));
}

Result<Done, Error> TemporaryNode::wait_until_it_answers() {
  const auto until = std::chrono::steady_clock::now() + start_patience;
  while (std::chrono::steady_clock::now() < until) {
    if (Client::connect(paths_.home, paths_.control_socket)) return Done{};
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = 0;
      return fail(failed("the node that fetches from peers ended at once",
                         "is mootd installed beside moot, or in PATH?"));
    }
    std::this_thread::sleep_for(look_again);
  }
  return fail(failed("the node that fetches from peers did not start in time"));
}

control::Response TemporaryNode::ask(const control::Request& request, milliseconds patience) const {
  auto client = Client::connect(paths_.home, paths_.control_socket);
  if (!client) return fail(client.error().error);
  return client->ask(request, patience);
}

Result<Done, Error> TemporaryNode::fetch(const log::OrganisationId& wanted,
                                         const log::Address& peer, milliseconds patience) {
  const bool is_its_own = peer.organisation == wanted;
  const auto dialled = ask(
      control::FollowRequest{
          .target = log::to_text(peer), .name = {}, .head_only = !is_its_own, .instead_of = {}},
      answer_patience);
  if (!dialled) return fail(dialled.error());
  if (!is_its_own) {
    const auto followed = ask(
        control::FollowRequest{
            .target = log::to_text(wanted), .name = {}, .head_only = false, .instead_of = {}},
        answer_patience);
    if (!followed) return fail(followed.error());
  }
  const auto synced =
      ask(control::SyncRequest{.organisation = log::to_text(wanted),
                               .wait = true,
                               .timeout_ms = static_cast<std::uint32_t>(patience.count())},
          patience + answer_patience);
  if (!synced) return fail(synced.error());
  if (!synced->incomplete) return Done{};
  return fail(Error{.code = "incomplete",
                    .message = "the log could not be fetched whole in time",
                    .hint = "does the peer at that address run, and does it carry this log? "
                            "--timeout gives it longer",
                    .problems = {}});
}

bool TemporaryNode::stop() {
  if (process_ == 0) return true;
  ::kill(process_, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + stop_patience;
  while (std::chrono::steady_clock::now() < until) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = 0;
      return true;
    }
    std::this_thread::sleep_for(look_again);
  }
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
  return false;
}

}  // namespace moot::command

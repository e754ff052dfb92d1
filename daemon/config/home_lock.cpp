#include "config/home_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace moot::config {
namespace {

Error failed(std::string message, std::string hint) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

}  // namespace

Result<HomeLock, Error> HomeLock::take(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return fail(
        failed("cannot open " + path.string() + ": " + std::system_category().message(errno),
               "run it as the user that the home belongs to"));
  }
  HomeLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 32> text{};
    const ssize_t count = ::read(file, text.data(), text.size() - 1);
    std::string holder(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    holder.erase(holder.find_last_not_of("\n ") + 1);
    return fail(failed("another mootd runs on this home" +
                           (holder.empty() ? std::string() : ", as process " + holder),
                       "talk to it with `moot status`, or stop it first"));
  }
  const std::string text = std::to_string(::getpid()) + "\n";
  // For people only: the lock holds without it, on a full disk too.
  if (::ftruncate(file, 0) == 0) (void)!::pwrite(file, text.data(), text.size(), 0);
  return lock;
}

HomeLock::HomeLock(HomeLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

HomeLock::~HomeLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace moot::config

#include "crypto/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "crypto/secret.hpp"

namespace moot::crypto {
namespace {

constexpr ::mode_t owner_only = S_IRUSR | S_IWUSR;

/// Closes with its scope, and leaves errno as the failure before set it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    const int kept = errno;
    if (number_ >= 0) ::close(number_);
    errno = kept;
  }
  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  const int number_;
};

bool write_all(const Descriptor& file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

/// How many bytes the file had, at most the buffer's.
std::optional<std::size_t> read_up_to(const Descriptor& file, std::span<std::uint8_t> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t count = ::read(file.number(), buffer.data() + filled, buffer.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

bool fill(const Descriptor& file, ByteView text, Guard guard) {
  // The mode again, because the umask may have taken from the one given to open().
  const bool is_closed = ::fchmod(file.number(), owner_only) == 0 || guard == Guard::passphrase;
  return is_closed && write_all(file, text) && ::fsync(file.number()) == 0;
}

}  // namespace

bool sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && ::fsync(opened.number()) == 0;
}

Result<Done, Fault> write_secret_file(const std::filesystem::path& path, ByteView text,
                                      Guard guard) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_only));
  if (!file.is_open()) {
    return fail(errno == EEXIST ? Fault::file_exists : Fault::cannot_write_file);
  }
  if (!fill(file, text, guard) || !sync_folder(path.parent_path())) {
    const int kept = errno;
    ::unlink(path.c_str());  // ours: O_EXCL made it
    errno = kept;
    return fail(Fault::cannot_write_file);
  }
  return Done{};
}

Result<std::size_t, Fault> read_secret_file(const std::filesystem::path& path,
                                            std::span<std::uint8_t> buffer, Guard guard) {
  // Non-blocking, so that a named pipe in its place does not hold the program.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) {
    return fail(Fault::cannot_read_file);
  }
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return fail(Fault::cannot_read_file);
  }
  const bool may_others_read = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  if (guard == Guard::mode && may_others_read) return fail(Fault::wrong_mode);
  const std::optional<std::size_t> count = read_up_to(file, buffer);
  if (!count) return fail(Fault::cannot_read_file);
  // A file that fills the buffer may go on behind it.
  std::uint8_t more = 0;
  if (*count == buffer.size() && read_up_to(file, {&more, 1}).value_or(1) != 0) {
    wipe({&more, 1});
    return fail(Fault::unknown_format);
  }
  return *count;
}

}  // namespace moot::crypto

#include "command/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <istream>
#include <system_error>
#include <utility>

#include "base/limits.hpp"
#include "command/render.hpp"

namespace moot::command {
namespace {

/// Closes with its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

std::string words_of(int error_number) { return std::system_category().message(error_number); }

Error too_long(const std::string& name, std::size_t bytes_max) {
  return {.code = "refused",
          .message = name + " holds more than " + size_text(bytes_max),
          .hint = "split it into several files",
          .problems = {}};
}

Error cannot_read(const std::filesystem::path& path, int error_number) {
  const bool is_absent = error_number == ENOENT || error_number == ENOTDIR;
  return {.code = is_absent ? "not-found" : "failed",
          .message = is_absent ? "there is no file " + path.string()
                               : "cannot read " + path.string() + ": " + words_of(error_number),
          .hint = {},
          .problems = {}};
}

}  // namespace

Result<std::string, Error> read_text_file(const std::filesystem::path& path,
                                          std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail(cannot_read(path, errno));
  std::string text;
  constexpr std::size_t step = 256 * limits::KiB;
  for (;;) {
    const std::size_t size = text.size();
    text.resize(size + step);
    const ssize_t count = ::read(file.number(), text.data() + size, step);
    if (count < 0 && errno == EINTR) {
      text.resize(size);
      continue;
    }
    if (count < 0) return fail(cannot_read(path, errno));
    text.resize(size + static_cast<std::size_t>(count));
    if (text.size() > bytes_max) return fail(too_long(path.string(), bytes_max));
    if (count == 0) return text;
  }
}

Result<std::string, Error> read_stream(std::istream& from, std::size_t bytes_max) {
  std::string text;
  constexpr std::size_t step = 256 * limits::KiB;
  while (from.good()) {
    const std::size_t size = text.size();
    text.resize(size + step);
    from.read(text.data() + size, static_cast<std::streamsize>(step));
    text.resize(size + static_cast<std::size_t>(from.gcount()));
    if (text.size() > bytes_max) return fail(too_long("standard input", bytes_max));
  }
  return text;
}

Result<Done, Error> write_new_file(const std::filesystem::path& path, const std::string& text,
                                   unsigned mode, const std::string& what) {
  const auto failed = [&](int error_number) {
    return fail(Error{
        .code = error_number == ENOSPC ? "disk-full" : "failed",
        .message = "cannot write " + what + " " + path.string() + ": " + words_of(error_number),
        .hint = error_number == EEXIST ? "move that file away first, or name another" : "",
        .problems = {}});
  };
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.is_open()) return failed(errno);
  int error_number = 0;
  std::size_t written = 0;
  while (written < text.size() && error_number == 0) {
    const ssize_t count = ::write(file.number(), text.data() + written, text.size() - written);
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      error_number = errno;
    }
  }
  if (error_number == 0 && ::fsync(file.number()) != 0) error_number = errno;
  if (error_number != 0) {
    ::unlink(path.c_str());
    return failed(error_number);
  }
  (void)sync_folder(path.parent_path());  // some file systems cannot; the file itself is synced
  return Done{};
}

bool sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && ::fsync(opened.number()) == 0;
}

}  // namespace moot::command

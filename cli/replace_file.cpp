#include "command/replace_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "command/text_file.hpp"

namespace moot::command {

Result<Done, Error> replace_file(const std::filesystem::path& path, const std::string& text,
                                 unsigned mode, const std::string& what) {
  // Beside it, so that a rename is enough; with the process's number, so that two do not meet.
  std::filesystem::path beside = path;
  beside += ".new-" + std::to_string(::getpid());
  auto written = write_new_file(beside, text, mode, what);
  if (!written) return written;
  if (std::rename(beside.c_str(), path.c_str()) != 0) {
    const int error_number = errno;
    ::unlink(beside.c_str());
    return fail(Error{.code = "failed",
                      .message = "cannot write " + what + " " + path.string() + ": " +
                                 std::system_category().message(error_number),
                      .hint = {},
                      .problems = {}});
  }
  (void)sync_folder(path.parent_path());  // the file itself is synced
  return Done{};
}

}  // namespace moot::command

#include "command/bundle_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "command/text_file.hpp"

namespace moot::command {
namespace {

/// A file of which pieces are read: bundles may be longer than memory.
class FileSource final : public log::ByteSource {
 public:
  FileSource(int descriptor, std::uint64_t bytes) : descriptor_(descriptor), bytes_(bytes) {}
  ~FileSource() override { ::close(descriptor_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::uint64_t size() const override { return bytes_; }
  bool read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    while (!out.empty()) {
      const ssize_t count =
          ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      out = out.subspan(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return true;
  }

 private:
  int descriptor_;
  std::uint64_t bytes_;
};

Error cannot_read(const std::filesystem::path& path, int error_number) {
  const bool is_absent = error_number == ENOENT || error_number == ENOTDIR;
  return {.code = is_absent ? "not-found" : "failed",
          .message = is_absent ? "there is no file " + path.string()
                               : "cannot read " + path.string() + ": " +
                                     std::system_category().message(error_number),
          .hint = {},
          .problems = {}};
}

Result<std::shared_ptr<const FileSource>, Error> open_source(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(cannot_read(path, errno));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return fail(cannot_read(path, EINVAL));
  }
  return std::make_shared<const FileSource>(descriptor, static_cast<std::uint64_t>(status.st_size));
}

}  // namespace

bool is_bundle_file(const std::filesystem::path& path) {
  const auto source = open_source(path);
  std::array<std::uint8_t, log::bundle_first_line.size()> start{};
  return source && (*source)->read(0, start) && log::is_bundle(start);
}

Result<std::unique_ptr<log::BundleReader>, Error> open_bundle(const std::filesystem::path& path) {
  const auto source = open_source(path);
  if (!source) return fail(source.error());
  auto opened = log::BundleReader::open(*source);
  if (opened) return std::move(*opened);
  return fail(Error{.code = "verification-failed",
                    .message = "the bundle " + path.string() + " is damaged or was cut: " +
                               std::string(log::describe(opened.error())),
                    .hint = "get it again from whoever made it; nothing was taken from it",
                    .problems = {}});
}

Result<NewFile, Error> NewFile::create(const std::filesystem::path& path, unsigned mode) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
  if (descriptor >= 0) return NewFile(descriptor, path);
  const int error_number = errno;
  return fail(Error{.code = error_number == EEXIST ? "exists" : "failed",
                    .message = "cannot make " + path.string() + ": " +
                               std::system_category().message(error_number),
                    .hint = error_number == EEXIST ? "name another file: none is written over" : "",
                    .problems = {}});
}

NewFile::NewFile(NewFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      error_number_(other.error_number_) {}

NewFile::~NewFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(path_.c_str());
}

bool NewFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      error_number_ = errno;
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

Result<Done, Error> NewFile::commit() {
  const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  if (::fsync(descriptor_) != 0 || !sync_folder(folder)) {
    error_number_ = errno;
    return fail(error());
  }
  ::close(std::exchange(descriptor_, -1));
  return Done{};
}

Error NewFile::error() const {
  return {.code = error_number_ == ENOSPC ? "disk-full" : "failed",
          .message = "cannot write " + path_.string() + ": " +
                     std::system_category().message(error_number_) + "; nothing was left behind",
          .hint = error_number_ == ENOSPC ? "make room on the disk, then try again" : "",
          .problems = {}};
}

}  // namespace moot::command

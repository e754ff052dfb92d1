#include "crypto/key_file.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "crypto/encoding.hpp"

namespace moot::crypto {
namespace {

constexpr std::size_t seed_bytes = 32;
constexpr int base64_variant = sodium_base64_VARIANT_ORIGINAL;
/// 44 characters and libsodium's ending zero.
constexpr std::size_t base64_bytes = sodium_base64_ENCODED_LEN(seed_bytes, base64_variant);
constexpr ::mode_t owner_only = S_IRUSR | S_IWUSR;

std::string_view first_line(KeyUse use) {
  switch (use) {
    case KeyUse::log:
      return "moot/log-key/v1\n";
    case KeyUse::node:
      return "moot/node-key/v1\n";
  }
  MOOT_CHECK(false, static_cast<int>(use));
}

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

/// The name of a new file is durable only once its folder is.
bool sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && ::fsync(opened.number()) == 0;
}

bool fill(const Descriptor& file, KeyUse use, const SigningKey& key) {
  Bytes text = key_file_text(use, key);
  // The mode again, because the umask may have taken from the one given to open().
  const bool is_filled = ::fchmod(file.number(), owner_only) == 0 && write_all(file, text) &&
                         ::fsync(file.number()) == 0;
  wipe(text);
  return is_filled;
}

}  // namespace

Bytes key_file_text(KeyUse use, const SigningKey& key) {
  const std::string_view line = first_line(use);
  Bytes text(line.size() + base64_bytes);
  std::ranges::copy(view_of(line), text.begin());
  sodium_bin2base64(reinterpret_cast<char*>(text.data() + line.size()), base64_bytes,
                    key.seed().view().data(), seed_bytes, base64_variant);
  text.back() = '\n';
  return text;
}

Result<SigningKey, Fault> parse_key_file(ByteView text, KeyUse use) {
  const std::string_view all = text_of(text);
  const KeyUse other = use == KeyUse::log ? KeyUse::node : KeyUse::log;
  if (all.starts_with(first_line(other))) return fail(Fault::wrong_use);
  const std::string_view line = first_line(use);
  if (!all.starts_with(line)) return fail(Fault::unknown_format);
  const std::string_view rest = all.substr(line.size());
  if (rest.size() != base64_bytes || rest.back() != '\n') return fail(Fault::bad_encoding);

  FixedBytes<seed_bytes> seed{};
  const Result<std::size_t, Fault> count = from_base64_into(rest.substr(0, rest.size() - 1), seed);
  if (!count || *count != seed.size()) {
    wipe(seed);
    return fail(Fault::bad_encoding);
  }
  return SigningKey::from_seed(seed);
}

Result<Done, Fault> write_key_file(const std::filesystem::path& path, KeyUse use,
                                   const SigningKey& key) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_only));
  if (!file.is_open()) {
    return fail(errno == EEXIST ? Fault::file_exists : Fault::cannot_write_file);
  }
  if (!fill(file, use, key) || !sync_folder_of(path)) {
    const int kept = errno;
    ::unlink(path.c_str());  // ours: O_EXCL made it
    errno = kept;
    return fail(Fault::cannot_write_file);
  }
  return Done{};
}

Result<SigningKey, Fault> read_key_file(const std::filesystem::path& path, KeyUse use) {
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
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return fail(Fault::wrong_mode);

  std::array<std::uint8_t, limits::file_key_bytes_max + 1> buffer{};
  const std::optional<std::size_t> count = read_up_to(file, buffer);
  Result<SigningKey, Fault> key = fail(Fault::cannot_read_file);
  if (count && *count <= limits::file_key_bytes_max) {
    key = parse_key_file(ByteView(buffer).first(*count), use);
  } else if (count) {
    key = fail(Fault::unknown_format);
  }
  wipe(buffer);
  return key;
}

}  // namespace moot::crypto

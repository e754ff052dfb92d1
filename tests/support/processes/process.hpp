#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace moot::test {

/// Far more than anything takes, on a busy machine and under a sanitizer too: what is not done by
/// then does not happen.
inline constexpr std::chrono::seconds deadline{60};

/// Whether `condition` comes true before `within` is over; asks every few milliseconds.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds within = deadline);

void write_file(const std::filesystem::path& path, const std::string& text);

/// The program of this build; $MOOT_BIN_DIR names the folder of others, installed ones perhaps.
std::string program(const std::string& name);

/// A TCP port of 127.0.0.1 that nobody listens on, below those that the system hands out by itself:
/// a node that restarts on it finds it free again.
std::uint16_t free_port();

struct Surroundings {
  std::filesystem::path output_file;            ///< standard output and error; empty: /dev/null
  std::optional<std::uint64_t> file_bytes_max;  ///< RLIMIT_FSIZE: a full disk for this one alone
};

/// A program under way; killed with this object, however a test ends.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command, const Surroundings& surroundings = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void send_signal(int signal) const;
  /// The exit code, or 128 + the signal that ended it; nullopt when it still runs after `within`.
  std::optional<int> exit_code(std::chrono::milliseconds within = deadline);

 private:
  pid_t pid_ = 0;
  std::optional<int> exit_code_;
};

/// A program that has ended.
struct Finished {
  int exit_code = 0;  ///< 128 + the signal when one ended it, the tests' own deadline too
  std::string output;
  std::string errors;
};

/// Runs a program to its end with `input` as standard input.
Finished run(const std::vector<std::string>& command, const std::string& input = {});

}  // namespace moot::test

#include "node/machine.hpp"

#include <ctime>
#include <fstream>

#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace moot::node {
namespace {

constexpr const char* machine_file = "/etc/machine-id";
constexpr const char* boot_file = "/proc/sys/kernel/random/boot_id";

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  constexpr std::size_t id_chars_max = 64;  // both are UUIDs
  return line.substr(0, id_chars_max);
}

std::int64_t read_clock(clockid_t clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return 0;
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// machine-id(5): it must not be shown in untrusted places, a keyed hash of it may.
std::string digest_of(const std::string& id) {
  if (id.empty()) return {};
  return crypto::to_hex(crypto::sha256(view_of("moot/machine/v1\n" + id)));
}

}  // namespace

Machine read_machine() {
  return {.id = digest_of(first_line(machine_file)),
          .boot = first_line(boot_file),
          .wall_ms = read_clock(CLOCK_REALTIME),
          .uptime_ms = read_clock(CLOCK_BOOTTIME)};
}

std::optional<std::string_view> MachineWatch::look(const Machine& now) {
  const std::optional<Machine> before = std::exchange(before_, now);
  if (!before) return std::nullopt;
  if (before->id != now.id) return "machine";
  if (before->boot != now.boot) return "boot";
  const std::int64_t jump = (now.wall_ms - before->wall_ms) - (now.uptime_ms - before->uptime_ms);
  if (jump > limits::clock_jump_ms || jump < -limits::clock_jump_ms) return "clock";
  return std::nullopt;
}

}  // namespace moot::node

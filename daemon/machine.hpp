#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moot::node {

/// What tells one machine, one start of it and one moment from another.
struct Machine {
  std::string id;    ///< a digest of /etc/machine-id, which is nobody's business; empty: none
  std::string boot;  ///< of this start of the system; empty: not known
  std::int64_t wall_ms = 0;    ///< CLOCK_REALTIME
  std::int64_t uptime_ms = 0;  ///< CLOCK_BOOTTIME: goes on while the machine sleeps
};
/// As it is now. Reads three small files; any thread.
Machine read_machine();

/// Notices that a machine was rolled back, copied or started anew beneath a running program: its
/// identity has changed, or its wall clock has moved by more than limits::clock_jump_ms against the
/// uptime.
class MachineWatch {
 public:
  /// What has changed since the last look ("clock", "boot", "machine"); nothing at the first.
  std::optional<std::string_view> look(const Machine& now);

 private:
  std::optional<Machine> before_;
};

}  // namespace moot::node

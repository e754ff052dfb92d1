#pragma once
#include <chrono>
#include <cstdint>

namespace moot::store {

/// Unix time by the system's clock.
inline std::uint64_t now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace moot::store

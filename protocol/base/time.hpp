#pragma once
#include <compare>
#include <cstdint>

namespace moot {

/// A point on the driver's monotonic clock, in milliseconds from any start. Protocol code is given
/// it and never asks: the daemon passes a steady clock, the simulator a virtual one.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
  Instant operator+(std::int64_t duration_ms) const { return {ms + duration_ms}; }
  std::int64_t operator-(Instant earlier) const { return ms - earlier.ms; }
};

}  // namespace moot

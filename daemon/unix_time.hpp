#pragma once
#include <cstdint>
#include <string>

namespace moot::node {

/// The wall clock, Unix. For what people read and what is signed as a time; never for order.
std::uint64_t unix_now_ms();
/// RFC 3339 in UTC: 2024-03-01T09:30:00.000Z; empty past the year 9999.
std::string rfc3339(std::uint64_t unix_ms);

}  // namespace moot::node

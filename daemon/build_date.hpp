#pragma once
#include <cstdint>

namespace moot::node {

/// When this program was built (Unix seconds): the date of its sources, so that it builds the same
/// everywhere. A clock that is before it is wrong.
std::uint64_t build_time_s();

}  // namespace moot::node

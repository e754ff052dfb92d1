#include "node/build_date.hpp"

namespace moot::node {

// CMake gives SOURCE_DATE_EPOCH or the date of the newest commit; sources that came without either
// were written after this.
#ifndef MOOT_BUILD_TIME_S
#define MOOT_BUILD_TIME_S 1767225600  // 2026-01-01
#endif

std::uint64_t build_time_s() { return MOOT_BUILD_TIME_S; }

}  // namespace moot::node

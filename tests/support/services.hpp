#pragma once
#include <cstdint>
#include <string>

namespace moot::test {

/// `count` HSDS 3 services of about 700 bytes as JSON lines, the same for the same first number;
/// ids differ by number.
std::string services(std::uint64_t first, std::uint64_t count);

}  // namespace moot::test

// Hostile config files: either problems or values, and values are written and read again to the
// same.
#include "config/config.hpp"

#include <cstdint>
#include <cstdlib>

#include "config/host_port.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = moot::config::parse(text, "config.toml")) {
    const auto again = moot::config::parse(moot::config::to_text(*parsed), "config.toml");
    if (!again || !(*again == *parsed)) std::abort();
  } else if (parsed.error().empty()) {
    std::abort();
  }
  if (const auto where = moot::config::parse_host_port(text)) {
    if (moot::config::parse_host_port(moot::config::to_text(*where)) != where) std::abort();
  }
  return 0;
}

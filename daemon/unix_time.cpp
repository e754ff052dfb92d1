#include "node/unix_time.hpp"

#include <chrono>

#include "query/words.hpp"

namespace moot::node {

std::uint64_t unix_now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::string rfc3339(std::uint64_t unix_ms) {
  return query::time_text(unix_ms).value_or(std::string());
}

}  // namespace moot::node

#pragma once
#include <filesystem>

#include "base/problem.hpp"
#include "base/result.hpp"

namespace moot::config {

/// The lock of a home: two programs that write into one home would sign two logs with one key. Held
/// until it is destroyed, and by the system's doing not longer than the process lives.
class HomeLock {
 public:
  /// Refuses ("failed"), naming its process, when another program has it.
  static Result<HomeLock, Error> take(const std::filesystem::path& path);
  ~HomeLock();
  HomeLock(HomeLock&& other) noexcept;
  HomeLock(const HomeLock&) = delete;
  HomeLock& operator=(const HomeLock&) = delete;
  HomeLock& operator=(HomeLock&&) = delete;

 private:
  explicit HomeLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace moot::config

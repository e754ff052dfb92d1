#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "command/session.hpp"

namespace moot::command {

/// One line on `err` that is written over as work goes on, and only where progress is wanted. Any
/// thread. The line is gone when this is.
class Progress {
 public:
  explicit Progress(const Session& session) : session_(session), shows_(session.shows_progress()) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void say(const std::string& text);
  /// `Checking 12,000 of 40,000 entries (30 %)`, at most ten times a second.
  void count(const std::string& verb, std::uint64_t done, std::uint64_t total);
  void clear();

 private:
  void write_over(const std::string& text);

  const Session& session_;
  const bool shows_;
  std::mutex mutex_;  // guards what follows
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace moot::command

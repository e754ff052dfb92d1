#include "command/progress.hpp"

#include <ostream>

#include "command/render.hpp"

namespace moot::command {

void Progress::write_over(const std::string& text) {
  session_.err << "\r\x1b[K" << text << std::flush;
  is_shown_ = !text.empty();
}

void Progress::say(const std::string& text) {
  if (!shows_) return;
  const std::lock_guard lock(mutex_);
  write_over(printable(text));
}

void Progress::count(const std::string& verb, std::uint64_t done, std::uint64_t total) {
  if (!shows_ || total == 0) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  write_over(verb + " " + number_text(done) + " of " + counted(total, "entry", "entries") + " (" +
             std::to_string(done * 100 / total) + " %)");
}

void Progress::clear() {
  if (!shows_) return;
  const std::lock_guard lock(mutex_);
  if (is_shown_) write_over("");
}

}  // namespace moot::command

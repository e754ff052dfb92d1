#include "node/destruction.hpp"

#include <spdlog/spdlog.h>

#include <charconv>

#include "base/limits.hpp"
#include "node/errors.hpp"
#include "node/unix_time.hpp"

namespace moot::node {
namespace {

constexpr const char* scrub_value = "scrub";

std::uint64_t read_number(const std::optional<std::string>& text) {
  std::uint64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

std::int64_t until(std::uint64_t unix_ms) {
  const std::uint64_t now_ms = unix_now_ms();
  return unix_ms > now_ms ? static_cast<std::int64_t>(unix_ms - now_ms) : 0;
}

}  // namespace

Destruction::Destruction(Loop& loop, Commits& commits, const store::Store& store,
                         std::int64_t scrub_every_ms)
    : loop_(loop),
      commits_(commits),
      store_(store),
      scrub_every_ms_(scrub_every_ms),
      destroy_timer_(loop, [this] { destroy(); }),
      scrub_timer_(loop, [this] { compact([](const Result<moot::Done, Error>&) {}); }),
      scrub_due_ms_(read_number(store.value(scrub_value))) {
  arm_scrub();
}

void Destruction::look() {
  if (is_stopping_ || is_destroying_) return;
  const auto next_ms = store_.next_destruction_ms();
  if (!next_ms) return destroy_timer_.cancel();
  destroy_timer_.arm(loop_.now() + until(*next_ms));
}

void Destruction::destroy() {
  if (is_stopping_ || is_destroying_) return;
  is_destroying_ = true;
  commits_.submit(store::DestroyErased{.now_ms = unix_now_ms()},
                  [this](const store::JobResult& result) { on_destroyed(result); });
}

/// Each job does a bounded number of rows; the next does the rest.
void Destruction::on_destroyed(const store::JobResult& result) {
  is_destroying_ = false;
  if (!result) {
    spdlog::error("not-destroyed reason={}", store::word_of(result.error()));
    for (const Done& done : std::exchange(waiting_, {})) {
      done(fail(error_of(result.error(), "what was erased is hidden, and not destroyed yet")));
    }
    destroy_timer_.arm(loop_.now() + limits::store_retry_ms);
    return;
  }
  if (result->first > 0) {
    spdlog::info("destroyed parts={}", result->first);
    note_dropped();
    return destroy();
  }
  end_run();
}

void Destruction::end_run() {
  // A fault of the clock must not make it spin: what is due now is looked at in a while.
  const auto next_ms = store_.next_destruction_ms();
  if (next_ms) {
    destroy_timer_.arm(loop_.now() + std::max(until(*next_ms), limits::store_retry_ms));
  }
  const auto waiting = std::exchange(waiting_, {});
  if (waiting.empty()) return;
  compact([waiting](const Result<moot::Done, Error>& result) {
    for (const Done& done : waiting) done(result);
  });
}

void Destruction::run_now(Done done) {
  waiting_.push_back(std::move(done));
  destroy();
}

void Destruction::note_dropped() {
  if (is_stopping_ || scrub_due_ms_ != 0) return;
  note_scrub_due(unix_now_ms() + static_cast<std::uint64_t>(scrub_every_ms_));
}

void Destruction::note_scrub_due(std::uint64_t due_ms) {
  scrub_due_ms_ = due_ms;
  arm_scrub();
  commits_.submit(
      store::PutValue{.name = scrub_value, .value = due_ms == 0 ? "" : std::to_string(due_ms)},
      [](const store::JobResult& result) {
        if (!result) spdlog::warn("value-not-noted name={}", scrub_value);
      });
}

void Destruction::arm_scrub() {
  if (scrub_due_ms_ == 0) return scrub_timer_.cancel();
  scrub_timer_.arm(loop_.now() + until(scrub_due_ms_));
}

void Destruction::compact(Done done) {
  if (is_stopping_) return done(fail(error_of("stopping", "the node is stopping")));
  commits_.compact([this, done](const Result<moot::Done, store::Fault>& result) {
    if (!result) {
      spdlog::error("not-compacted reason={}", store::word_of(result.error()));
      if (!is_stopping_ && scrub_due_ms_ != 0) {
        scrub_timer_.arm(loop_.now() + limits::scrub_retry_ms);
      }
      return done(fail(error_of(result.error(), "the store was not written anew")));
    }
    spdlog::info("compacted bytes={}", store_.bytes_on_disk());
    // What was destroyed meanwhile is answered after this, and makes another due.
    if (!is_stopping_ && scrub_due_ms_ != 0) note_scrub_due(0);
    done(moot::Done{});
  });
}

void Destruction::stop() {
  is_stopping_ = true;
  destroy_timer_.cancel();
  scrub_timer_.cancel();
  for (const Done& done : std::exchange(waiting_, {})) {
    done(fail(error_of("stopping", "the node is stopping; what was erased is hidden")));
  }
}

}  // namespace moot::node

#include "node/commits.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"

namespace moot::node {

Commits::Commits(Loop& loop, store::Store& store)
    : loop_(loop),
      publishes_{.bytes_max = 2 * limits::publish_bytes_max},
      others_{.bytes_max = limits::store_window_bytes},
      writer_(store) {}

void Commits::submit(store::Job job, Done done) {
  Line& line = std::holds_alternative<store::Publish>(job) ? publishes_ : others_;
  const std::uint64_t bytes = store::bytes_of(job);
  line.waiting.push_back({std::move(job), bytes, std::move(done)});
  hand_over(line);
}

void Commits::compact(std::function<void(Result<moot::Done, store::Fault>)> done) {
  writer_.compact([this, done = std::move(done)](Result<moot::Done, store::Fault> result) {
    loop_.post([done, result = std::move(result)] { done(result); });
  });
}

void Commits::hand_over(Line& line) {
  while (!line.waiting.empty()) {
    const std::uint64_t bytes = line.waiting.front().bytes;
    if (line.bytes > 0 && line.bytes + bytes > line.bytes_max) return;
    line.bytes += bytes;
    Waiting next = std::move(line.waiting.front());
    line.waiting.pop_front();
    auto answer = [this, &line, bytes, done = std::move(next.done)](store::JobResult result) {
      loop_.post([this, &line, bytes, done, result = std::move(result)]() mutable {
        on_done(line, bytes, done, std::move(result));
      });
    };
    const auto push = writer_.submit(std::move(next.job), std::move(answer));
    MOOT_CHECK(push == store::GroupCommit::Push::taken, bytes, line.bytes);
  }
}

void Commits::on_done(Line& line, std::uint64_t bytes, const Done& done, store::JobResult result) {
  line.bytes -= bytes;
  hand_over(line);  // first: the disk need not wait for what follows from this answer
  done(std::move(result));
}

}  // namespace moot::node

#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "control/control.hpp"
#include "crypto/signing.hpp"
#include "node/commits.hpp"
#include "node/driver.hpp"
#include "node/gate_keeper.hpp"
#include "node/prepared_publish.hpp"

namespace moot::node {

/// Publishes our own records: the answer comes once they are durable and signed, and every peer is
/// told at the same moment. While the gate is not open they are queued durably and answered as
/// such; when it opens the queue is published in order, before anything newer, without what the log
/// has already (a queue that came back with an older store). Thread: io.
class Publisher {
 public:
  using Done = std::function<void(control::Response)>;
  /// All of it outlives it and what it has submitted.
  struct Parts {
    Loop& loop;
    Workers& workers;
    Commits& commits;
    const store::Store& store;
    Driver& driver;
    GateKeeper& keeper;
    log::OrganisationId own;
    const crypto::SigningKey& log_key;
  };
  explicit Publisher(Parts parts);

  /// Publishes of one caller are done in the order given.
  void publish(PreparedPublish prepared, Done done);
  /// Takes queued publishes back; `number` 0: all.
  void cancel(std::uint64_t number, Done done);
  /// The gate has opened or closed.
  void handle_gate_changed();
  /// The node is stopping: what was submitted is finished, the rest refused.
  void stop();

  /// What waits, without its records.
  struct Queued {
    std::uint64_t time_ms = 0;
    std::uint64_t records = 0;
  };
  const std::map<std::uint64_t, Queued>& queued() const { return queued_; }
  /// Called when a queued publish has become public (with the log's size then) or was taken back
  /// (0).
  void set_on_dequeued(std::function<void(std::uint64_t number, log::TreeSize size)> on_dequeued) {
    on_dequeued_ = std::move(on_dequeued);
  }
  /// Called when what was queued is no longer in the store, and was not published from there.
  void set_on_dropped(std::function<void()> on_dropped) { on_dropped_ = std::move(on_dropped); }
  /// Signs a head of our own log, unless the gate has closed meanwhile.
  store::SignHead sign_head() const;

 private:
  struct Held {
    PreparedPublish prepared;
    Done done;
  };
  void submit(PreparedPublish prepared, Done done);
  void enqueue(PreparedPublish prepared, Done done);
  void begin_flush();
  struct Waiting {
    store::Store::Queued row;
    bool is_public_already = false;
  };
  void flush(std::vector<Waiting> rows);
  void on_flushed(std::uint64_t number, bool is_dropped, const store::JobResult& result);
  void end_flush();
  std::string queued_answer(const PreparedPublish& prepared, std::uint64_t number) const;

  Parts parts_;
  Timer retry_;
  std::map<std::uint64_t, Queued> queued_;
  std::deque<Held> held_;  // came while the queue was being published
  std::function<void(std::uint64_t, log::TreeSize)> on_dequeued_;
  std::function<void()> on_dropped_;
  std::size_t enqueues_pending_ = 0;
  std::size_t flushes_pending_ = 0;
  bool is_flushing_ = false;
  bool has_flush_failed_ = false;
  bool is_stopping_ = false;
};

/// {"state","waiting_for","missing","since","words"} of the gate, for `status` and answers.
std::string publishing_json(const GateKeeper& keeper);

}  // namespace moot::node

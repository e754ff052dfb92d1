#pragma once
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <vector>

#include "control/control.hpp"
#include "node/dialler.hpp"
#include "node/driver.hpp"
#include "node/follows.hpp"
#include "store/store.hpp"

namespace moot::node {

/// `moot sync`: asks every peer for the newest heads and, with `wait`, answers when what is held
/// reaches them, or when the time is over with what is missing in words. It looks when a head moves
/// or a peer comes, and every limits::sync_look_ms, but only while somebody waits. How many wait is
/// bounded by the control socket's clients. Thread: io.
class SyncWaits {
 public:
  using Answered = std::function<void(control::Response)>;

  SyncWaits(Loop& loop, const store::Store& store, Driver& driver, Dialler& dialler,
            const Follows& follows);

  void begin(std::vector<log::OrganisationId> logs, Answered answered, bool waits,
             std::int64_t timeout_ms);
  /// Something may have come true.
  void look_soon();
  /// A peer came that was not asked.
  void ask_again();
  /// Nothing more will come: all are answered.
  void stop();

 private:
  struct Waiter {
    std::vector<log::OrganisationId> logs;
    std::vector<log::OrganisationId> missing;  // of logs
    Instant until;
    Answered answered;
  };
  struct Asked {
    Instant at;
    bool reached_nobody = false;  // no connected peer carried the log
  };
  void ask(const log::OrganisationId& organisation, Instant now, bool reaches_nobody);
  void ask_where_due(Instant now);
  void look();
  bool is_over(Waiter& waiter, Instant now) const;
  control::Answer answer_for(const std::vector<log::OrganisationId>& logs) const;

  Loop& loop_;
  const store::Store& store_;
  Driver& driver_;
  Dialler& dialler_;
  const Follows& follows_;
  Timer timer_;
  std::list<Waiter> waiters_;
  std::map<log::OrganisationId, Asked> asked_;  // of those that somebody waits for
  bool is_look_posted_ = false;
  bool asks_all_ = false;
};

}  // namespace moot::node

#pragma once
#include <functional>
#include <list>

#include "control/control.hpp"
#include "node/follows.hpp"
#include "node/loop.hpp"
#include "node/publisher.hpp"
#include "store/store.hpp"

namespace moot::node {

/// `moot publish --wait`: answers when what was queued is public and so many organisations have
/// cosigned a head of our log that holds it, or when the time is over, with who has. How many wait
/// is bounded by the control socket's clients. Thread: io.
class PublishWaits {
 public:
  using Answered = std::function<void(control::Response)>;

  PublishWaits(Loop& loop, const store::Store& store, const Publisher& publisher,
               const GateKeeper& keeper, const Follows& follows);

  void begin(const control::PublishWaitRequest& request, Answered answered);
  /// A cosignature was kept.
  void look();
  /// A queued publish is public, or (size 0) was taken back.
  void handle_dequeued(std::uint64_t number, log::TreeSize size);
  /// Nothing more will come: all are answered.
  void stop();

 private:
  struct Waiter {
    std::uint64_t queued = 0;  // 0: public
    log::TreeSize size = 0;    // of the log that holds it; 0: it is not public
    std::size_t witnesses = 0;
    Instant until;
    bool is_cancelled = false;
    Answered answered;
  };
  void look(bool is_last);
  control::Answer answer_for(const Waiter& waiter, bool& is_complete) const;

  Loop& loop_;
  const store::Store& store_;
  const Publisher& publisher_;
  const GateKeeper& keeper_;
  const Follows& follows_;
  Timer timer_;
  std::list<Waiter> waiters_;
};

}  // namespace moot::node

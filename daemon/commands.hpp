#pragma once
#include <functional>

#include "control/control.hpp"
#include "node/status.hpp"
#include "node/sync_waits.hpp"

namespace moot::node {

/// Does what the control socket is asked for. Reads of the logs are done by the workers, all else
/// on the io thread; each request is answered once, then or later. Thread: io.
class Commands {
 public:
  using Answered = std::function<void(control::Response)>;
  /// What it works with; all of it outlives it.
  struct Parts {
    Loop& loop;
    Workers& workers;
    Commits& commits;
    const store::Store& store;
    Driver& driver;
    Dialler& dialler;
    Follows& follows;
    Publisher& publisher;
    const NodeFacts& facts;
  };

  explicit Commands(Parts parts);

  void handle(control::Request request, Answered answered);
  /// The followed logs have changed, or peers became known: tells the replicator and the dialler.
  void apply_follows();
  SyncWaits& sync_waits() { return sync_waits_; }
  void stop();

 private:
  void handle_one(control::PublishRequest request, Answered answered);
  void handle_one(const control::FollowRequest& request, Answered answered);
  void handle_one(const control::UnfollowRequest& request, Answered answered);
  void handle_one(const control::SyncRequest& request, Answered answered);
  void handle_one(control::QueryRequest request, Answered answered);
  void on_followed(const store::Follow& follow, const Answered& answered);
  void read_log(control::QueryRequest request, Answered answered);

  Parts parts_;
  Status status_;
  SyncWaits sync_waits_;
  bool is_stopping_ = false;
};

}  // namespace moot::node

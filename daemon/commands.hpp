#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "control/control.hpp"
#include "node/eraser.hpp"
#include "node/key_change.hpp"
#include "node/publish_waits.hpp"
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
    GateKeeper& keeper;
    Eraser& eraser;
    Destruction& destruction;
    KeyChange& key_change;
    const OutsideWitnesses& outside;
    const RetentionWatch& retention;
    const NodeFacts& facts;
  };

  explicit Commands(Parts parts);

  void handle(control::Request request, Answered answered);
  /// The followed logs have changed, or peers became known: tells the replicator and the dialler.
  void apply_follows();
  SyncWaits& sync_waits() { return sync_waits_; }
  PublishWaits& publish_waits() { return publish_waits_; }
  void stop();

 private:
  void handle_one(control::PublishRequest request, Answered answered);
  void handle_one(const control::FollowRequest& request, Answered answered);
  void handle_one(const control::UnfollowRequest& request, Answered answered);
  void handle_one(const control::SyncRequest& request, Answered answered);
  void handle_one(control::QueryRequest request, Answered answered);
  void handle_one(const control::WithdrawRequest& request, Answered answered);
  void handle_one(control::EraseRequest request, Answered answered);
  void handle_one(control::HideRequest request, Answered answered);
  void handle_one(const control::FindTextRequest& request, Answered answered);
  void handle_one(const control::CompactRequest& request, Answered answered);
  void handle_one(const control::ConfirmRequest& request, const Answered& answered);
  void handle_one(const control::CancelRequest& request, Answered answered);
  void handle_one(const control::PublishWaitRequest& request, Answered answered);
  void handle_one(control::ApplyRequest request, Answered answered);
  void handle_one(control::EraseWithdrawnRequest request, Answered answered);
  void on_followed(const store::Follow& follow, const Answered& answered);
  /// `follow NEW --instead-of OLD`: the old one's name goes over, and both are followed.
  Result<std::optional<store::Follow>, Error> plan_predecessor(const std::string& predecessor,
                                                               store::Follow& successor) const;
  void read_log(control::QueryRequest request, Answered answered);
  /// Has a worker read, and answers what it says.
  void read(std::function<Result<std::string, Error>()> job, Answered answered);

  Parts parts_;
  Status status_;
  SyncWaits sync_waits_;
  PublishWaits publish_waits_;
  std::shared_ptr<std::atomic<bool>> is_search_over_ = std::make_shared<std::atomic<bool>>(false);
  bool is_searching_ = false;
  bool is_stopping_ = false;
};

}  // namespace moot::node

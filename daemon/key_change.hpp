#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "control/control.hpp"
#include "crypto/next_keys.hpp"
#include "log/rotation.hpp"
#include "node/follows.hpp"
#include "node/gate_keeper.hpp"

namespace moot::node {

/// `moot keys apply` while the node runs: appends the officers' event to our own log, signed with
/// its new log key, puts the new keys in the place of the old, and has the node open its home anew.
/// A crash in between is made good by open_home(). Refused as long as the gate waits for peers, or
/// lacks entries of our own log that a peer holds. Thread: io.
class KeyChange {
 public:
  using Answered = std::function<void(control::Response)>;
  /// All of it outlives it. `reopen` is called once the answer is given.
  struct Parts {
    Commits& commits;
    const store::Store& store;
    const Follows& follows;
    const config::Paths& paths;
    GateKeeper& keeper;
    std::function<void()> reopen;
  };
  explicit KeyChange(Parts parts) : parts_(std::move(parts)) {}

  void apply(control::ApplyRequest request, Answered answered);

 private:
  /// The event is durable, its keys are not yet those of the node.
  struct Unsettled {
    std::shared_ptr<const crypto::NextKeys> keys;
    std::string answer;  ///< JSON
  };
  void append(const log::EstablishRequest& request, std::shared_ptr<const crypto::NextKeys> keys,
              Answered answered);
  void settle(Unsettled change, Answered answered);

  Parts parts_;
  std::optional<Unsettled> unsettled_;
  bool is_under_way_ = false;
};

}  // namespace moot::node

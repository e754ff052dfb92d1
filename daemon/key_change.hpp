#pragma once
#include <functional>

#include "config/config.hpp"
#include "control/control.hpp"
#include "node/follows.hpp"
#include "node/gate_keeper.hpp"

namespace moot::node {

/// `moot keys apply` while the node runs: appends the officers' event to our own log, signed with
/// its new log key, puts the new keys in the place of the old, and has the node open its home anew.
/// A crash in between is made good by open_home(). Thread: io.
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
  Parts parts_;
  bool is_under_way_ = false;
};

}  // namespace moot::node

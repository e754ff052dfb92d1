#pragma once
#include <memory>
#include <string>
#include <vector>

#include "node/dial_list.hpp"
#include "node/driver.hpp"

namespace moot::node {

/// Dials the organisations of a DialList and hands the connections to the driver. Thread: io.
class Dialler {
 public:
  Dialler(Loop& loop, Driver& driver);
  ~Dialler();
  Dialler(const Dialler&) = delete;
  Dialler& operator=(const Dialler&) = delete;

  void set_targets(const std::vector<DialTarget>& targets);
  void dial_now(const log::OrganisationId& organisation);
  /// What the driver's listeners are told of every session goes here as well.
  void handle_authenticated(sync::ConnectionId id);
  void handle_session_ended(sync::ConnectionId id, sync::CloseReason reason,
                            const std::string& detail);
  /// The address that this session was dialled at; empty when the other side dialled.
  std::string address_of(sync::ConnectionId id) const;
  std::vector<DialView> views() const;
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace moot::node

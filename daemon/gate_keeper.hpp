#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "node/commits.hpp"
#include "node/driver.hpp"
#include "node/follows.hpp"
#include "node/machine.hpp"
#include "node/signing_gate.hpp"
#include "store/store.hpp"

namespace moot::node {

/// Keeps the gate of signatures with what surrounds it: who may be asked, whether this home or its
/// machine have changed, what must be remembered over a restart, and the asking. Thread: io.
class GateKeeper {
 public:
  /// All of it outlives this.
  struct Parts {
    Loop& loop;
    Commits& commits;
    Driver& driver;
    const store::Store& store;
    const Follows& follows;
    const config::Paths& paths;
    crypto::PublicKeyBytes log_key;
    std::function<Machine()> read_machine;
  };
  explicit GateKeeper(Parts parts);

  /// Called whenever the gate opens, and whenever it closes.
  void set_on_change(std::function<void()> on_change) { on_change_ = std::move(on_change); }
  /// Begins to watch. `is_new_key`: this process has just established the log key.
  void start(bool is_new_key);
  void stop() { timer_.cancel(); }

  void handle_confirmed(const sync::OwnHeadConfirmed& confirmed);
  void handle_ahead(const sync::OwnLogAhead& ahead);
  /// Before something is signed: has the machine been copied or rolled back since the last look? A
  /// look by the clock alone would leave limits::clock_look_ms for a second signature of one size.
  void look_now();
  /// Follows or witnesses have changed.
  void refresh_acquaintances();
  SigningGate::Confirmation confirm_by_person();

  /// Nothing is signed with the old key while the officers' event with a new one is on its way.
  void hold_for_key_change(bool is_changing);

  const SigningGate& gate() const { return gate_; }
  bool may_sign() const { return *may_sign_; }
  /// The same for the writer thread, until the last moment before a signature.
  std::shared_ptr<const std::atomic<bool>> may_sign_flag() const { return may_sign_; }

  /// Names (or ids) of those that are waited for.
  std::vector<std::string> waiting_for() const;
  /// Why nothing is published and what to do, in plain words; empty when the gate is open.
  std::string words() const;

 private:
  void resume_ahead();
  bool is_home_changed();
  void look_at_evidence();
  void look_at_machine();
  void note_home();
  void note_ahead();
  void put_value(const char* name, std::string value);
  void tell(Signing before);
  std::string name_of(const log::OrganisationId& organisation) const;

  Parts parts_;
  SigningGate gate_;
  MachineWatch watch_;
  Timer timer_;
  std::shared_ptr<std::atomic<bool>> may_sign_ = std::make_shared<std::atomic<bool>>(false);
  std::function<void()> on_change_;
  std::string instance_;  // as the file has it
  std::string machine_;
  bool is_changing_key_ = false;
};

}  // namespace moot::node

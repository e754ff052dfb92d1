#pragma once
#include <memory>
#include <string>
#include <vector>

#include "crypto/signing.hpp"
#include "sync/effects.hpp"

namespace moot::sync {

struct Settings {
  log::OrganisationId own;
  crypto::SigningKey node_key;
  /// May an organisation that this node does not follow fetch logs other than our own?
  bool serve_followed_to_all = true;
  bool cosigns = true;  ///< emits Cosign for the logs that it follows
};

struct FollowedLog {
  log::OrganisationId organisation;
  bool head_only = false;
};

/// One session as `moot peers` shows it.
struct PeerView {
  ConnectionId connection = 0;
  bool we_dialled = false;
  bool authenticated = false;
  std::optional<log::OrganisationId> organisation;
  std::string remote;  ///< host:port as the driver named it
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t shared_logs = 0;  ///< logs that both are interested in
};

/// One followed log as `moot status` shows it.
enum class FollowState {
  waiting,  ///< no connected peer carries it
  fetching,
  current,  ///< as far as every connected peer that carries it
  /// Its key signed what cannot be taken (`detail` says what): nothing more is taken from anybody.
  frozen,
  store_failed,  ///< the disk refused; retried by itself
};
std::string_view word_of(FollowState state);
struct LogView {
  log::OrganisationId organisation;
  FollowState state = FollowState::waiting;
  log::TreeSize known = 0;  ///< the largest size that a peer has told of
  bool is_forked = false;   ///< frozen by evidence, which the store keeps
  std::string detail;       ///< why it is frozen, failed or waiting, in plain words; may be empty
};

/// The sync side of one node: all its sessions, and the fetches of all the logs it follows, as one
/// deterministic state machine. It has no socket, clock, thread or file: time is given and never
/// goes back.
///
/// A peer may lie about any byte, stall or send for ever. Nothing is parsed before it is
/// authenticated, nothing is kept that is not bounded (base/limits.hpp), nothing is stored that
/// does not lead to a root which the organisation's log key signed; a liar is caught within one
/// block, named and left.
///
/// Driving: call a handle_*(), then poll_effect() until it answers nothing, performing each effect;
/// then poll_timer() says when to call handle_timer() next. handle_bytes() is called only while
/// wants_bytes() is true: that is how a slow disk or a peer that does not read pushes back to the
/// socket. Reads of the store go through `reader`, which must outlive this object and show whatever
/// handle_stored() has confirmed. One thread (io).
class Replicator {
 public:
  Replicator(Settings settings, const log::LogReader& reader);
  ~Replicator();
  Replicator(const Replicator&) = delete;
  Replicator& operator=(const Replicator&) = delete;

  /// Replaces the set of followed logs; peers are told of the difference, fetches of logs no longer
  /// followed end.
  void set_follows(Instant now, const std::vector<FollowedLog>& follows);

  enum class Accept { taken, too_many };
  /// A connection is open. `expected`: whom we dialled. `remote`: host:port, for messages and
  /// limits per address.
  Accept handle_connected(Instant now, ConnectionId connection, bool we_dialled,
                          std::optional<log::OrganisationId> expected, std::string remote);
  /// Bytes as they came; they are decrypted in place.
  void handle_bytes(Instant now, ConnectionId connection, std::span<std::uint8_t> bytes);
  bool wants_bytes(ConnectionId connection) const;
  /// So many bytes of earlier Send effects have gone to the system.
  void handle_sent(Instant now, ConnectionId connection, std::size_t bytes);
  /// The connection is gone (not called after a Close effect).
  void handle_closed(Instant now, ConnectionId connection);
  /// The answer to StoreRanges or StoreIdentity: durable, or the word of the store's fault.
  void handle_stored(Instant now, Ticket ticket, Result<Done, std::string> result);
  /// Our own log has grown and the new head is durable.
  void handle_published(Instant now);
  /// The signature line for a Cosign effect: sent to the publisher's nodes that are connected, now
  /// or when one is.
  void handle_cosigned(Instant now, const log::Checkpoint& checkpoint, std::string line);
  /// Cosignatures of our newest head were kept, durably: its note, now longer, is announced again,
  /// at most once in limits::cosign_every_ms.
  void handle_note_grown(Instant now);
  /// Evidence from outside (a bundle, a file): judged; when it is true and of a log that is
  /// followed or ours, StoreEvidence follows and true is answered.
  bool handle_evidence(Instant now, ByteView file);
  /// Asks every open peer anew which head of our own log it holds; OwnHeadConfirmed or OwnLogAhead
  /// follow.
  void request_own_heads(Instant now);
  /// Our own log is fetched from peers that are ahead, until one says otherwise: this home is a
  /// restored copy, and nothing is published meanwhile.
  void set_own_catch_up(Instant now, bool is_catching_up);
  /// Asks every connected peer that carries the log for its newest head. Then is_synced() compares
  /// with the answers.
  void request_sync(Instant now, const log::OrganisationId& organisation);
  /// Since the last request_sync: at least one peer has answered, and what is held and durable
  /// reaches every answer.
  bool is_synced(const log::OrganisationId& organisation) const;
  void handle_timer(Instant now);
  /// Closes every session with `stopping`; afterwards only poll_effect() is of use.
  void stop(Instant now);

  std::optional<Effect> poll_effect();
  std::optional<Instant> poll_timer() const;

  std::vector<PeerView> peers() const;
  std::vector<LogView> logs() const;
  /// Is there a session (authenticated or dialled and on its way) with this organisation?
  bool is_connected_to(const log::OrganisationId& organisation) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moot::sync

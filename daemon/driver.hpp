#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "node/commits.hpp"
#include "node/loop.hpp"
#include "node/stream.hpp"
#include "sync/replicator.hpp"

namespace moot::node {

/// Turns the replicator's effects into I/O, and I/O into the replicator's events. Whoever calls the
/// replicator does it through here, so that its effects are performed before anything else happens.
/// Thread: io.
class Driver final : public StreamEvents {
 public:
  /// What the node wants to hear of.
  struct Listeners {
    std::function<void(const sync::Authenticated&)> on_authenticated;
    /// The session is over; `reason` is `network` when it was the other side or the network.
    std::function<void(sync::ConnectionId, sync::CloseReason reason, const std::string& detail)>
        on_session_ended;
    std::function<void(const sync::HeadMoved&)> on_head_moved;
    std::function<void(const sync::OwnLogAhead&)> on_own_log_ahead;
    std::function<void(const sync::OwnHeadConfirmed&)> on_own_head_confirmed;
    /// Another's head that may be cosigned, and others' cosignatures of our own.
    std::function<void(const sync::Cosign&)> on_cosign;
    std::function<void(const sync::Cosigned&)> on_cosigned;
    /// Our own log has grown, and peers were told.
    std::function<void()> on_published;
    /// Something was received and is durable.
    std::function<void()> on_stored;
    /// A log was taken back, durably: bodies were dropped.
    std::function<void()> on_rewound;
  };

  Driver(Loop& loop, Commits& commits, sync::Replicator& replicator,
         const log::OrganisationId& own);
  ~Driver() override;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Once, before anything else.
  void set_listeners(Listeners listeners) { listeners_ = std::move(listeners); }

  /// Takes an open connection over; nullopt when the replicator has too many (it is closed then).
  std::optional<sync::ConnectionId> add(std::shared_ptr<Stream> stream, bool we_dialled,
                                        std::optional<log::OrganisationId> expected,
                                        const std::string& remote);
  void set_follows(const std::vector<sync::FollowedLog>& follows);
  /// Our own log has grown, durably. Those of one moment are told together.
  void handle_published();
  void request_sync(const log::OrganisationId& organisation);
  /// A cosignature of ours, to be sent to the publisher.
  /// Our newest head has more cosignatures on its note, durably.
  void handle_note_grown();
  void handle_cosigned(const log::Checkpoint& checkpoint, std::string line);
  /// See sync::Replicator.
  void request_own_heads();
  void set_own_catch_up(bool is_catching_up);
  bool handle_evidence(ByteView file);
  const sync::Replicator& replicator() const { return replicator_; }

  /// Closes every session, and says when the last descriptor is closed.
  void stop(std::function<void()> on_all_ended);
  /// host:port of a session that is open.
  std::string remote_of(sync::ConnectionId id) const;

  // StreamEvents
  bool wants_bytes(sync::ConnectionId id) const override;
  std::span<std::uint8_t> read_buffer() override;
  void handle_bytes(sync::ConnectionId id, std::span<std::uint8_t> bytes) override;
  void handle_sent(sync::ConnectionId id, std::size_t bytes) override;
  void handle_broken(sync::ConnectionId id, const std::string& why) override;
  void handle_ended(sync::ConnectionId id) override;

 private:
  struct Session {
    std::shared_ptr<Stream> stream;
    std::string remote;
    bool has_unflushed = false;
  };

  void pump();
  void perform(sync::Send effect);
  void perform(const sync::Close& effect);
  void perform(sync::StoreRanges effect);
  void perform(sync::StoreIdentity effect);
  void perform(const sync::Authenticated& effect);
  void perform(const sync::HeadMoved& effect);
  void perform(const sync::OwnLogAhead& effect);
  void perform(const sync::OwnHeadConfirmed& effect);
  void perform(sync::StoreRewind effect);
  void perform(sync::StoreEvidence effect);
  void perform(const sync::Cosign& effect);
  void perform(const sync::Cosigned& effect);
  void store(sync::Ticket ticket, store::Job job);
  void flush_and_resume();

  const log::OrganisationId own_;
  Loop& loop_;
  Commits& commits_;
  sync::Replicator& replicator_;
  Listeners listeners_;
  Timer timer_;
  std::unique_ptr<std::uint8_t[]> read_buffer_;
  sync::ConnectionId next_id_ = 1;
  std::map<sync::ConnectionId, Session> sessions_;
  std::vector<sync::ConnectionId> unflushed_;
  mutable std::set<sync::ConnectionId> paused_;  // asked wants_bytes() and were told no
  std::size_t streams_ = 0;                      // descriptors open, those being closed too
  bool is_pumping_ = false;
  bool is_publish_noted_ = false;
  bool is_stopping_ = false;
  std::function<void()> on_all_ended_;
};

}  // namespace moot::node

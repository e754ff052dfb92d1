#pragma once
#include <deque>
#include <map>
#include <set>

#include "sync/peer.hpp"
#include "sync/replicator.hpp"
#include "sync/track.hpp"

namespace moot::sync {

/// The replicator itself (internal to sync). Its members stand in six files: replicator.cpp has the
/// life of connections and time, replicator_talk.cpp what is said to a peer and how its messages
/// are taken, replicator_fetch.cpp which log is fetched from whom and what is stored,
/// replicator_branches.cpp forks, evidence and rewinding, replicator_own.cpp what others hold of
/// our own log, replicator_witness.cpp cosignatures.
struct Replicator::State {
  State(Settings settings_given, const log::LogReader& reader_given)
      : settings(std::move(settings_given)), reader(&reader_given) {}

  Settings settings;
  const log::LogReader* reader;
  std::map<log::OrganisationId, Track> tracks;
  std::map<ConnectionId, Peer> peers;
  std::deque<Effect> effects;
  std::optional<Instant> next_timer;
  bool is_stopping = false;
  Instant last_now;  ///< of the handle_*() under way
  std::uint32_t next_request = 1;

  struct PendingStore {
    log::OrganisationId organisation;
    std::size_t bytes = 0;
    log::TreeSize held_after = 0;
    std::optional<log::Head> target;  ///< reached by this store: the head moves
    enum class What { ranges, identity, rewind, evidence };
    What what = What::ranges;
    Bytes evidence;
    std::uint32_t epoch = 0;
  };
  Ticket next_ticket = 1;
  std::map<Ticket, PendingStore> stores;
  std::size_t store_pending_bytes = 0;

  std::map<std::uint32_t, ConnectionId>
      own_head_asked;  ///< request number -> peer whose head of our own log we want
  bool own_log_ahead = false;
  bool is_note_due = false;  ///< our newest note has more cosignatures than peers were told
  std::optional<Instant> note_told_at;

  // replicator.cpp
  Peer* find_peer(ConnectionId id);
  void arm(Instant at);
  void close(Peer& peer, CloseReason reason, std::string detail);
  void forget(ConnectionId id);
  bool is_over_limits(const std::string& remote) const;
  void check_peer_time(Instant now, ConnectionId id);
  Hello own_hello() const;
  std::vector<log::OrganisationId> interest() const;

  // replicator_talk.cpp
  void send(Instant now, Peer& peer, const wire::Message& message);
  void send_bytes(Instant now, Peer& peer, Bytes bytes);
  void pump(Instant now, ConnectionId id);
  bool pump_one(Instant now, Peer& peer);
  void on_established(Instant now, Peer& peer);
  bool verify_hello(Instant now, Peer& peer, const log::Identity& identity);
  Progress progress_of(const log::OrganisationId& organisation, const log::Head& head) const;
  bool close_duplicates(Peer& peer);
  void open_if_ready(Instant now, Peer& peer);
  void send_interest(Instant now, Peer& peer);
  void send_heads(Instant now, Peer& peer, std::span<const log::OrganisationId> organisations);
  bool may_serve(const Peer& peer, const log::OrganisationId& organisation) const;
  bool may_have_personal(const Peer& peer, const log::OrganisationId& organisation) const;
  void announce(Instant now, const log::OrganisationId& organisation);
  void announce_to(Instant now, Peer& peer, const log::OrganisationId& organisation,
                   const log::Checkpoint& head);
  void pay_announcements(Instant now, Peer& peer);
  void take_message(Instant now, Peer& peer, wire::Message message);
  /// One overload per message of wire::Message.
  void take(Instant now, Peer& peer, wire::ChainGet message);
  void take(Instant now, Peer& peer, wire::Chain message);
  void take(Instant now, Peer& peer, wire::Interest message);
  void take(Instant now, Peer& peer, wire::InterestDelta message);
  void take(Instant now, Peer& peer, const wire::Heads& message);
  void take(Instant now, Peer& peer, wire::HeadGet message);
  void take(Instant now, Peer& peer, wire::Head message);
  void take(Instant now, Peer& peer, wire::NodesGet message);
  void take(Instant now, Peer& peer, wire::Nodes message);
  void take(Instant now, Peer& peer, wire::HeadersGet message);
  void take(Instant now, Peer& peer, wire::Headers message);
  void take(Instant now, Peer& peer, wire::BodiesGet message);
  void take(Instant now, Peer& peer, wire::Bodies message);
  void take(Instant now, Peer& peer, wire::Announce message);
  void take(Instant now, Peer& peer, wire::Refused message);
  void take(Instant now, Peer& peer, wire::Ping message);
  void take(Instant now, Peer& peer, wire::Close message);
  void take(Instant now, Peer& peer, wire::Skipped message);
  void hear_of(Instant now, Peer& peer, const log::OrganisationId& organisation, std::uint32_t seq,
               const log::Head& head);

  // replicator_fetch.cpp
  Track* load(const log::OrganisationId& organisation);
  bool needs_fetch(const Track& track, const Peer& peer) const;
  void start_if_needed(Instant now, const log::OrganisationId& organisation);
  void start_fetch(Instant now, Track& track, Peer& peer);
  void start_wanted(Instant now, Peer& peer);
  void end_fetch(Instant now, Track& track);
  template <class Answer>
  void take_fetch_answer(Instant now, Peer& peer, Answer answer);
  void take_step(Instant now, Track& track, Peer& peer, FetchStep step);
  bool is_over_restarts(Instant now, Track& track, const FetchStep& step, ConnectionId id);
  void refill(Instant now, Track& track, Peer& peer);
  void refill_all(Instant now);
  void blame(Instant now, Track& track, Peer& peer, std::string detail);
  bool take_announced_tail(Instant now, Track& track, Peer& peer, wire::Announce& message);
  void add_range(Track& track, log::Verified<log::EntryRange> range);
  void store_identity(Track& track, const log::Identity& identity);
  void flush(Track& track);
  void flush_if_due(Track& track, bool at_once);
  void on_stored(Instant now, Ticket ticket, Result<Done, std::string> result);
  void on_store_failed(Instant now, Track& track, const std::string& word);
  void check_track_time(Instant now, Track& track);
  void note_sync_answer(Track& track, std::uint32_t request, Progress told);

  // replicator_own.cpp
  void hear_of_own(Instant now, Peer& peer, const Progress& told, const log::Head& head);
  void ask_own_head(Instant now, Peer& peer);
  void take_own_head(Instant now, Peer& peer, const wire::Head& answer);
  void raise_own_alarm(const Peer& peer, const log::Head& head, bool contradicts);
  void confirm_own_head(Peer& peer);

  // replicator_branches.cpp
  bool contradicts(const Track& track, const Progress& told, const log::Head& head) const;
  void begin_rewind(Instant now, Track& track, const log::Identity& identity, log::TreeSize size);
  void on_rewound(Instant now, Track& track);
  void announce_if_behind(Instant now, ConnectionId id, const log::OrganisationId& organisation);
  bool accept_chain(Instant now, const log::Identity& known, const log::Identity& theirs);
  void refresh_frozen(Track& track);
  bool keep_evidence(Instant now, const log::Evidence& evidence);
  void on_evidence_stored(Instant now, const PendingStore& pending,
                          const Result<Done, std::string>& result);
  void tell_evidence(Instant now, Peer& peer, const log::OrganisationId& organisation);
  void take(Instant now, Peer& peer, wire::Evidence message);

  // replicator_witness.cpp
  void cosign_if_due(Instant now, Track& track);
  void ask_to_cosign(Instant now, const Peer& peer);
  void tell_note_if_due(Instant now);
  bool take_longer_note(Track& track, const wire::Announce& message, const log::Head& head);
  void take(Instant now, Peer& peer, const wire::Cosignature& message);
};

}  // namespace moot::sync

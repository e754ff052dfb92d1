#include "sync/replicator.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "sync/replicator_state.hpp"

namespace moot::sync {

using log::OrganisationId;

std::string_view word_of(CloseReason reason) {
  switch (reason) {
    case CloseReason::none:
      return "none";
    case CloseReason::stopping:
      return "stopping";
    case CloseReason::duplicate:
      return "duplicate";
    case CloseReason::handshake_timeout:
      return "handshake-timeout";
    case CloseReason::idle_timeout:
      return "idle-timeout";
    case CloseReason::malformed:
      return "malformed";
    case CloseReason::bad_handshake:
      return "bad-handshake";
    case CloseReason::wrong_organisation:
      return "wrong-organisation";
    case CloseReason::bad_identity:
      return "bad-identity";
    case CloseReason::bad_data:
      return "bad-data";
    case CloseReason::too_many:
      return "too-many";
    case CloseReason::incompatible:
      return "incompatible";
    case CloseReason::self_connection:
      return "self-connection";
    case CloseReason::blocked:
      return "blocked";
    case CloseReason::network:
      return "network";
  }
  return "none";
}

std::string_view word_of(FollowState state) {
  switch (state) {
    case FollowState::waiting:
      return "waiting";
    case FollowState::fetching:
      return "fetching";
    case FollowState::current:
      return "current";
    case FollowState::frozen:
      return "frozen";
    case FollowState::store_failed:
      return "store-failed";
  }
  return "waiting";
}

// ---- connections

Peer* Replicator::State::find_peer(ConnectionId id) {
  const auto found = peers.find(id);
  return found == peers.end() ? nullptr : &found->second;
}

void Replicator::State::arm(Instant at) {
  if (!next_timer || at < *next_timer) next_timer = at;
}

void Replicator::State::close(Peer& peer, CloseReason reason, std::string detail) {
  const ConnectionId id = peer.id;
  if (peer.channel.is_established() && reason != CloseReason::network) {
    Bytes last = peer.channel.seal(wire::encode(wire::Close{static_cast<std::uint16_t>(reason)}));
    effects.emplace_back(Send{id, std::move(last)});
  }
  effects.emplace_back(Close{id, reason, std::move(detail)});
  forget(id);
}

void Replicator::State::forget(ConnectionId id) {
  const auto found = peers.find(id);
  if (found == peers.end()) return;
  const std::set<OrganisationId> fetching = std::move(found->second.fetching);
  const std::set<OrganisationId> wanted = std::move(found->second.wanted);
  peers.erase(found);
  const Instant now = last_now;
  for (const OrganisationId& organisation : fetching) {
    if (Track* track = load(organisation)) end_fetch(now, *track);
  }
  for (auto& [organisation, track] : tracks) track.sync_answers.erase(id);
  std::erase_if(own_head_asked, [&](const auto& asked) { return asked.second == id; });
  for (const OrganisationId& organisation : fetching) start_if_needed(now, organisation);
  for (const OrganisationId& organisation : wanted) start_if_needed(now, organisation);
}

bool Replicator::State::is_over_limits(const std::string& remote) const {
  const std::string address = remote.substr(0, remote.rfind(':'));
  std::size_t half_open = 0;
  std::size_t half_open_here = 0;
  for (const auto& [id, peer] : peers) {
    if (peer.is_verified || peer.we_dialled) continue;
    ++half_open;
    if (peer.remote.substr(0, peer.remote.rfind(':')) == address) ++half_open_here;
  }
  return peers.size() >= limits::sessions_max || half_open >= limits::half_open_max ||
         half_open_here >= limits::half_open_per_address_max;
}

std::vector<OrganisationId> Replicator::State::interest() const {
  std::vector<OrganisationId> ids = {settings.own};
  for (const auto& [organisation, track] : tracks) {
    if (organisation != settings.own && ids.size() < limits::interest_ids_max)
      ids.push_back(organisation);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Hello Replicator::State::own_hello() const {
  Hello hello;
  hello.organisation = settings.own;
  const auto identity = reader->identity(settings.own);
  MOOT_CHECK(identity.has_value());
  hello.establish_seq = identity->newest().establish.seq;
  hello.node_key = settings.node_key.public_key().bytes();
  hello.interest = digest_of_interest(interest());
  return hello;
}

Replicator::Accept Replicator::handle_connected(Instant now, ConnectionId connection,
                                                bool we_dialled,
                                                std::optional<OrganisationId> expected,
                                                std::string remote) {
  State& s = *state_;
  s.last_now = now;
  if (s.is_stopping || (!we_dialled && s.is_over_limits(remote))) return Accept::too_many;
  const auto [at, is_new] = s.peers.emplace(
      connection, Peer{.id = connection,
                       .we_dialled = we_dialled,
                       .expected = expected,
                       .remote = std::move(remote),
                       .since = now,
                       .channel = Channel(we_dialled, s.own_hello(), s.settings.node_key),
                       .identity = std::nullopt,
                       .organisation = {},
                       .interest = {},
                       .known = {},
                       .suspects = {},
                       .heard_evidence = {},
                       .told_evidence = {},
                       .evidence_looked_at = {},
                       .cosigned_at = {},
                       .pulls = {},
                       .fetching = {},
                       .wanted = {},
                       .serving = std::nullopt,
                       .owed = {},
                       .last_received = now,
                       .last_sent = now});
  MOOT_CHECK(is_new, connection);
  Peer& peer = at->second;
  if (we_dialled) s.send_bytes(now, peer, peer.channel.start());
  s.arm(now + limits::handshake_ms_max);
  return Accept::taken;
}

void Replicator::handle_bytes(Instant now, ConnectionId connection, std::span<std::uint8_t> bytes) {
  State& s = *state_;
  s.last_now = now;
  Peer* peer = s.find_peer(connection);
  if (peer == nullptr) return;
  peer->bytes_received += bytes.size();
  peer->last_received = now;
  const bool was_established = peer->channel.is_established();
  auto reply = peer->channel.take(bytes);
  if (!reply) return s.close(*peer, reply.error(), "bytes that are not of this protocol");
  if (!reply->empty()) s.send_bytes(now, *peer, std::move(*reply));
  if (!was_established && peer->channel.is_established()) s.on_established(now, *peer);
  s.pump(now, connection);
}

bool Replicator::wants_bytes(ConnectionId connection) const {
  const Peer* peer = state_->find_peer(connection);
  return peer != nullptr && peer->send_queued_bytes < limits::send_queue_bytes_max &&
         !peer->serving;
}

void Replicator::handle_sent(Instant now, ConnectionId connection, std::size_t bytes) {
  State& s = *state_;
  s.last_now = now;
  Peer* peer = s.find_peer(connection);
  if (peer == nullptr) return;
  MOOT_CHECK(bytes <= peer->send_queued_bytes, bytes, peer->send_queued_bytes);
  peer->send_queued_bytes -= bytes;
  peer->last_sent = now;
  s.pay_announcements(now, *peer);
  s.pump(now, connection);
}

void Replicator::handle_closed(Instant now, ConnectionId connection) {
  state_->last_now = now;
  state_->forget(connection);
}

bool Replicator::is_connected_to(const OrganisationId& organisation) const {
  return std::any_of(state_->peers.begin(), state_->peers.end(), [&](const auto& entry) {
    const Peer& peer = entry.second;
    return (peer.is_verified && peer.organisation == organisation) || peer.expected == organisation;
  });
}

// ---- time

void Replicator::State::check_peer_time(Instant now, ConnectionId id) {
  Peer* peer = find_peer(id);
  if (peer == nullptr) return;
  if (!peer->is_open()) {
    if (now - peer->since >= limits::handshake_ms_max) {
      return close(*peer, CloseReason::handshake_timeout, "did not say who it is in time");
    }
    return arm(peer->since + limits::handshake_ms_max);
  }
  if (now - peer->last_received >= limits::dead_ms) {
    return close(*peer, CloseReason::idle_timeout, "silent for too long");
  }
  if (now - peer->last_sent >= limits::keep_alive_ms && peer->send_queued_bytes == 0) {
    send(now, *peer, wire::Ping{});
  }
  arm(peer->last_received + limits::dead_ms);
  arm(std::max(peer->last_sent, now) + limits::keep_alive_ms);
}

void Replicator::handle_timer(Instant now) {
  State& s = *state_;
  s.last_now = now;
  if (s.next_timer && now < *s.next_timer) return;
  s.next_timer.reset();
  std::vector<ConnectionId> ids;
  ids.reserve(s.peers.size());
  for (const auto& [id, peer] : s.peers) ids.push_back(id);
  for (const ConnectionId id : ids) s.check_peer_time(now, id);
  for (auto& [organisation, track] : s.tracks) s.check_track_time(now, track);
  s.tell_note_if_due(now);
}

std::optional<Instant> Replicator::poll_timer() const { return state_->next_timer; }

void Replicator::stop(Instant now) {
  State& s = *state_;
  s.last_now = now;
  s.is_stopping = true;
  while (!s.peers.empty())
    s.close(s.peers.begin()->second, CloseReason::stopping, "this node is stopping");
}

std::optional<Effect> Replicator::poll_effect() {
  if (state_->effects.empty()) return std::nullopt;
  Effect effect = std::move(state_->effects.front());
  state_->effects.pop_front();
  return effect;
}

// ---- what is followed

Replicator::Replicator(Settings settings, const log::LogReader& reader)
    : state_(std::make_unique<State>(std::move(settings), reader)) {}
Replicator::~Replicator() = default;

void Replicator::set_follows(Instant now, const std::vector<FollowedLog>& follows) {
  State& s = *state_;
  s.last_now = now;
  std::map<OrganisationId, FollowedLog> wanted;
  for (const FollowedLog& follow : follows) {
    if (follow.organisation != s.settings.own) wanted.emplace(follow.organisation, follow);
  }
  wire::InterestDelta delta;
  for (auto at = s.tracks.begin(); at != s.tracks.end();) {
    const auto kept = wanted.find(at->first);
    if (at->second.is_own) {
      ++at;
      continue;
    }
    if (kept != wanted.end()) {
      at->second.follow = kept->second;
      ++at;
      continue;
    }
    delta.removed.push_back(at->first);
    s.end_fetch(now, at->second);
    at = s.tracks.erase(at);
  }
  for (const auto& [organisation, follow] : wanted) {
    const auto [at, is_new] = s.tracks.try_emplace(organisation);
    at->second.follow = follow;
    if (!is_new) continue;
    delta.added.push_back(organisation);
    // A track is loaded when a peer tells of its log; that it is frozen is to be seen before.
    if (!s.reader->evidence(organisation).empty()) s.load(organisation);
  }
  if (delta.added.empty() && delta.removed.empty()) return;
  for (auto& [id, peer] : s.peers) {
    if (peer.has_sent_interest) s.send(now, peer, delta);
  }
}

void Replicator::handle_published(Instant now) {
  state_->last_now = now;
  state_->announce(now, state_->settings.own);
}

void Replicator::handle_stored(Instant now, Ticket ticket, Result<Done, std::string> result) {
  state_->last_now = now;
  state_->on_stored(now, ticket, std::move(result));
}

// ---- asked for by people

void Replicator::request_sync(Instant now, const OrganisationId& organisation) {
  State& s = *state_;
  s.last_now = now;
  Track* track = s.load(organisation);
  if (track == nullptr) return;
  track->sync_answers.clear();
  track->sync_asked.clear();
  for (auto& [id, peer] : s.peers) {
    if (!peer.is_open() || !peer.known.contains(organisation)) continue;
    const std::uint32_t request = s.next_request++;
    track->sync_asked.emplace(request, id);
    s.send(now, peer,
           wire::HeadGet{.organisation = organisation,
                         .from_size = track->point.verified.size,
                         .held = track->held(),
                         .known_events = 0,
                         .head_only = true,
                         .request = request,
                         .newest_event = std::nullopt});
  }
}

bool Replicator::is_synced(const OrganisationId& organisation) const {
  if (organisation == state_->settings.own) return true;
  const auto found = state_->tracks.find(organisation);
  if (found == state_->tracks.end()) return false;
  const Track& track = found->second;
  if (track.sync_answers.empty() || track.stores_pending > 0 || !track.batch.empty()) return false;
  const log::TreeSize durable =
      track.follow.head_only ? track.point.verified.size : track.durable_head.size;
  return std::all_of(track.sync_answers.begin(), track.sync_answers.end(), [&](const auto& answer) {
    return answer.second <= Progress{track.seq(), durable};
  });
}

std::vector<PeerView> Replicator::peers() const {
  std::vector<PeerView> views;
  for (const auto& [id, peer] : state_->peers) {
    PeerView view{.connection = id,
                  .we_dialled = peer.we_dialled,
                  .authenticated = peer.is_verified,
                  .organisation = peer.expected,
                  .remote = peer.remote,
                  .bytes_received = peer.bytes_received,
                  .bytes_sent = peer.bytes_sent};
    if (peer.is_verified) view.organisation = peer.organisation;
    for (const OrganisationId& wanted : peer.interest) {
      if (wanted == state_->settings.own || state_->tracks.contains(wanted)) ++view.shared_logs;
    }
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<LogView> Replicator::logs() const {
  std::vector<LogView> views;
  for (const auto& [organisation, track] : state_->tracks) {
    if (track.is_own) continue;
    LogView view{.organisation = organisation,
                 .state = FollowState::waiting,
                 .known = 0,
                 .is_forked = track.is_forked,
                 .detail = {}};
    bool is_carried = false;
    for (const auto& [id, peer] : state_->peers) {
      const auto known = peer.known.find(organisation);
      if (!peer.is_open() || known == peer.known.end()) continue;
      is_carried = true;
      // What lies on a branch that was given up is no progress.
      if (known->second.seq >= track.seq()) view.known = std::max(view.known, known->second.size);
    }
    const log::TreeSize shown =
        track.follow.head_only ? track.point.verified.size : track.durable_head.size;
    if (!track.frozen.empty()) {
      view.state = FollowState::frozen;
      view.detail = track.frozen;
    } else if (!track.failed.empty()) {
      view.state = FollowState::store_failed;
      view.detail = track.failed;
    } else if (track.fetch || track.stores_pending > 0 || (is_carried && view.known > shown)) {
      view.state = FollowState::fetching;
    } else if (is_carried) {
      view.state = FollowState::current;
    }
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace moot::sync

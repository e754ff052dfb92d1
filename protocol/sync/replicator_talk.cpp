#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "sync/replicator_state.hpp"
#include "sync/serve.hpp"

/// What is said to a peer, and how its messages are taken.
namespace moot::sync {

using log::OrganisationId;

// ---- out

void Replicator::State::send(Instant now, Peer& peer, const wire::Message& message) {
  send_bytes(now, peer, peer.channel.seal(wire::encode(message)));
}

void Replicator::State::send_bytes(Instant now, Peer& peer, Bytes bytes) {
  peer.send_queued_bytes += bytes.size();
  peer.bytes_sent += bytes.size();
  peer.last_sent = now;
  effects.emplace_back(Send{peer.id, std::move(bytes)});
}

// ---- in

void Replicator::State::pump(Instant now, ConnectionId id) {
  for (Peer* peer = find_peer(id); peer != nullptr; peer = find_peer(id)) {
    if (!peer->channel.is_established() || !pump_one(now, *peer)) return;
  }
}

/// Does one thing for a peer: a chunk of what it asked for, or its next frame. False when there is
/// nothing to do, or when it does not read what it asked for: then its further requests wait, and
/// so does the socket.
bool Replicator::State::pump_one(Instant now, Peer& peer) {
  if (peer.send_queued_bytes >= limits::send_queue_bytes_max) return false;
  if (peer.serving) {
    const bool personal = may_have_personal(peer, peer.serving->organisation);
    send(now, peer, serve_some(*peer.serving, *reader, personal));
    if (peer.serving->count == 0) peer.serving.reset();
    return true;
  }
  auto frame = peer.channel.next_frame();
  if (!frame) {
    close(peer, frame.error(), "a frame over its limit");
    return true;
  }
  if (!frame->has_value()) return false;
  auto message = wire::decode(**frame);
  if (!message) {
    close(peer, CloseReason::malformed,
          "a message that does not decode: " + std::string(log::describe(message.error())));
    return true;
  }
  take_message(now, peer, std::move(*message));
  return true;
}

void Replicator::State::take_message(Instant now, Peer& peer, wire::Message message) {
  const bool is_chain = std::holds_alternative<wire::ChainGet>(message) ||
                        std::holds_alternative<wire::Chain>(message) ||
                        std::holds_alternative<wire::Close>(message);
  if (!peer.is_verified && !is_chain && !std::holds_alternative<wire::Ping>(message)) {
    return close(peer, CloseReason::malformed, "a message before it has shown who it is");
  }
  const ConnectionId id = peer.id;
  const bool was_started = peer.has_started;
  peer.has_started = true;
  std::visit([&](auto&& m) { take(now, peer, std::forward<decltype(m)>(m)); }, std::move(message));
  if (was_started) return;
  if (Peer* still = find_peer(id)) open_if_ready(now, *still);
}

// ---- who it is

void Replicator::State::on_established(Instant now, Peer& peer) {
  const Hello& hello = peer.channel.peer_hello().hello;
  peer.organisation = hello.organisation;
  peer.node_key = hello.node_key;
  if (hello.node_key == settings.node_key.public_key().bytes()) {
    return close(peer, CloseReason::self_connection, "this node has dialled itself");
  }
  if (peer.expected && *peer.expected != hello.organisation) {
    return close(peer, CloseReason::wrong_organisation,
                 "the node at " + peer.remote + " belongs to " + log::to_text(hello.organisation) +
                     " and not to " + log::to_text(*peer.expected));
  }
  const auto identity = reader->identity(hello.organisation);
  if (!identity || identity->newest().establish.seq < hello.establish_seq) {
    return send(now, peer, wire::ChainGet{hello.organisation, 0});
  }
  // The first frame tells the peer that it may go on; its chain would come before it.
  send(now, peer, wire::Ping{});
  verify_hello(now, peer, *identity);
}

/// False: the peer was closed.
bool Replicator::State::verify_hello(Instant now, Peer& peer, const log::Identity& identity) {
  if (const auto checked = check_hello(peer.channel.peer_hello(), identity); !checked) {
    close(peer, CloseReason::bad_identity, std::string(log::describe(checked.error())));
    return false;
  }
  peer.is_verified = true;
  if (!close_duplicates(peer)) return false;
  const auto strangers = std::count_if(peers.begin(), peers.end(), [&](const auto& entry) {
    return entry.second.is_verified && !tracks.contains(entry.second.organisation);
  });
  if (!tracks.contains(peer.organisation) &&
      strangers > static_cast<std::ptrdiff_t>(limits::stranger_sessions_max)) {
    close(peer, CloseReason::too_many,
          "too many sessions with organisations that are not followed");
    return false;
  }
  effects.emplace_back(Authenticated{peer.id, peer.organisation, peer.node_key});
  open_if_ready(now, peer);
  return true;
}

/// Of two sessions with one node the one dialled by the lower node key stays; of two dialled by the
/// same side, the newer: that side would not have dialled again had it not lost the older. False:
/// `peer` itself was closed.
bool Replicator::State::close_duplicates(Peer& peer) {
  const bool ours_is_lower = settings.node_key.public_key().bytes() < peer.node_key;
  std::vector<ConnectionId> losers;
  bool peer_loses = false;
  for (auto& [id, other] : peers) {
    if (id == peer.id || !other.is_verified || other.node_key != peer.node_key) continue;
    if (other.we_dialled != peer.we_dialled && peer.we_dialled != ours_is_lower) {
      peer_loses = true;
    } else {
      losers.push_back(id);
    }
  }
  for (const ConnectionId id : losers) {
    if (Peer* loser = find_peer(id))
      close(*loser, CloseReason::duplicate, "another session with the same node");
  }
  if (peer_loses) close(peer, CloseReason::duplicate, "another session with the same node");
  return !peer_loses;
}

void Replicator::State::take(Instant now, Peer& peer, wire::ChainGet message) {
  if (message.organisation != settings.own &&
      !(peer.is_verified && may_serve(peer, message.organisation))) {
    return send(now, peer, wire::Refused{message.organisation, wire::Refusal::not_for_you, 0});
  }
  send(now, peer, serve(message, *reader));
}

void Replicator::State::take(Instant now, Peer& peer, wire::Chain message) {
  if (peer.is_verified) return;
  if (message.organisation != peer.organisation || message.from_seq != 0 ||
      message.events.empty()) {
    return close(peer, CloseReason::bad_identity, "a chain that does not answer what was asked");
  }
  auto identity = log::Identity::begin(message.events.front().leaf);
  if (!identity || identity->organisation() != peer.organisation) {
    return close(peer, CloseReason::bad_identity, "its first establish event is not its own");
  }
  for (std::size_t seq = 1; seq < message.events.size(); ++seq) {
    const wire::Event& event = message.events[seq];
    const auto extended = identity->extend(event.leaf, event.position, event.rival);
    if (!extended) {
      return close(peer, CloseReason::bad_identity, std::string(log::describe(extended.error())));
    }
  }
  const auto known = reader->identity(peer.organisation);
  if (known && !accept_chain(now, *known, *identity)) {
    return close(peer, CloseReason::bad_identity,
                 "its chain of keys contradicts the one known here");
  }
  peer.identity = std::move(*identity);
  const ConnectionId id = peer.id;
  send(now, peer, wire::Ping{});
  if (Peer* still = find_peer(id)) verify_hello(now, *still, *still->identity);
}

// ---- interest and heads

void Replicator::State::open_if_ready(Instant now, Peer& peer) {
  if (!peer.is_open() || peer.has_sent_interest) return;
  peer.has_sent_interest = true;
  send_interest(now, peer);
  ask_to_cosign(now, peer);
  arm(now + limits::keep_alive_ms);
}

void Replicator::State::send_interest(Instant now, Peer& peer) {
  const std::vector<OrganisationId> ids = interest();
  for (std::size_t at = 0; at < ids.size(); at += limits::heads_per_message_max) {
    const std::size_t count = std::min(limits::heads_per_message_max, ids.size() - at);
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
    send(now, peer,
         wire::Interest{std::vector(first, first + static_cast<std::ptrdiff_t>(count)), at == 0,
                        at + count == ids.size()});
  }
}

void Replicator::State::take(Instant now, Peer& peer, wire::Interest message) {
  if (message.first) {
    peer.interest.clear();
    peer.interest_is_whole = false;
  }
  peer.interest.insert(message.ids.begin(), message.ids.end());
  if (peer.interest.size() > limits::interest_ids_max) {
    return close(peer, CloseReason::malformed, "an interest set over its limit");
  }
  if (!message.last) return;
  peer.interest_is_whole = true;
  // Evidence goes before all else: nobody should go on trusting a forked log for want of it.
  for (const OrganisationId& organisation : peer.interest) tell_evidence(now, peer, organisation);
  send_heads(now, peer, std::vector<OrganisationId>(peer.interest.begin(), peer.interest.end()));
}

void Replicator::State::take(Instant now, Peer& peer, wire::InterestDelta message) {
  for (const OrganisationId& id : message.removed) {
    peer.interest.erase(id);
    peer.pulls.erase(id);
  }
  peer.interest.insert(message.added.begin(), message.added.end());
  if (peer.interest.size() > limits::interest_ids_max) {
    return close(peer, CloseReason::malformed, "an interest set over its limit");
  }
  for (const OrganisationId& organisation : message.added) tell_evidence(now, peer, organisation);
  send_heads(now, peer, message.added);
}

bool Replicator::State::may_serve(const Peer& peer, const OrganisationId& organisation) const {
  return organisation == settings.own || settings.serve_followed_to_all ||
         tracks.contains(peer.organisation);
}

bool Replicator::State::may_have_personal(const Peer& peer,
                                          const OrganisationId& organisation) const {
  return organisation == settings.own && tracks.contains(peer.organisation);
}

void Replicator::State::send_heads(Instant now, Peer& peer,
                                   std::span<const OrganisationId> organisations) {
  wire::Heads message;
  for (const OrganisationId& organisation : organisations) {
    if (!may_serve(peer, organisation)) continue;
    const auto state = reader->state(organisation);
    if (!state) continue;
    std::optional<log::Head> newest;
    if (state->head) newest = state->head->head;
    // A publisher is told of what is verified here and not held too: it may have forgotten it.
    const bool is_more = state->target && (!newest || state->target->head.size > newest->size);
    if (organisation == peer.organisation && is_more) newest = state->target->head;
    if (!newest) continue;
    const log::Head& head = *newest;
    message.entries.push_back({organisation, progress_of(organisation, head).seq, head});
    if (message.entries.size() < limits::heads_per_message_max) continue;
    message.last = false;
    send(now, peer, message);
    message = {};
  }
  send(now, peer, message);
}

void Replicator::State::take(Instant now, Peer& peer, const wire::Heads& message) {
  const ConnectionId id = peer.id;
  for (const wire::HeadEntry& entry : message.entries) {
    Peer* still = find_peer(id);
    if (still == nullptr) return;
    hear_of(now, *still, entry.organisation, entry.seq, entry.head);
  }
  Peer* still = find_peer(id);
  if (still != nullptr && message.last) confirm_own_head(*still);
}

void Replicator::State::hear_of(Instant now, Peer& peer, const OrganisationId& organisation,
                                std::uint32_t seq, const log::Head& head) {
  const Progress told{seq, head.size};
  if (organisation == settings.own) return hear_of_own(now, peer, told, head);
  const Track* track = load(organisation);
  if (track == nullptr) return;
  peer.known[organisation] = told;
  if (contradicts(*track, told, head)) peer.suspects.insert(organisation);
  start_if_needed(now, organisation);
}

/// How far a head of a log that is held is.
Progress Replicator::State::progress_of(const OrganisationId& organisation,
                                        const log::Head& head) const {
  const auto identity = reader->identity(organisation);
  return {identity ? identity->valid_at(head.size).establish.seq : 0, head.size};
}

// ---- serving

void Replicator::State::take(Instant now, Peer& peer, wire::HeadGet message) {
  if (!may_serve(peer, message.organisation)) {
    return send(now, peer,
                wire::Refused{message.organisation, wire::Refusal::not_for_you, message.request});
  }
  if (!message.head_only && reader->state(message.organisation)) {
    peer.pulls.insert(message.organisation);
  }
  if (message.organisation == peer.organisation) {
    if (const auto unheld = serve_unheld(message, *reader)) return send(now, peer, *unheld);
  }
  if (peer.interest.contains(message.organisation)) {
    auto& known = peer.known[message.organisation];
    const std::uint32_t seq = message.known_events > 0 ? message.known_events - 1 : 0;
    known = std::max(known, Progress{seq, message.held});
  }
  send(now, peer, serve(message, *reader, may_have_personal(peer, message.organisation)));
}

void Replicator::State::take(Instant now, Peer& peer, wire::NodesGet message) {
  if (!may_serve(peer, message.organisation)) {
    return send(now, peer,
                wire::Refused{message.organisation, wire::Refusal::not_for_you, message.request});
  }
  send(now, peer, serve(message, *reader));
}

void Replicator::State::take(Instant now, Peer& peer, wire::HeadersGet message) {
  if (!may_serve(peer, message.organisation)) {
    return send(now, peer,
                wire::Refused{message.organisation, wire::Refusal::not_for_you, message.request});
  }
  send(now, peer, serve(message, *reader));
}

void Replicator::State::take(Instant now, Peer& peer, wire::BodiesGet message) {
  if (!may_serve(peer, message.organisation)) {
    return send(now, peer,
                wire::Refused{message.organisation, wire::Refusal::not_for_you, message.request});
  }
  peer.serving = message;
}

// ---- live

void Replicator::State::announce(Instant now, const OrganisationId& organisation) {
  const auto state = reader->state(organisation);
  if (!state || !state->head) return;
  for (auto& [id, peer] : peers) announce_to(now, peer, organisation, *state->head);
}

void Replicator::State::announce_to(Instant now, Peer& peer, const OrganisationId& organisation,
                                    const log::Checkpoint& head) {
  if (!peer.is_open() || !peer.interest.contains(organisation) || !may_serve(peer, organisation))
    return;
  const Progress progress = progress_of(organisation, head.head);
  const auto known = peer.known.find(organisation);
  if (known != peer.known.end() && known->second >= progress) return;
  if (peer.send_queued_bytes >= limits::send_queue_bytes_max) {
    peer.owed.insert(organisation);
    return;
  }
  wire::Announce message{
      .organisation = organisation, .note = head.note, .tail = {}, .seq = progress.seq};
  const bool gets_tail = organisation == settings.own || peer.pulls.contains(organisation);
  // Under a newer event the peer has to see that event first.
  if (gets_tail && known != peer.known.end() && known->second.seq == progress.seq) {
    message.tail = tail_of(organisation, known->second.size, head.head.size, limits::tail_bytes_max,
                           *reader, may_have_personal(peer, organisation));
  }
  peer.known[organisation] = progress;
  send(now, peer, message);
}

void Replicator::State::pay_announcements(Instant now, Peer& peer) {
  if (peer.owed.empty() || peer.send_queued_bytes >= limits::send_queue_bytes_max / 2) return;
  const std::set<OrganisationId> owed = std::move(peer.owed);
  peer.owed.clear();
  for (const OrganisationId& organisation : owed) {
    const auto state = reader->state(organisation);
    if (state && state->head) announce_to(now, peer, organisation, *state->head);
  }
}

void Replicator::State::take(Instant now, Peer& peer, wire::Announce message) {
  const auto told = log::read_checkpoint(message.note);
  if (!told || told->organisation != message.organisation) {
    return close(peer, CloseReason::bad_data, "an announcement whose checkpoint cannot be read");
  }
  const ConnectionId id = peer.id;
  Track* track = load(message.organisation);
  if (track != nullptr && message.organisation != settings.own) {
    peer.known[message.organisation] = Progress{message.seq, told->head.size};
    if (take_longer_note(*track, message, told->head)) return;
    if (take_announced_tail(now, *track, peer, message)) return;
  }
  if (Peer* still = find_peer(id)) {
    hear_of(now, *still, message.organisation, message.seq, told->head);
  }
}

// ---- the rest

void Replicator::State::take(Instant now, Peer& peer, wire::Head message) {
  const auto own = own_head_asked.find(message.request);
  if (own != own_head_asked.end() && own->second == peer.id) {
    own_head_asked.erase(own);
    return take_own_head(now, peer, message);
  }
  if (Track* track = load(message.organisation)) {
    const auto asked = track->sync_asked.find(message.request);
    if (asked != track->sync_asked.end() && asked->second == peer.id) {
      const auto told = log::read_checkpoint(message.note);
      if (!told) return close(peer, CloseReason::bad_data, "a checkpoint that cannot be read");
      // It was asked for all events, so that their number tells how far it is.
      const auto seq =
          static_cast<std::uint32_t>(std::max<std::size_t>(message.events.size(), 1)) - 1;
      note_sync_answer(*track, message.request, Progress{seq, told->head.size});
      return hear_of(now, peer, message.organisation, seq, told->head);
    }
  }
  take_fetch_answer(now, peer, std::move(message));
}

void Replicator::State::take(Instant, Peer&, wire::Ping) {}
void Replicator::State::take(Instant, Peer&, wire::Skipped) {}

void Replicator::State::take(Instant, Peer& peer, wire::Close message) {
  const auto reason = static_cast<CloseReason>(message.reason);
  effects.emplace_back(
      Close{peer.id, reason, "the peer ended the session: " + std::string(word_of(reason))});
  forget(peer.id);
}

}  // namespace moot::sync

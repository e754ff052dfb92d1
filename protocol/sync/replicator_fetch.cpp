#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "sync/replicator_state.hpp"

/// Which log is fetched from whom, and what is stored.
namespace moot::sync {

using log::OrganisationId;

/// The track of a followed log, read from the store when it is first needed or after a failed
/// store.
Track* Replicator::State::load(const OrganisationId& organisation) {
  const auto found = tracks.find(organisation);
  if (found == tracks.end()) return nullptr;
  Track& track = found->second;
  if (track.is_loaded || track.stores_pending > 0) return &track;
  track.is_loaded = true;
  track.point = {};
  track.durable_head = {};
  track.durable_held = 0;
  track.point.identity = reader->identity(organisation);
  refresh_frozen(track);
  const auto state = reader->state(organisation);
  if (!state) return &track;
  track.durable_held = state->held;
  if (state->head) track.durable_head = state->head->head;
  track.point.verified = state->target ? state->target->head : track.durable_head;
  if (state->held > 0)
    track.point.frontier = log::frontier_at(state->held, *reader->tree(organisation));
  return &track;
}

// ---- whom to ask

/// A fetch reads the hashes of what is held from the store, so it begins when the store has it all:
/// entries that were verified a moment ago may still be on their way to the disk. on_stored() then
/// looks again.
bool Replicator::State::needs_fetch(const Track& track, const Peer& peer) const {
  if (track.stores_pending > 0 && (track.is_rewinding || !track.follow.head_only)) return false;
  if (!peer.is_open() || !track.failed.empty() || !track.is_loaded) return false;
  if (track.blamed_until.contains(peer.node_key)) return false;
  const auto known = peer.known.find(track.follow.organisation);
  if (known == peer.known.end()) return false;
  const Progress& told = known->second;
  // Only a newer event heals a frozen log, and it counts whatever the sizes are.
  if (told.seq > track.seq()) return true;
  if (!track.frozen.empty() || told.seq < track.seq()) return false;
  if (peer.suspects.contains(track.follow.organisation)) return true;
  if (told.size < track.point.verified.size) return false;
  return told.size > (track.follow.head_only ? track.point.verified.size : track.held());
}

void Replicator::State::start_if_needed(Instant now, const OrganisationId& organisation) {
  Track* track = load(organisation);
  if (track == nullptr || track->fetch || is_stopping) return;
  Peer* best = nullptr;
  for (auto& [id, peer] : peers) {
    if (!needs_fetch(*track, peer)) continue;
    if (peer.fetching.size() >= limits::fetches_per_peer_max) {
      peer.wanted.insert(organisation);
      continue;
    }
    // The peer with the fewest fetches; of those, the one that holds most.
    const bool is_better = best == nullptr || peer.fetching.size() < best->fetching.size() ||
                           (peer.fetching.size() == best->fetching.size() &&
                            peer.known[organisation] > best->known[organisation]);
    if (is_better) best = &peer;
  }
  if (best != nullptr) start_fetch(now, *track, *best);
}

void Replicator::State::start_fetch(Instant now, Track& track, Peer& peer) {
  track.fetch.emplace(track.follow.organisation, next_request++, track.follow.head_only,
                      track.point, *reader);
  track.fetch_peer = peer.id;
  track.fetch_progress = now;
  peer.fetching.insert(track.follow.organisation);
  send(now, peer, track.fetch->begin());
  arm(now + limits::request_ms_max);
}

void Replicator::State::start_wanted(Instant now, Peer& peer) {
  while (!peer.wanted.empty() && peer.fetching.size() < limits::fetches_per_peer_max) {
    const OrganisationId organisation = *peer.wanted.begin();
    peer.wanted.erase(peer.wanted.begin());
    Track* track = load(organisation);
    if (track != nullptr && !track->fetch && needs_fetch(*track, peer))
      start_fetch(now, *track, peer);
  }
}

/// Ends the fetch, if there is one; what it has verified stays on its way to the disk.
void Replicator::State::end_fetch(Instant now, Track& track) {
  if (!track.fetch) return;
  const std::size_t in_flight = track.fetch->bytes_in_flight();
  track.fetch.reset();
  Peer* peer = find_peer(track.fetch_peer);
  if (peer == nullptr) return;
  peer->in_flight_bytes -= std::min(peer->in_flight_bytes, in_flight);
  peer->fetching.erase(track.follow.organisation);
  start_wanted(now, *peer);
}

// ---- what is answered

template <class Answer>
void Replicator::State::take_fetch_answer(Instant now, Peer& peer, Answer answer) {
  Track* track = load(answer.organisation);
  const bool is_ours = track != nullptr && track->fetch && track->fetch_peer == peer.id &&
                       track->fetch->request() == answer.request;
  if (!is_ours) return;  // the answer to a fetch that was given up
  track->fetch_progress = now;
  const std::size_t before = track->fetch->bytes_in_flight();
  auto step = track->fetch->handle(std::move(answer));
  peer.in_flight_bytes -= std::min(peer.in_flight_bytes, before);
  peer.in_flight_bytes += track->fetch->bytes_in_flight();
  if (!step) return blame(now, *track, peer, std::move(step.error().detail));
  take_step(now, *track, peer, std::move(*step));
}
template void Replicator::State::take_fetch_answer(Instant, Peer&, wire::Head);

void Replicator::State::take_step(Instant now, Track& track, Peer& peer, FetchStep step) {
  const OrganisationId organisation = track.follow.organisation;
  if (step.told) peer.known[organisation] = *step.told;
  if (step.is_finished) peer.suspects.erase(organisation);
  if (step.rewind) return begin_rewind(now, track, *step.identity, *step.rewind);
  if (step.identity) {
    track.point.identity = step.identity;
    refresh_frozen(track);
    store_identity(track, *step.identity);
  }
  if (step.target) {
    track.point.verified = (*step.target)->head;
    track.batch_target = std::move(step.target);
  }
  for (auto& range : step.ranges) add_range(track, std::move(range));
  for (const wire::Message& message : step.send) send(now, peer, message);
  if (step.freeze) {
    track.frozen = step.freeze->detail + " (told by " + peer.remote + ")";
    track.frozen_seq = track.seq();
  }
  const ConnectionId id = peer.id;
  if (step.is_finished) {
    flush(track);
    end_fetch(now, track);
    if (step.evidence) {
      keep_evidence(now, *step.evidence);
      // Whether it freezes the log follows from what is kept.
      track.is_forked = true;
      refresh_frozen(track);
    }
    if (is_over_restarts(now, track, step, id)) return start_if_needed(now, organisation);
    announce_if_behind(now, id, organisation);
    return start_if_needed(now, organisation);
  }
  flush_if_due(track, false);
  refill(now, track, peer);
}

/// A peer whose log moves on with every answer keeps us from ever choosing a branch: after a few
/// times another is asked.
bool Replicator::State::is_over_restarts(Instant now, Track& track, const FetchStep& step,
                                         ConnectionId id) {
  if (!step.is_restart) {
    track.restarts = 0;
    return false;
  }
  const Peer* peer = find_peer(id);
  if (++track.restarts < limits::branch_restarts_max || peer == nullptr) return false;
  track.restarts = 0;
  track.blamed_until[peer->node_key] = now + limits::blame_ms;
  arm(now + limits::blame_ms);
  return true;
}

void Replicator::State::refill(Instant now, Track& track, Peer& peer) {
  if (!track.fetch || store_pending_bytes >= limits::store_window_bytes) return;
  const std::size_t own = track.fetch->bytes_in_flight();
  const std::size_t others = peer.in_flight_bytes - std::min(peer.in_flight_bytes, own);
  const std::size_t window =
      limits::fetch_window_bytes - std::min(limits::fetch_window_bytes, others);
  const auto asks = track.fetch->refill(window);
  if (asks.empty()) return;
  track.fetch_progress = now;
  peer.in_flight_bytes = others + track.fetch->bytes_in_flight();
  for (const wire::Message& ask : asks) send(now, peer, ask);
}

void Replicator::State::refill_all(Instant now) {
  for (auto& [id, peer] : peers) {
    for (const OrganisationId& organisation : peer.fetching) {
      const auto track = tracks.find(organisation);
      if (track != tracks.end()) refill(now, track->second, peer);
    }
  }
}

void Replicator::State::blame(Instant now, Track& track, Peer& peer, std::string detail) {
  const OrganisationId organisation = track.follow.organisation;
  track.blamed_until[peer.node_key] = now + limits::blame_ms;
  arm(now + limits::blame_ms);
  flush(track);
  close(peer, CloseReason::bad_data, std::move(detail));
  start_if_needed(now, organisation);
}

void Replicator::State::take(Instant now, Peer& peer, wire::Nodes message) {
  take_fetch_answer(now, peer, std::move(message));
}
void Replicator::State::take(Instant now, Peer& peer, wire::Headers message) {
  take_fetch_answer(now, peer, std::move(message));
}
void Replicator::State::take(Instant now, Peer& peer, wire::Bodies message) {
  take_fetch_answer(now, peer, std::move(message));
}

void Replicator::State::take(Instant now, Peer& peer, wire::Refused message) {
  const auto own = own_head_asked.find(message.request);
  if (own != own_head_asked.end() && own->second == peer.id) {
    own_head_asked.erase(own);
    // It holds nothing of ours, and so nothing that we do not know.
    peer.is_own_head_in_doubt = false;
    return confirm_own_head(peer);
  }
  Track* track = load(message.organisation);
  if (track == nullptr) return;
  track->sync_asked.erase(message.request);
  const bool is_ours =
      track->fetch && track->fetch_peer == peer.id && track->fetch->request() == message.request;
  if (!is_ours) return;
  // It does not hold what it told of, or not for us: it is not asked again until it tells of a
  // head anew.
  peer.known.erase(message.organisation);
  flush(*track);
  end_fetch(now, *track);
  start_if_needed(now, message.organisation);
}

/// Entries that came with an announcement are the fast path of one round: no question is asked when
/// they lead from what is held to the root that the log's key signed. In every other case the
/// ordinary fetch finds out what is so.
/// Answers whether that was so (or the peer was closed for a lie).
bool Replicator::State::take_announced_tail(Instant now, Track& track, Peer& peer,
                                            wire::Announce& message) {
  const OrganisationId organisation = track.follow.organisation;
  const bool fits = !message.tail.leaves.empty() && !track.fetch && !track.follow.head_only &&
                    track.frozen.empty() && track.failed.empty() && track.point.identity &&
                    message.tail.first == track.held() &&
                    track.held() == track.point.verified.size &&
                    store_pending_bytes < limits::store_window_bytes;
  if (!fits) return false;
  auto checkpoint = log::check_checkpoint(message.note, *track.point.identity);
  if (!checkpoint) return false;
  auto range = log::check_tail(organisation, track.point.frontier, std::move(message.tail.leaves),
                               (*checkpoint)->head);
  if (!range) return false;
  auto verified = log::check_bodies(std::move(*range), std::move(message.tail.bodies));
  if (!verified) {
    blame(now, track, peer,
          "log " + log::to_text(organisation) +
              ": announced bodies: " + std::string(log::describe(verified.error())));
    return true;
  }
  track.point.verified = (*checkpoint)->head;
  track.batch_target = std::move(*checkpoint);
  add_range(track, std::move(*verified));
  flush(track);
  return true;
}

void Replicator::State::note_sync_answer(Track& track, std::uint32_t request, Progress told) {
  const auto asked = track.sync_asked.find(request);
  if (asked == track.sync_asked.end()) return;
  track.sync_answers[asked->second] = told;
  track.sync_asked.erase(asked);
}

// ---- what is stored

void Replicator::State::add_range(Track& track, log::Verified<log::EntryRange> range) {
  MOOT_CHECK(range->first == track.held(), range->first, track.held());
  for (const Hash& hash : range->leaf_hashes) track.point.frontier.append(hash);
  track.batch_entries += range->count();
  track.batch_bytes += range->leaves.size() + range->bodies.size();
  track.batch.push_back(std::move(range));
}

void Replicator::State::store_identity(Track& track, const log::Identity& identity) {
  const Ticket ticket = next_ticket++;
  stores[ticket] = {.organisation = track.follow.organisation,
                    .bytes = 0,
                    .held_after = track.durable_held,
                    .target = std::nullopt,
                    .what = PendingStore::What::identity,
                    .evidence = {},
                    .epoch = 0};
  ++track.stores_pending;
  effects.emplace_back(StoreIdentity{ticket, identity});
}

/// A full batch goes to the writer, and so does any batch when the writer has nothing of this log:
/// it never idles, and batches grow by themselves while it is busy.
void Replicator::State::flush_if_due(Track& track, bool at_once) {
  const bool is_due = at_once || track.stores_pending == 0 ||
                      track.batch_entries >= limits::store_batch_entries ||
                      track.batch_bytes >= limits::store_batch_bytes;
  if (is_due) flush(track);
}

void Replicator::State::flush(Track& track) {
  if (track.batch.empty() && !track.batch_target) return;
  const Ticket ticket = next_ticket++;
  PendingStore pending{.organisation = track.follow.organisation,
                       .bytes = track.batch_bytes,
                       .held_after = track.held(),
                       .target = std::nullopt,
                       .what = PendingStore::What::ranges,
                       .evidence = {},
                       .epoch = 0};
  const bool reaches_head = track.held() == track.point.verified.size || track.follow.head_only;
  if (reaches_head) pending.target = track.point.verified;
  store_pending_bytes += pending.bytes;
  stores[ticket] = pending;
  ++track.stores_pending;
  effects.emplace_back(StoreRanges{ticket, track.follow.organisation, std::move(track.batch),
                                   std::move(track.batch_target), track.is_own});
  track.batch.clear();
  track.batch_target.reset();
  track.batch_entries = 0;
  track.batch_bytes = 0;
}

void Replicator::State::on_stored(Instant now, Ticket ticket, Result<Done, std::string> result) {
  const auto found = stores.find(ticket);
  MOOT_CHECK(found != stores.end(), ticket);
  const PendingStore pending = found->second;
  stores.erase(found);
  store_pending_bytes -= pending.bytes;
  if (pending.what == PendingStore::What::evidence) return on_evidence_stored(now, pending, result);
  const auto at = tracks.find(pending.organisation);
  if (at != tracks.end() && at->second.stores_pending > 0) {
    Track& track = at->second;
    --track.stores_pending;
    if (!result) {
      on_store_failed(now, track, result.error());
    } else if (pending.what == PendingStore::What::rewind) {
      on_rewound(now, track);
    } else if (track.failed.empty()) {
      track.durable_held = std::max(track.durable_held, pending.held_after);
      if (pending.target && !(track.durable_head == *pending.target)) {
        if (!track.follow.head_only) track.durable_head = *pending.target;
        effects.emplace_back(HeadMoved{pending.organisation, *pending.target});
        if (!track.follow.head_only) announce(now, pending.organisation);
        track.is_cosigning_due = true;
        cosign_if_due(now, track);
      }
      flush_if_due(track, track.stores_pending == 0);
      if (track.stores_pending == 0) start_if_needed(now, pending.organisation);
    }
  }
  refill_all(now);
}

void Replicator::State::on_store_failed(Instant now, Track& track, const std::string& word) {
  if (track.failed.empty()) track.failed = word;
  track.is_rewinding = false;
  track.batch.clear();
  track.batch_target.reset();
  track.batch_entries = 0;
  track.batch_bytes = 0;
  track.is_loaded = false;
  track.retry_at = now + limits::store_retry_ms;
  end_fetch(now, track);
  arm(track.retry_at);
}

// ---- time

void Replicator::State::check_track_time(Instant now, Track& track) {
  const OrganisationId organisation = track.follow.organisation;
  bool may_start = false;
  for (auto at = track.blamed_until.begin(); at != track.blamed_until.end();) {
    if (now < at->second) {
      arm(at->second);
      ++at;
    } else {
      at = track.blamed_until.erase(at);
      may_start = true;
    }
  }
  cosign_if_due(now, track);
  if (!track.failed.empty()) {
    if (now < track.retry_at || track.stores_pending > 0) {
      arm(std::max(track.retry_at, now + limits::store_retry_ms / 10));
    } else {
      track.failed.clear();
      may_start = true;
    }
  }
  if (track.fetch) {
    Peer* peer = find_peer(track.fetch_peer);
    MOOT_CHECK(peer != nullptr);
    // While the disk is the bottleneck nothing is asked for, and nobody stalls.
    if (store_pending_bytes >= limits::store_window_bytes) track.fetch_progress = now;
    if (now - track.fetch_progress >= limits::request_ms_max) {
      track.blamed_until[peer->node_key] = now + limits::blame_ms;
      arm(now + limits::blame_ms);
      flush(track);
      end_fetch(now, track);
      may_start = true;
    } else {
      arm(track.fetch_progress + limits::request_ms_max);
    }
  }
  if (may_start) start_if_needed(now, organisation);
}

}  // namespace moot::sync

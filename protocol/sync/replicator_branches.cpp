#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "sync/replicator_state.hpp"

/// Logs that were forked: what proves it, who is told, and how a log is taken back to the branch
/// that its officers stand by.
namespace moot::sync {
namespace {

std::string words_of(const log::JudgedEvidence& judged) {
  if (judged.evidence.kind == log::EvidenceKind::rivals) {
    return "its officers have made two different decisions about its keys at once";
  }
  return "its log was forked: two signed heads, of " + std::to_string(judged.first.size) +
         " and of " + std::to_string(judged.second.size) + " entries, cannot both be true";
}

}  // namespace

using log::OrganisationId;

/// Does a head that a peer tells of contradict what is held? Then one of two has been signed that
/// cannot both be true, or the peer lies: it is asked for the signed note.
bool Replicator::State::contradicts(const Track& track, const Progress& told,
                                    const log::Head& head) const {
  if (!track.is_loaded || told.seq != track.seq() || told.size == 0 || !track.frozen.empty()) {
    return false;
  }
  if (told.size == track.point.verified.size) return !(head.root == track.point.verified.root);
  if (track.follow.head_only || track.stores_pending > 0 || told.size > track.durable_held) {
    return false;
  }
  return !(log::root_at(told.size, *reader->tree(track.follow.organisation)) == head.root);
}

// ---- rewinding

void Replicator::State::begin_rewind(Instant now, Track& track, const log::Identity& identity,
                                     log::TreeSize size) {
  flush(track);
  end_fetch(now, track);
  const Ticket ticket = next_ticket++;
  stores[ticket] = {.organisation = track.follow.organisation,
                    .bytes = 0,
                    .held_after = size,
                    .target = std::nullopt,
                    .what = PendingStore::What::rewind,
                    .evidence = {},
                    .epoch = 0};
  ++track.stores_pending;
  track.is_rewinding = true;
  effects.emplace_back(StoreRewind{ticket, size, identity});
}

void Replicator::State::on_rewound(Instant now, Track& track) {
  track.is_rewinding = false;
  track.is_loaded = false;
  if (track.stores_pending == 0) start_if_needed(now, track.follow.organisation);
}

/// After a fetch it may turn out that the peer is the one who has something to learn.
void Replicator::State::announce_if_behind(Instant now, ConnectionId id,
                                           const OrganisationId& organisation) {
  Peer* peer = find_peer(id);
  const auto state = reader->state(organisation);
  if (peer != nullptr && state && state->head) announce_to(now, *peer, organisation, *state->head);
}

/// Two chains of one organisation: one goes on where the other ends, or one repudiates the other's
/// rival event. Two events of one seq of which none is repudiated freeze the log.
bool Replicator::State::accept_chain(Instant now, const log::Identity& known,
                                     const log::Identity& theirs) {
  const auto& ours = known.events();
  const auto& other = theirs.events();
  std::size_t at = 0;
  while (at < ours.size() && at < other.size() && ours[at].id == other[at].id) ++at;
  if (at == ours.size()) return true;
  if (at == other.size()) return false;
  const auto repudiated = [at](const auto& events) {
    return events.size() > at + 1 ? events[at + 1].establish.repudiated : std::nullopt;
  };
  const bool is_theirs = repudiated(other) == ours[at].id;
  const bool is_ours = repudiated(ours) == other[at].id;
  if (is_theirs || is_ours) return is_theirs && (!is_ours || other[at].id < ours[at].id);
  if (const auto evidence = log::find_rivals(known, other[at].leaf)) keep_evidence(now, *evidence);
  return false;
}

// ---- evidence

/// Whether a log is frozen follows from the evidence that is kept and the newest event.
void Replicator::State::refresh_frozen(Track& track) {
  if (!track.point.identity) return;
  std::vector<Bytes> files = reader->evidence(track.follow.organisation);
  for (const auto& [ticket, pending] : stores) {
    const bool is_of_it = pending.what == PendingStore::What::evidence &&
                          pending.organisation == track.follow.organisation;
    if (is_of_it) files.push_back(pending.evidence);
  }
  // A newer event heals whatever it was.
  if (track.is_forked || track.frozen_seq < track.seq()) {
    track.is_forked = false;
    track.frozen.clear();
  }
  for (const Bytes& file : files) {
    const auto judged = log::judge_evidence(file);
    if (!judged || !log::freezes(judged->evidence, *track.point.identity)) continue;
    track.is_forked = true;
    track.frozen_seq = track.seq();
    track.frozen = words_of(*judged);
  }
}

/// False when nothing new is kept: of a log that is not followed, or there is evidence of that
/// epoch.
bool Replicator::State::keep_evidence(Instant, const log::Evidence& evidence) {
  const OrganisationId& organisation = evidence.organisation;
  if (organisation != settings.own && !tracks.contains(organisation)) return false;
  const auto is_of_epoch = [&](const Bytes& file) {
    const auto judged = log::judge_evidence(file);
    return judged && judged->evidence.epoch == evidence.epoch;
  };
  const auto known = reader->identity(organisation);
  if (known && log::is_late(evidence, *known)) return false;
  const std::vector<Bytes> kept = reader->evidence(organisation);
  if (std::any_of(kept.begin(), kept.end(), is_of_epoch)) return false;
  for (const auto& [ticket, pending] : stores) {
    const bool is_pending = pending.what == PendingStore::What::evidence &&
                            pending.organisation == organisation && pending.epoch == evidence.epoch;
    if (is_pending) return false;
  }
  auto file = log::to_file(evidence);
  if (!file) return false;
  const auto track = tracks.find(organisation);
  if (track != tracks.end() && !reader->identity(organisation)) {
    // It came before the log itself: kept with the one event whose place is beyond doubt.
    const auto identity = log::Identity::begin(evidence.events.front().leaf);
    if (!identity) return false;
    if (!track->second.point.identity) track->second.point.identity = *identity;
    store_identity(track->second, *identity);
  }
  const Ticket ticket = next_ticket++;
  stores[ticket] = {.organisation = organisation,
                    .bytes = 0,
                    .held_after = 0,
                    .target = std::nullopt,
                    .what = PendingStore::What::evidence,
                    .evidence = *file,
                    .epoch = evidence.epoch};
  effects.emplace_back(StoreEvidence{ticket, organisation, evidence.epoch, std::move(*file)});
  if (track != tracks.end()) refresh_frozen(track->second);
  return true;
}

void Replicator::State::on_evidence_stored(Instant now, const PendingStore& pending,
                                           const Result<Done, std::string>& result) {
  const auto track = tracks.find(pending.organisation);
  // A disk that refuses it does not unfreeze the log; it is found again at the next start.
  if (!result) return;
  if (track != tracks.end()) refresh_frozen(track->second);
  if (pending.organisation == settings.own) {
    const auto judged = log::judge_evidence(pending.evidence);
    const auto own = reader->identity(settings.own);
    // What a thief signs with a key that was replaced stops nobody.
    if (judged && own && log::freezes(judged->evidence, *own) && !own_log_ahead) {
      own_log_ahead = true;
      effects.emplace_back(OwnLogAhead{settings.own, judged->second, true});
    }
  }
  for (auto& [id, peer] : peers) tell_evidence(now, peer, pending.organisation);
}

/// To a peer that is interested in the log or has published it, once.
void Replicator::State::tell_evidence(Instant now, Peer& peer, const OrganisationId& organisation) {
  const bool is_wanted =
      peer.is_open() && (peer.interest.contains(organisation) || peer.organisation == organisation);
  if (!is_wanted) return;
  if (organisation != settings.own) {
    const Track* track = load(organisation);
    if (track == nullptr || !track->is_forked) return;
  }
  const auto identity = reader->identity(organisation);
  if (!identity) return;
  std::vector<Bytes> files = reader->evidence(organisation);
  // Judging costs many signatures, and a peer may name its interest again and again.
  std::size_t& looked_at = peer.evidence_looked_at[organisation];
  if (looked_at == files.size()) return;
  looked_at = files.size();
  for (Bytes& file : files) {
    const auto judged = log::judge_evidence(file);
    if (!judged || !log::freezes(judged->evidence, *identity)) continue;
    if (!peer.told_evidence.emplace(organisation, judged->evidence.epoch).second) continue;
    send(now, peer, wire::Evidence{organisation, std::move(file)});
  }
}

void Replicator::State::take(Instant now, Peer& peer, wire::Evidence message) {
  const OrganisationId& organisation = message.organisation;
  if (organisation != settings.own && !tracks.contains(organisation)) return;
  const auto judged = log::judge_evidence(message.file);
  if (!judged || judged->evidence.organisation != organisation) {
    return close(peer, CloseReason::bad_data,
                 "evidence about " + log::to_text(organisation) + " that proves nothing");
  }
  // Once a session for each epoch: judging costs many signatures.
  if (!peer.heard_evidence.emplace(organisation, judged->evidence.epoch).second) {
    return close(peer, CloseReason::malformed, "the same evidence again");
  }
  peer.told_evidence.emplace(organisation, judged->evidence.epoch);
  keep_evidence(now, judged->evidence);
}

bool Replicator::handle_evidence(Instant now, ByteView file) {
  state_->last_now = now;
  const auto judged = log::judge_evidence(file);
  return judged && state_->keep_evidence(now, judged->evidence);
}

}  // namespace moot::sync

#include "base/limits.hpp"
#include "sync/replicator_state.hpp"

/// Cosignatures: that this node vouches for what it has verified and stored of another's log, and
/// that others vouch for ours.
namespace moot::sync {

using log::OrganisationId;

/// At most once in limits::cosign_every_ms, and only while the publisher is there to be told:
/// nobody else wants it. What it could not be told waits for its next session.
void Replicator::State::cosign_if_due(Instant now, Track& track) {
  const bool may_cosign = settings.cosigns && track.is_cosigning_due && !track.is_own &&
                          !track.follow.head_only && track.frozen.empty() &&
                          track.durable_head.size > 0;
  if (!may_cosign) return;
  const bool is_there = std::any_of(peers.begin(), peers.end(), [&](const auto& entry) {
    return entry.second.is_open() && entry.second.organisation == track.follow.organisation;
  });
  if (!is_there) return;
  if (track.has_cosigned && now - track.cosigned_at < limits::cosign_again_ms) {
    return arm(track.cosigned_at + limits::cosign_again_ms);
  }
  const auto state = reader->state(track.follow.organisation);
  if (!state || !state->head) return;
  track.is_cosigning_due = false;
  track.has_cosigned = true;
  track.cosigned_at = now;
  effects.emplace_back(Cosign{*state->head});
}

/// A session with a publisher has begun: it hears anew that we hold its log, so that "last
/// confirmed" is true.
void Replicator::State::ask_to_cosign(Instant now, const Peer& peer) {
  if (!tracks.contains(peer.organisation)) return;
  Track* track = load(peer.organisation);
  track->is_cosigning_due = true;
  cosign_if_due(now, *track);
}

void Replicator::handle_cosigned(Instant now, const log::Checkpoint& checkpoint, std::string line) {
  State& s = *state_;
  s.last_now = now;
  const wire::Cosignature message{checkpoint.organisation, checkpoint.head.size, std::move(line)};
  for (auto& [id, peer] : s.peers) {
    if (peer.is_open() && peer.organisation == checkpoint.organisation) s.send(now, peer, message);
  }
}

void Replicator::handle_note_grown(Instant now) {
  state_->last_now = now;
  state_->is_note_due = true;
  state_->tell_note_if_due(now);
}

/// To whoever holds our newest head it is the same head with a longer note; to others an
/// announcement.
void Replicator::State::tell_note_if_due(Instant now) {
  if (!is_note_due) return;
  if (note_told_at && now - *note_told_at < limits::cosign_every_ms) {
    return arm(*note_told_at + limits::cosign_every_ms);
  }
  is_note_due = false;
  note_told_at = now;
  const auto state = reader->state(settings.own);
  if (!state || !state->head) return;
  const Progress progress = progress_of(settings.own, state->head->head);
  for (auto& [id, peer] : peers) {
    const bool is_wanted = peer.is_open() && peer.interest.contains(settings.own) &&
                           peer.send_queued_bytes < limits::send_queue_bytes_max;
    if (!is_wanted) continue;
    send(now, peer,
         wire::Announce{.organisation = settings.own,
                        .note = state->head->note,
                        .tail = {},
                        .seq = progress.seq});
  }
}

/// The head that is held, announced again with more cosignatures: kept for whoever audits here.
bool Replicator::State::take_longer_note(Track& track, const wire::Announce& message,
                                         const log::Head& head) {
  const bool is_held = track.is_loaded && track.stores_pending == 0 && !track.fetch &&
                       track.frozen.empty() && track.point.identity && track.durable_head == head &&
                       track.point.verified == head;
  if (!is_held) return false;
  const auto state = reader->state(track.follow.organisation);
  if (!state || !state->head || state->head->note.size() >= message.note.size()) return true;
  auto checkpoint = log::check_checkpoint(message.note, *track.point.identity);
  if (!checkpoint) return false;
  track.batch_target = std::move(*checkpoint);
  flush(track);
  return true;
}

/// It is taken when the node key that the session has proven signed a head that our own log has
/// had. One that does not hold may come from another branch of our log, which its evidence will
/// show, so it is let go without a word.
void Replicator::State::take(Instant now, Peer& peer, const wire::Cosignature& message) {
  // Half of what an honest witness waits: clocks differ.
  const bool is_too_soon =
      peer.has_cosigned && now - peer.cosigned_at < limits::cosign_every_ms / 2;
  if (message.organisation != settings.own || is_too_soon) return;
  const auto state = reader->state(settings.own);
  if (message.size == 0 || !state || message.size > state->held) return;
  const log::Head head{message.size, log::root_at(message.size, *reader->tree(settings.own))};
  const std::string text = log::checkpoint_text(settings.own, head);
  const auto note = log::parse_note(text + "\n" + message.line);
  if (!note || note->signatures.size() != 1 || note->text != text) return;
  const log::VerifierKey key{"moot/node/" + log::to_text(peer.organisation),
                             log::SignatureType::cosignature_v1, peer.node_key};
  const auto time_s = log::cosigned_at(*note, key);
  if (!time_s) return;
  peer.has_cosigned = true;
  peer.cosigned_at = now;
  effects.emplace_back(Cosigned{peer.organisation, message.size, *time_s,
                                log::signature_line(note->signatures.front())});
}

}  // namespace moot::sync

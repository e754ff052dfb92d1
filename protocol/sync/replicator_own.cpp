#include <algorithm>

#include "base/check.hpp"
#include "sync/replicator_state.hpp"

/// What others hold of our own log. A node that signed twice for one size, because its home was
/// copied back from yesterday, would fork its own log: so every session begins by hearing what the
/// other has, and what is beyond ours, or contradicts it, stops us.
namespace moot::sync {

using log::OrganisationId;

void Replicator::State::hear_of_own(Instant now, Peer& peer, const Progress& told,
                                    const log::Head& head) {
  const auto state = reader->state(settings.own);
  MOOT_CHECK(state && state->head);
  if (tracks.contains(settings.own)) {
    peer.known[settings.own] = told;
    return start_if_needed(now, settings.own);
  }
  const log::Head& ours = state->head->head;
  const Progress progress = progress_of(settings.own, ours);
  peer.known[settings.own] = std::min(told, progress);
  if (told < progress) {
    // Under an older event it may be of a branch that was given up; else it must be one of ours.
    if (told.seq < progress.seq || told.size == 0) return;
    if (log::root_at(told.size, *reader->tree(settings.own)) == head.root) return;
  } else if (told == progress && head.root == ours.root) {
    return;
  }
  // Anybody can claim so: what counts is whether our own log key has signed it.
  peer.is_own_head_in_doubt = true;
  ask_own_head(now, peer);
}

void Replicator::State::ask_own_head(Instant now, Peer& peer) {
  const bool is_asked = std::any_of(own_head_asked.begin(), own_head_asked.end(),
                                    [&](const auto& asked) { return asked.second == peer.id; });
  if (is_asked) return;
  const auto state = reader->state(settings.own);
  const auto identity = reader->identity(settings.own);
  MOOT_CHECK(state && state->head && identity);
  const std::uint32_t request = next_request++;
  own_head_asked[request] = peer.id;
  send(now, peer,
       wire::HeadGet{.organisation = settings.own,
                     .from_size = state->head->head.size,
                     .held = state->head->head.size,
                     .known_events = static_cast<std::uint32_t>(identity->events().size()),
                     .head_only = true,
                     .request = request,
                     .newest_event = identity->newest().id});
}

void Replicator::State::take_own_head(Instant now, Peer& peer, const wire::Head& answer) {
  const auto known = reader->identity(settings.own);
  const auto state = reader->state(settings.own);
  MOOT_CHECK(known && state && state->head);
  log::Identity identity = *known;
  for (const wire::Event& event : answer.events) {
    if (!identity.extend(event.leaf, event.position, event.rival)) break;
  }
  const auto checkpoint = log::check_checkpoint(answer.note, identity);
  if (!checkpoint || (*checkpoint)->organisation != settings.own) {
    if (!is_superseded(answer.note, identity)) {
      return close(peer, CloseReason::bad_data,
                   "a head of our own log that our key has not signed");
    }
    peer.is_own_head_in_doubt = false;
    return confirm_own_head(peer);
  }
  const log::Checkpoint& theirs = **checkpoint;
  const log::Checkpoint& ours = *state->head;
  const auto tree = reader->tree(settings.own);
  const Progress told{identity.valid_at(theirs.head.size).establish.seq, theirs.head.size};
  if (tracks.contains(settings.own)) {
    peer.known[settings.own] = told;
    return start_if_needed(now, settings.own);
  }
  if (theirs.head == ours.head) {
    peer.is_own_head_in_doubt = false;
    return confirm_own_head(peer);
  }
  // Our key was replaced elsewhere, and this home has not heard of it.
  const bool follows = log::extends(ours.head, theirs.head, answer.consistency).has_value();
  if (told.seq > progress_of(settings.own, ours.head).seq) {
    return raise_own_alarm(peer, theirs.head, !follows);
  }
  // It has verified that head and does not hold its entries, so that there is no proof: a head that
  // we have signed and do not know all the same.
  if (theirs.head.size > ours.head.size && answer.consistency.empty() && !answer.from_root) {
    return raise_own_alarm(peer, theirs.head, false);
  }
  std::optional<log::Evidence> evidence;
  if (theirs.head.size < ours.head.size) {
    const Hash root = log::root_at(theirs.head.size, *tree);
    evidence = log::find_fork(identity, theirs, ours, root,
                              log::consistency_proof(theirs.head.size, ours.head.size, *tree));
  } else {
    if (follows) return raise_own_alarm(peer, theirs.head, false);
    if (answer.from_root) {
      evidence = log::find_fork(identity, ours, theirs, *answer.from_root, answer.consistency);
    }
    if (!evidence) {
      return close(peer, CloseReason::bad_data,
                   "a head of our own log without the proof of how it came about");
    }
  }
  peer.is_own_head_in_doubt = evidence.has_value();
  if (!evidence) return confirm_own_head(peer);
  keep_evidence(now, *evidence);
  raise_own_alarm(peer, theirs.head, true);
}

void Replicator::State::raise_own_alarm(const Peer& peer, const log::Head& head,
                                        bool contradicts_ours) {
  if (own_log_ahead && !contradicts_ours) return;
  own_log_ahead = true;
  effects.emplace_back(OwnLogAhead{peer.organisation, head, contradicts_ours});
}

void Replicator::State::confirm_own_head(Peer& peer) {
  if (peer.has_confirmed_own_head || peer.is_own_head_in_doubt) return;
  peer.has_confirmed_own_head = true;
  effects.emplace_back(OwnHeadConfirmed{peer.organisation});
}

void Replicator::request_own_heads(Instant now) {
  State& s = *state_;
  s.last_now = now;
  s.own_log_ahead = false;
  s.own_head_asked.clear();
  for (auto& [id, peer] : s.peers) {
    if (!peer.is_open()) continue;
    peer.has_confirmed_own_head = false;
    peer.is_own_head_in_doubt = false;
    s.ask_own_head(now, peer);
  }
}

void Replicator::set_own_catch_up(Instant now, bool is_catching_up) {
  State& s = *state_;
  s.last_now = now;
  const auto found = s.tracks.find(s.settings.own);
  if (!is_catching_up) {
    if (found == s.tracks.end()) return;
    s.end_fetch(now, found->second);
    s.tracks.erase(found);
    return;
  }
  if (found != s.tracks.end()) return;
  Track& track = s.tracks[s.settings.own];
  track.follow = {.organisation = s.settings.own, .head_only = false};
  track.is_own = true;
  s.own_head_asked.clear();
  for (auto& [id, peer] : s.peers) {
    if (peer.is_open()) s.ask_own_head(now, peer);
  }
}

}  // namespace moot::sync

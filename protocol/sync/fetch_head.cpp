#include <algorithm>

#include "base/check.hpp"
#include "sync/fetch.hpp"

/// The first part of a fetch: which head the peer has, whether it follows from what is held here,
/// and if not, whether that is a fork, another branch that the officers stand by, or a lie.
namespace moot::sync {

using log::OrganisationId;

bool is_superseded(std::string_view text, const log::Identity& identity) {
  const auto note = log::parse_note(text);
  if (!note) return false;
  const auto& events = identity.events();
  return std::any_of(events.begin(), std::prev(events.end()), [&](const auto& event) {
    const auto key = log::log_verifier_key(identity.organisation(), event.establish.log_key);
    return log::verify_note(*note, key).has_value();
  });
}

/// The head that the peer's has to follow from: the newest that was verified, or, where a rewind
/// left none that fits, what is held.
log::Head Fetch::base() const {
  return point_.verified.size > 0 ? point_.verified : point_.frontier.head();
}

wire::Message Fetch::head_get(log::TreeSize from_size, const log::Identity* identity) const {
  wire::HeadGet get{.organisation = organisation_,
                    .from_size = from_size,
                    .held = point_.frontier.size(),
                    .known_events = 0,
                    .head_only = head_only_ || phase_ == Phase::bisect,
                    .request = request_,
                    .newest_event = std::nullopt};
  if (identity != nullptr) {
    get.known_events = static_cast<std::uint32_t>(identity->events().size());
    get.newest_event = identity->newest().id;
  }
  return get;
}

wire::Message Fetch::begin() const {
  return head_get(base().size, point_.identity ? &*point_.identity : nullptr);
}

// ---- events

Result<log::Identity, FetchFault> Fetch::chain_of(const std::vector<wire::Event>& events) const {
  const bool is_anew = !events.empty() && events.front().position == 0;
  std::optional<log::Identity> identity;
  if (!is_anew) identity = point_.identity;
  for (const wire::Event& event : events) {
    if (identity) {
      const auto extended = identity->extend(event.leaf, event.position, event.rival);
      if (!extended) return fail(fault("an establish event", extended.error()));
      continue;
    }
    auto first = log::Identity::begin(event.leaf);
    if (!first) return fail(fault("the first establish event", first.error()));
    if (first->organisation() != organisation_) {
      return fail(fault("the first establish event is another organisation's"));
    }
    identity = std::move(*first);
  }
  if (!identity) return fail(fault("no establish event came with the head"));
  return std::move(*identity);
}

/// Which of two chains is to be believed, where both are whole and valid.
Fetch::Chains Fetch::compare(const log::Identity& theirs) const {
  if (!point_.identity) return Chains::theirs;
  const auto& ours = point_.identity->events();
  const auto& other = theirs.events();
  const std::size_t shared = std::min(ours.size(), other.size());
  std::size_t at = 0;
  while (at < shared && ours[at].id == other[at].id) ++at;
  if (at == shared) return other.size() > ours.size() ? Chains::theirs : Chains::ours;
  const auto repudiates = [at](const auto& events, const Hash& rival) {
    return events.size() > at + 1 && events[at + 1].establish.repudiated == rival;
  };
  const bool is_theirs = repudiates(other, ours[at].id);
  const bool is_ours = repudiates(ours, other[at].id);
  // Officers who repudiate each other settle nothing: all holders choose alike, by the lower id.
  if (is_theirs && is_ours) return other[at].id < ours[at].id ? Chains::theirs : Chains::ours;
  if (is_theirs) return Chains::theirs;
  return is_ours ? Chains::ours : Chains::rivals;
}

Result<Done, FetchFault> Fetch::check_event_positions(const wire::Head& answer) const {
  const log::Head& head = (*target_)->head;
  for (const wire::Event& event : answer.events) {
    const auto included =
        log::verify_inclusion(event.position, log::hash_leaf(event.leaf), event.inclusion, head);
    if (!included) return fail(fault("an establish event's place", included.error()));
    const auto entry = log::decode_entry(event.leaf);
    const auto* establish = entry ? std::get_if<log::Establish>(&*entry) : nullptr;
    if (establish == nullptr) return fail(fault("an establish event that does not decode"));
    const log::Head trusted{establish->trusted_size, establish->trusted_root};
    const auto is_in = log::extends(trusted, head, event.trusted);
    if (!is_in) {
      return fail(
          fault("the head that an establish event stands by is not in its log", is_in.error()));
    }
  }
  return Done{};
}

// ---- the head

FetchStep Fetch::finish(FetchStep step) {
  phase_ = Phase::finished;
  step.is_finished = true;
  return step;
}

Result<FetchStep, FetchFault> Fetch::handle(wire::Head answer) {
  if (phase_ == Phase::bisect) return take_bisection(answer);
  if (phase_ != Phase::head) return fail(fault("a head that was not asked for"));
  if (answer.organisation != organisation_ || answer.from_size != base().size) {
    return fail(fault("a head that does not answer what was asked"));
  }
  auto identity = chain_of(answer.events);
  if (!identity) return fail(identity.error());
  FetchStep step;
  step.told = Progress{};
  const Chains chains = compare(*identity);
  if (chains == Chains::rivals) return take_rivals(std::move(step), *identity);
  const bool is_newer = chains == Chains::theirs;
  if (!is_newer) identity = *point_.identity;

  auto checkpoint = log::check_checkpoint(answer.note, *identity);
  if (!checkpoint) {
    if (is_superseded(answer.note, *identity)) return finish(std::move(step));
    return fail(fault("its checkpoint", checkpoint.error()));
  }
  if ((*checkpoint)->organisation != organisation_) {
    return fail(fault("its checkpoint is another organisation's"));
  }
  const log::Head head = (*checkpoint)->head;
  step.told = Progress{identity->valid_at(head.size).establish.seq, head.size};
  target_ = std::move(*checkpoint);
  if (is_newer) {
    if (const auto placed = check_event_positions(answer); !placed) return fail(placed.error());
    if (follows_from_base(answer)) return take_head(std::move(step), answer, *identity, is_newer);
    // Of a log that is new here nothing is held that could be taken back.
    if (!point_.identity) return fail(fault("a consistency proof where there is nothing to prove"));
    return begin_bisection(std::move(step), std::move(*identity));
  }
  if (head.size <= base().size || !follows_from_base(answer)) {
    if (head == base()) return take_head(std::move(step), answer, *identity, is_newer);
    return judge_contradiction(std::move(step), answer);
  }
  return take_head(std::move(step), answer, *identity, is_newer);
}

bool Fetch::follows_from_base(const wire::Head& answer) const {
  return log::extends(base(), (*target_)->head, answer.consistency).has_value();
}

/// It follows from what is known here.
Result<FetchStep, FetchFault> Fetch::take_head(FetchStep step, wire::Head& answer,
                                               const log::Identity& identity, bool is_newer) {
  point_.identity = identity;
  if (is_newer) step.identity = identity;
  step.target = target_;
  const log::TreeSize size = (*target_)->head.size;
  if (head_only_ || point_.frontier.size() >= size) return finish(std::move(step));
  if (!answer.tail.leaves.empty() && answer.tail.first == point_.frontier.size()) {
    return take_tail(std::move(step), std::move(answer.tail));
  }
  return ask_for_nodes(std::move(step));
}

/// A head under the identity that is known here, which is not the one held grown longer. It may be
/// older (never evidence of anything: the peer is behind), or one of two that cannot both be true;
/// else the peer lies.
Result<FetchStep, FetchFault> Fetch::judge_contradiction(FetchStep step, const wire::Head& answer) {
  const log::Checkpoint& theirs = **target_;
  const auto state = reader_->state(organisation_);
  const std::optional<log::Checkpoint>* ours = nullptr;
  if (state && state->head && state->head->head == point_.verified) ours = &state->head;
  if (state && state->target && state->target->head == point_.verified) ours = &state->target;
  std::optional<log::Evidence> evidence;
  if (ours != nullptr && theirs.head.size < base().size) {
    // Only what is held as far as that shows whether the older head was one of this log's.
    if (point_.frontier.size() < base().size) return finish(std::move(step));
    const auto tree = reader_->tree(organisation_);
    const Hash root = log::root_at(theirs.head.size, *tree);
    if (root == theirs.head.root) return finish(std::move(step));
    evidence = log::find_fork(*point_.identity, theirs, **ours, root,
                              log::consistency_proof(theirs.head.size, base().size, *tree));
    // Heads of an older key were judged when it was replaced.
    if (!evidence) return finish(std::move(step));
  } else if (ours != nullptr) {
    const Hash root = answer.from_root ? *answer.from_root : theirs.head.root;
    evidence = log::find_fork(*point_.identity, **ours, theirs, root, answer.consistency);
  }
  if (!evidence) {
    if (theirs.head.size < base().size) return finish(std::move(step));
    return fail(fault("its head does not extend the one held"));
  }
  step.evidence = std::move(*evidence);
  step.freeze = Freeze{fault("two signed heads, of " + std::to_string(theirs.head.size) + " and " +
                             std::to_string(base().size) + " entries, cannot both be true")
                           .detail};
  return finish(std::move(step));
}

Result<FetchStep, FetchFault> Fetch::take_rivals(FetchStep step, const log::Identity& theirs) {
  const auto& ours = point_.identity->events();
  std::size_t at = 0;
  while (ours[at].id == theirs.events()[at].id) ++at;
  step.evidence = log::find_rivals(*point_.identity, theirs.events()[at].leaf);
  if (!step.evidence) return fail(fault("an establish event that is no rival of the one known"));
  if (log::is_late(*step.evidence, *point_.identity)) {
    step.evidence.reset();
    return finish(std::move(step));
  }
  step.freeze = Freeze{fault("two establish events of one seq, " + std::to_string(at)).detail};
  return finish(std::move(step));
}

Result<FetchStep, FetchFault> Fetch::take_tail(FetchStep step, wire::Tail tail) {
  auto range =
      log::check_tail(organisation_, point_.frontier, std::move(tail.leaves), (*target_)->head);
  // Whose fault it is, the blocks will show: each has a hash of its own that the root vouches for.
  if (!range) return ask_for_nodes(std::move(step));
  auto verified = log::check_bodies(std::move(*range), std::move(tail.bodies));
  if (!verified) return fail(fault("bodies sent with its head", verified.error()));
  step.ranges.push_back(std::move(*verified));
  phase_ = Phase::finished;
  step.is_finished = true;
  return step;
}

// ---- the last entry that two branches share

/// The officers stand by another branch than the one held. What both share is found by halving:
/// each answer proves which root the other branch had at one size.
FetchStep Fetch::begin_bisection(FetchStep step, log::Identity identity) {
  phase_ = Phase::bisect;
  const log::TreeSize held = point_.frontier.size();
  const log::Establish& newest = identity.newest().establish;
  candidate_ = std::move(identity);
  // Entry 0 is the event that the organisation's id names.
  shared_ = std::min<log::TreeSize>(held, 1);
  if (newest.trusted_size <= held &&
      log::root_at(newest.trusted_size, *reader_->tree(organisation_)) == newest.trusted_root) {
    shared_ = newest.trusted_size;
  }
  unshared_ = std::min(held, (*target_)->head.size) + 1;
  return go_on_bisecting(std::move(step));
}

FetchStep Fetch::go_on_bisecting(FetchStep step) {
  if (unshared_ - shared_ <= 1) {
    step.identity = candidate_;
    step.rewind = shared_;
    return finish(std::move(step));
  }
  step.send.push_back(head_get(shared_ + (unshared_ - shared_) / 2, &*candidate_));
  return step;
}

Result<FetchStep, FetchFault> Fetch::take_bisection(const wire::Head& answer) {
  const log::TreeSize middle = shared_ + (unshared_ - shared_) / 2;
  if (answer.organisation != organisation_ || answer.from_size != middle) {
    return fail(fault("a head that does not answer what was asked"));
  }
  FetchStep step;
  const auto checkpoint = log::check_checkpoint(answer.note, *candidate_);
  // It has moved on to yet another event meanwhile: begin anew.
  if (!answer.events.empty() || (checkpoint && (*checkpoint)->head.size < middle)) {
    step.is_restart = true;
    return finish(std::move(step));
  }
  if (!checkpoint) return fail(fault("its checkpoint", checkpoint.error()));
  if (!answer.from_root ||
      !log::extends({middle, *answer.from_root}, (*checkpoint)->head, answer.consistency)) {
    return fail(fault("a root within its log that its head does not bear out"));
  }
  const bool is_shared = log::root_at(middle, *reader_->tree(organisation_)) == *answer.from_root;
  (is_shared ? shared_ : unshared_) = middle;
  return go_on_bisecting(std::move(step));
}

}  // namespace moot::sync

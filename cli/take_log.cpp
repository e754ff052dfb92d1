#include "command/take_log.hpp"

#include <algorithm>

#include "command/log_pieces.hpp"
#include "log/evidence.hpp"

namespace moot::command {
namespace {

constexpr std::size_t batch_bytes = 8 * limits::MiB;

Error failed(std::string message, std::string hint) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Error false_log(const log::OrganisationId& organisation, std::string_view why) {
  return {.code = "verification-failed",
          .message = "what is there of " + log::to_text(organisation) +
                     " is false: " + std::string(why) + "; nothing was taken from it",
          .hint = "do not rely on it, and tell whoever gave it to you",
          .problems = {}};
}

Error store_refused(store::Fault fault) {
  const bool is_full = fault == store::Fault::disk_full;
  return {.code = is_full ? "disk-full" : "failed",
          .message = "the store refused it: " + std::string(store::describe(fault)),
          .hint = is_full ? "make room on the disk, then try again" : "`moot audit` tells more",
          .problems = {}};
}

/// How many of the events have their entry among the first `size`.
std::size_t events_within(const log::Identity& identity, log::TreeSize size) {
  const auto& events = identity.events();
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(),
                    [&](const log::EstablishEvent& event) { return event.position < size; }));
}

bool repudiates(const log::Identity& identity, const Hash& id) {
  return std::any_of(
      identity.events().begin(), identity.events().end(),
      [&](const log::EstablishEvent& event) { return event.establish.repudiated == id; });
}

class LogTaker {
 public:
  LogTaker(store::Store& to, const log::LogReader& from, const log::OrganisationId& organisation,
           log::LeafIndex first, const TakeOptions& options)
      : to_(to), from_(from), organisation_(organisation), first_(first), options_(options) {
    out_.organisation = organisation;
  }

  Result<TakenLog, Error> take() {
    if (const auto read = read_source(); !read) return fail(read.error());
    if (const auto joined = verify_source(); !joined) return fail(joined.error());
    if (const auto kept = keep_evidence_of_source(); !kept) return fail(kept.error());
    if (ours_) {
      const auto compared = compare();
      if (!compared) return fail(compared.error());
    }
    const log::Identity& newest =
        !ours_ || theirs_->events().size() > ours_->events().size() ? *theirs_ : *ours_;
    out_.is_frozen = is_frozen_under(newest);
    if (!out_.is_frozen && !out_.is_left_behind) {
      const auto added = add();
      if (!added) return fail(added.error());
    }
    const auto state = to_.state(organisation_);
    out_.held = state ? state->held : 0;
    return out_;
  }

 private:
  // What the source says, checked so far as it can be by itself.
  Result<Done, Error> read_source() {
    const auto state = from_.state(organisation_);
    theirs_ = from_.identity(organisation_);
    if (!state || !state->head || !theirs_) {
      return fail(failed("nothing whole is there of " + log::to_text(organisation_),
                         "wait until its log is there whole, then try again"));
    }
    auto checkpoint = log::check_checkpoint(state->head->note, *theirs_);
    if (!checkpoint) return fail(false_log(organisation_, log::describe(checkpoint.error())));
    their_head_ = std::move(*checkpoint);
    their_tree_ = from_.tree(organisation_);
    ours_ = to_.identity(organisation_);
    our_tree_ = to_.tree(organisation_);
    const auto ours = to_.state(organisation_);
    if (ours) our_state_ = *ours;
    if (first_ > our_state_.held) {
      return fail(failed("it begins at entry " + std::to_string(first_) + ", and only " +
                             std::to_string(our_state_.held) + " entries are here",
                         "read a bundle with the entries before it first"));
    }
    return Done{};
  }

  /// Do the source's blocks, behind what is here before its first entry, lead to the signed root,
  /// and do the events stand where it says?
  Result<Done, Error> verify_source() {
    const log::TreeSize size = their_head().size;
    log::Frontier frontier;
    if (first_ > 0) frontier = log::frontier_at(first_, *our_tree_);
    for (log::LeafIndex at = first_; at < size; at += limits::block_entries) {
      const std::uint64_t count = std::min<std::uint64_t>(limits::block_entries, size - at);
      if (count == limits::block_entries) {
        block_hashes_.push_back(their_tree_->subtree(log::tile_height, at / count));
        frontier.append_subtree(log::tile_height, block_hashes_.back());
        continue;
      }
      auto hashes = their_tree_->tile(0, at / limits::block_entries);
      if (hashes.size() < count) return fail(false_log(organisation_, "entries are missing"));
      hashes.resize(count);
      block_hashes_.push_back(log::root_over(hashes));
      for (const Hash& hash : hashes) frontier.append(hash);
    }
    if (frontier.head() != their_head()) {
      if (first_ == 0) return fail(false_log(organisation_, log::describe(log::Fault::wrong_root)));
      return fail(Error{.code = "verification-failed",
                        .message = "it does not follow from the first " + std::to_string(first_) +
                                   " entries that are here",
                        .hint = "ask for a bundle of the whole log: it can show which is false",
                        .problems = {}});
    }
    for (const log::EstablishEvent& event : theirs_->events()) {
      const log::LogReader& reader = event.position < first_ ? to_ : from_;
      const Bytes bundle = reader.leaves(organisation_, event.position, 1, SIZE_MAX);
      const auto leaves = log::split_leaves(bundle, 1);
      const bool stands_there = leaves && leaves->size() == 1 &&
                                std::equal(leaves->front().begin(), leaves->front().end(),
                                           event.leaf.begin(), event.leaf.end());
      if (!stands_there) return fail(false_log(organisation_, "a key event is not where it says"));
    }
    return Done{};
  }

  Result<Done, Error> keep_evidence_of_source() {
    for (const Bytes& file : from_.evidence(organisation_)) {
      const auto judged = log::judge_evidence(file);
      if (!judged || judged->evidence.organisation != organisation_) continue;
      const auto known = to_.identity(organisation_);
      if (known && log::is_late(judged->evidence, *known)) continue;
      if (const auto kept = keep(judged->evidence); !kept) return kept;
    }
    return Done{};
  }

  Result<Done, Error> keep(const log::Evidence& evidence) {
    auto file = log::to_file(evidence);
    if (!file) return Done{};
    const auto before = to_.evidence(organisation_).size();
    // Evidence needs the organisation to be known; of one that is new here it comes with the log.
    if (!to_.identity(organisation_)) {
      if (const auto put = apply(store::PutIdentity{*theirs_}); !put) return put;
    }
    const auto kept = apply(store::KeepEvidence{
        .organisation = organisation_, .epoch = evidence.epoch, .file = std::move(*file)});
    if (!kept) return kept;
    out_.evidence += to_.evidence(organisation_).size() - before;
    return Done{};
  }

  bool is_frozen_under(const log::Identity& identity) const {
    const auto files = to_.evidence(organisation_);
    return std::any_of(files.begin(), files.end(), [&](const Bytes& file) {
      const auto judged = log::judge_evidence(file);
      return judged && log::freezes(judged->evidence, identity);
    });
  }

  Result<Done, Error> compare() {
    const std::size_t known = std::min(ours_->events().size(), theirs_->events().size());
    for (std::size_t seq = 1; seq < known; ++seq) {
      if (ours_->events()[seq].id != theirs_->events()[seq].id) return compare_rivals(seq);
    }
    const log::TreeSize both = std::min(our_state_.held, their_head().size);
    if (agree_at(both)) return Done{};
    return contradiction();
  }

  Result<Done, Error> compare_rivals(std::size_t seq) {
    const auto evidence = log::find_rivals(*ours_, theirs_->events()[seq].leaf);
    if (!evidence) {
      return fail(false_log(organisation_, "its key events contradict those that are known here"));
    }
    if (repudiates(*theirs_, ours_->events()[seq].id)) {
      if (const auto kept = keep(*evidence); !kept) return kept;
      return rewind(seq);
    }
    if (!log::is_late(*evidence, *ours_)) {
      if (const auto kept = keep(*evidence); !kept) return kept;
    }
    out_.is_left_behind = true;
    return Done{};
  }

  bool agree_at(log::TreeSize size) const {
    return log::root_at(size, *our_tree_) == log::root_at(size, *their_tree_);
  }

  Result<Done, Error> contradiction() {
    const std::size_t ours = events_within(*ours_, our_state_.held);
    const std::size_t theirs = events_within(*theirs_, their_head().size);
    if (theirs > ours) return rewind(ours);
    if (theirs < ours) {
      out_.is_left_behind = true;
      return Done{};
    }
    const auto evidence = find_fork();
    if (!evidence) {
      return fail(Error{.code = "verification-failed",
                        .message = "it contradicts what is here of " + log::to_text(organisation_) +
                                   ", and neither can be shown to be false yet",
                        .hint = "let the node fetch that log to its end, then try again",
                        .problems = {}});
    }
    return keep(*evidence);
  }

  std::optional<log::Evidence> find_fork() const {
    if (!our_state_.head) return std::nullopt;
    const log::Checkpoint& ours = *our_state_.head;
    const log::Checkpoint& theirs = **their_head_;
    const bool is_ours_smaller = ours.head.size <= theirs.head.size;
    const log::Checkpoint& smaller = is_ours_smaller ? ours : theirs;
    const log::Checkpoint& larger = is_ours_smaller ? theirs : ours;
    const log::TileReader& tree = is_ours_smaller ? *their_tree_ : *our_tree_;
    const Hash root = log::root_at(smaller.head.size, tree);
    const auto proof = log::consistency_proof(smaller.head.size, larger.head.size, tree);
    // The two may have the newest event at different places.
    for (const log::Identity* identity : {&*ours_, &*theirs_}) {
      auto found = log::find_fork(*identity, smaller, larger, root, proof);
      if (found) return found;
    }
    return std::nullopt;
  }

  /// The officers stand by a history that is not ours from some entry on: their event `seq` says
  /// so.
  Result<Done, Error> rewind(std::size_t seq) {
    if (to_.own_organisation() == organisation_) {
      return fail(
          failed("it is another history of this home's own log than the one here, by a "
                 "newer decision of the officers",
                 "this home is an old copy: make a new one with `moot restore`"));
    }
    const log::Establish& event = theirs_->events()[seq].establish;
    if (first_ > 0 && (event.trusted_size < first_ || !agree_at(first_))) {
      return fail(failed("it begins after the place where it differs from what is here",
                         "ask for a bundle of the whole log"));
    }
    if (log::root_at(event.trusted_size, *their_tree_) != event.trusted_root) {
      return fail(false_log(organisation_, "the officers stand by another history than this"));
    }
    log::TreeSize agreed = first_;
    log::TreeSize differs = std::min(our_state_.held, their_head().size) + 1;
    while (differs - agreed > 1) {
      const log::TreeSize middle = agreed + (differs - agreed) / 2;
      (agree_at(middle) ? agreed : differs) = middle;
    }
    const auto rewound = apply(store::Rewind{.identity = *theirs_, .size = agreed, .own = false});
    if (!rewound) return rewound;
    out_.is_rewound = true;
    ours_ = to_.identity(organisation_);
    our_tree_ = to_.tree(organisation_);
    our_state_ = to_.state(organisation_).value_or(log::LogState{});
    return Done{};
  }

  Result<Done, Error> add() {
    const log::TreeSize size = their_head().size;
    const bool is_own = to_.own_organisation() == organisation_;
    if (is_own && !options_.is_restoring && size > our_state_.held) {
      return fail(failed("it holds more of this home's own log than the home itself",
                         "this home is an old copy: make a new one with `moot restore`"));
    }
    if (!ours_ || theirs_->events().size() > ours_->events().size()) {
      if (const auto put = apply(store::PutIdentity{*theirs_}); !put) return put;
    }
    if (const auto filled = fill_bodies(); !filled) return filled;
    if (size <= our_state_.held) return Done{};
    return add_entries(size, is_own);
  }

  Result<Done, Error> add_entries(log::TreeSize size, bool is_own) {
    receive_ = {.organisation = organisation_,
                .own_catch_up = is_own,
                .ranges = {},
                .target = *their_head_};
    for (log::LeafIndex at = our_state_.held; at < size;) {
      const log::LeafIndex end =
          std::min<log::LeafIndex>(at - at % limits::block_entries + limits::block_entries, size);
      if (const auto added = add_block(at, end, size); !added) return added;
      at = end;
      if (options_.progress) options_.progress(at, size);
    }
    if (const auto stored = store_ranges(); !stored) return stored;
    out_.added = size - our_state_.held;
    return Done{};
  }

  /// From `at` to the end of its block or of the log; its bodies in pieces, as they may be long.
  Result<Done, Error> add_block(log::LeafIndex at, log::LeafIndex end, log::TreeSize size) {
    const std::uint64_t within = at % limits::block_entries;
    const std::uint64_t block = at / limits::block_entries;
    std::vector<Hash> held_hashes;
    if (within > 0) held_hashes = our_tree_->tile(0, block);
    held_hashes.resize(within);
    const Hash& block_hash = block_hashes_[block - first_ / limits::block_entries];
    auto range = log::check_block(organisation_, at, leaves_between(from_, organisation_, at, end),
                                  held_hashes, size, block_hash);
    if (!range) return fail(false_log(organisation_, log::describe(range.error())));
    while (at < end) {
      auto part = from_.bodies(organisation_, at, end - at, limits::block_bytes_max, true);
      if (part.next <= at || part.next > end) {
        return fail(false_log(organisation_, "its bodies do not fit its entries"));
      }
      auto checked =
          log::check_bodies(log::take_front(*range, part.next - at), std::move(part.bundle));
      if (!checked) return fail(false_log(organisation_, log::describe(checked.error())));
      at = part.next;
      waiting_bytes_ += (*checked)->leaves.size() + (*checked)->bodies.size();
      receive_.ranges.push_back(std::move(*checked));
      if (waiting_bytes_ < batch_bytes) continue;
      if (const auto stored = store_ranges(); !stored) return stored;
    }
    return Done{};
  }

  Result<Done, Error> store_ranges() {
    if (receive_.ranges.empty()) return Done{};
    const auto stored = apply(receive_);
    receive_.ranges.clear();
    waiting_bytes_ = 0;
    return stored;
  }

  /// Bodies of entries that are here, which no peer has given yet.
  Result<Done, Error> fill_bodies() {
    if (our_state_.bodies_missing == 0) return Done{};
    const log::TreeSize both = std::min(our_state_.held, their_head().size);
    for (log::LeafIndex at = first_; at < both; at += limits::block_entries) {
      const log::LeafIndex end = std::min<log::LeafIndex>(at + limits::block_entries, both);
      if (!misses_bodies(to_, organisation_, at, end)) continue;
      const auto filled =
          apply(store::FillBodies{.organisation = organisation_,
                                  .first = at,
                                  .leaves = leaves_between(from_, organisation_, at, end),
                                  .bodies = bodies_between(from_, organisation_, at, end)});
      if (!filled) return filled;
      out_.bodies += end - at;
    }
    return Done{};
  }

  Result<Done, Error> apply(store::Job job) {
    const auto results = to_.apply({&job, 1});
    if (results.front()) return Done{};
    return fail(store_refused(results.front().error()));
  }

  const log::Head& their_head() const { return (*their_head_)->head; }

  store::Store& to_;
  const log::LogReader& from_;
  const log::OrganisationId organisation_;
  const log::LeafIndex first_;
  const TakeOptions& options_;
  TakenLog out_;
  std::optional<log::Identity> theirs_;
  std::optional<log::Identity> ours_;
  std::optional<log::Verified<log::Checkpoint>> their_head_;
  std::unique_ptr<log::TileReader> their_tree_;
  std::unique_ptr<log::TileReader> our_tree_;
  log::LogState our_state_;
  std::vector<Hash> block_hashes_;  ///< of the source, from `first_` on
  store::Receive receive_;          ///< verified, and not yet in the store
  std::size_t waiting_bytes_ = 0;   ///< in it
};

}  // namespace

Result<TakenLog, Error> take_log(store::Store& to, const log::LogReader& from,
                                 const log::OrganisationId& organisation, log::LeafIndex first,
                                 const TakeOptions& options) {
  return LogTaker(to, from, organisation, first, options).take();
}

}  // namespace moot::command

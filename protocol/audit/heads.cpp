#include "audit/heads.hpp"

#include <algorithm>

#include "audit/branches.hpp"
#include "audit/cosignatures.hpp"

namespace moot::audit {
namespace {

std::string checkpoint_text(log::TreeSize size) {
  return "checkpoint of size " + std::to_string(size);
}

/// The rival that the next event repudiates stands in no log, only beside it.
ByteView rival_of_next(const std::optional<log::Identity>& kept, const log::Identity& identity) {
  const std::size_t seq = identity.events().size();
  if (!kept || seq >= kept->events().size()) return {};
  return kept->events()[seq].rival_leaf;
}

void compare_with_kept(const std::optional<log::Identity>& kept, const log::Identity& identity,
                       Findings& findings) {
  const auto same = [](const log::EstablishEvent& a, const log::EstablishEvent& b) {
    return a.id == b.id && a.position == b.position && a.leaf == b.leaf;
  };
  const auto& events = identity.events();
  // Events past the held entries are known before their entries arrive.
  if (kept && kept->events().size() >= events.size() &&
      std::equal(events.begin(), events.end(), kept->events().begin(), same)) {
    return;
  }
  findings.at("the identity that is kept of this log", "is not the one in the log's own entries",
              std::to_string(events.size()) + " events, as the entries have them",
              "what is held is damaged: fetch the log again from a peer");
}

/// Each checkpoint once: the kept ones, the head and the target, ascending by size.
std::vector<log::Checkpoint> all_checkpoints(const Scope& scope, const log::LogState& state) {
  std::vector<log::Checkpoint> all = scope.reader.checkpoints(scope.organisation);
  if (state.head) all.push_back(*state.head);
  if (state.target) all.push_back(*state.target);
  std::stable_sort(all.begin(), all.end(), [](const log::Checkpoint& a, const log::Checkpoint& b) {
    return a.head.size != b.head.size ? a.head.size < b.head.size : a.note < b.note;
  });
  const auto same = [](const log::Checkpoint& a, const log::Checkpoint& b) {
    return a.head == b.head && a.note == b.note;
  };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

/// What the signature of one checkpoint is worth: nothing when it is good.
std::optional<std::string> signature_problem(const Scope& scope, const log::Identity& identity,
                                             const log::Checkpoint& checkpoint) {
  const auto checked = log::check_checkpoint(checkpoint.note, identity);
  if (!checked) return std::string(log::describe(checked.error()));
  if ((*checked)->organisation != scope.organisation || !((*checked)->head == checkpoint.head)) {
    return "is kept under another size or root than its note says";
  }
  return std::nullopt;
}

/// Two heads of one size with different roots, both with good signatures. `good` ascending by size.
void report_forks(std::span<const log::Head> good, Findings& findings) {
  for (std::size_t i = 1; i < good.size(); ++i) {
    if (good[i - 1].size != good[i].size || good[i - 1].root == good[i].root) continue;
    findings.at(checkpoint_text(good[i].size), "was signed twice with different roots: a fork",
                "one root for each size",
                "the organisation, or a thief of its key, told two stories: ask its officers");
  }
}

void check_trusted_roots(const Scope& scope, const log::Identity& identity,
                         const std::map<log::TreeSize, std::optional<Hash>>& roots,
                         Findings& findings) {
  for (const log::EstablishEvent& event : identity.events()) {
    const log::Establish& establish = event.establish;
    if (establish.seq == 0 || event.position >= scope.held) continue;
    const std::optional<Hash>& root = roots.at(establish.trusted_size);
    if (!root) {
      findings.not_checked("the root that the officers stand by in " + entry_text(event.position));
    } else if (*root != establish.trusted_root) {
      findings.at_entry(event.position,
                        "the officers stand by another root of the first " +
                            std::to_string(establish.trusted_size) + " entries than the log has",
                        "the root of the entries before it",
                        "entries were changed after the officers saw them");
    }
  }
}

}  // namespace

std::optional<log::Identity> rebuild_identity(const Scope& scope,
                                              std::span<const log::LeafIndex> positions,
                                              Findings& findings) {
  const auto first_leaf = read_leaf(scope, 0);
  auto identity = first_leaf ? log::Identity::begin(*first_leaf)
                             : Result<log::Identity, log::Fault>(fail(log::Fault::truncated));
  if (!identity || identity->organisation() != scope.organisation) {
    findings.at_entry(
        0,
        identity ? "founds " + log::to_text(identity->organisation())
                 : "founds no organisation: " + std::string(log::describe(identity.error())),
        "the first establish event of " + log::to_text(scope.organisation));
    return std::nullopt;
  }
  const auto kept = scope.reader.identity(scope.organisation);
  for (const log::LeafIndex position : positions) {
    if (position == 0) continue;
    if (identity->events().size() == limits::establish_events_max) {
      findings.at_entry(position, "is an establish event past the last that there may be",
                        "at most " + std::to_string(limits::establish_events_max) + " events");
      break;
    }
    const auto leaf = read_leaf(scope, position);
    const auto extended = leaf ? identity->extend(*leaf, position, rival_of_next(kept, *identity))
                               : Result<Done, log::Fault>(fail(log::Fault::truncated));
    if (!extended) {
      findings.at_entry(
          position, "is no valid establish event: " + std::string(log::describe(extended.error())),
          "an event signed by enough reserve keys of the event before it");
    }
  }
  compare_with_kept(kept, *identity, findings);
  return std::move(*identity);
}

void check_epochs(const log::Identity& identity, std::span<const Stretch::EpochFrom> epochs,
                  Findings& findings) {
  for (const Stretch::EpochFrom& from : epochs) {
    const std::uint32_t expected =
        from.entry == 0 ? 0 : identity.valid_at(from.entry).establish.seq;
    if (from.epoch == expected) continue;
    findings.at_entry(from.entry, "was written under establish event " + std::to_string(from.epoch),
                      "event " + std::to_string(expected) + ", which was in force at its place");
  }
}

void check_heads(const Scope& scope, const log::LogState& state, const log::Identity& identity,
                 const RecomputedTree& tree, const Options& options, LogReport& report,
                 Findings& findings) {
  const std::vector<log::Checkpoint> all = all_checkpoints(scope, state);
  const auto covered_end = std::find_if(all.begin(), all.end(), [&](const log::Checkpoint& one) {
    return one.head.size > scope.held;
  });
  const std::span<const log::Checkpoint> covered(all.begin(), covered_end);
  std::vector<log::TreeSize> sizes;
  for (const log::Checkpoint& checkpoint : covered) sizes.push_back(checkpoint.head.size);
  for (const log::EstablishEvent& event : identity.events()) {
    sizes.push_back(event.establish.trusted_size);
  }
  const auto roots = tree.roots_at(std::move(sizes));

  std::vector<std::optional<std::string>> signature_problems(covered.size());
  run(options, covered.size(), [&](std::size_t i) {
    signature_problems[i] = signature_problem(scope, identity, covered[i]);
  });
  Cosigners cosigners(scope.reader);
  std::vector<log::Head> well_signed;
  std::vector<log::Checkpoint> good;
  for (std::size_t i = 0; i < covered.size(); ++i) {
    const log::Head& head = covered[i].head;
    if (const std::optional<std::string>& problem = signature_problems[i]) {
      findings.at(checkpoint_text(head.size), *problem,
                  "a note signed by the log key in force at its size");
      continue;
    }
    well_signed.push_back(head);
    const std::optional<Hash>& root = roots.at(head.size);
    if (!root) {
      findings.not_checked("the root of the " + checkpoint_text(head.size) +
                           ", because entries under it cannot be read");
    } else if (*root != head.root) {
      findings.at(checkpoint_text(head.size), "its root does not follow from the entries",
                  "the root over the first " + std::to_string(head.size) + " entries",
                  "entries were changed after they were signed");
    } else {
      ++report.checkpoints;
      report.cosignatures += cosigners.take(covered[i], findings);
      good.push_back(covered[i]);
    }
  }
  report_forks(well_signed, findings);
  check_trusted_roots(scope, identity, roots, findings);
  cosigners.take_rows(scope, tree, findings);
  report.witnesses = cosigners.witnesses();
  if (options.policy) {
    check_policy(scope, identity, good, *options.policy, report, findings);
  }
  for (auto past = covered_end; past != all.end(); ++past) {
    findings.not_checked("the " + checkpoint_text(past->head.size) + ": only " +
                         std::to_string(scope.held) + " entries are held so far");
  }
}

}  // namespace moot::audit

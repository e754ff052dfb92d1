#include "audit/verifier.hpp"

#include <algorithm>
#include <atomic>

#include "audit/branches.hpp"
#include "audit/erasures.hpp"
#include "audit/heads.hpp"

namespace moot::audit {
namespace {

/// Entries done, over all logs of one audit.
class Progress {
 public:
  Progress(const Options& options, std::uint64_t total) : options_(options), total_(total) {}
  void add(std::uint64_t entries) {
    const std::uint64_t done = done_ += entries;
    if (options_.progress) options_.progress(done, total_);
  }

 private:
  const Options& options_;
  std::uint64_t total_;
  std::atomic<std::uint64_t> done_ = 0;
};

std::string count_text(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

/// Judges one log: all stretches scanned in parallel, then what concerns more than one of them.
class LogAudit {
 public:
  LogAudit(const log::LogReader& reader, const log::OrganisationId& organisation,
           const Options& options, Progress& progress)
      : scope_{reader, organisation, 0}, options_(options), progress_(progress) {
    report_.organisation = organisation;
  }

  LogReport judge() {
    const auto state = scope_.reader.state(scope_.organisation);
    if (!state || state->held == 0) {
      findings_.not_checked("nothing of this log is held");
    } else if (state->held > limits::log_entries_max) {
      findings_.not_checked("the log is longer than this version of Moot can judge");
    } else {
      scope_.held = state->held;
      find_hidden_here();
      judge_held(*state);
    }
    findings_.move_into(report_);
    report_.verdict = !report_.problems.empty()      ? Verdict::failed
                      : !report_.not_checked.empty() ? Verdict::incomplete
                                                     : Verdict::ok;
    return std::move(report_);
  }

 private:
  void judge_held(const log::LogState& state) {
    report_.entries = scope_.held;
    if (state.head) report_.head = state.head->head;
    scan_all();
    check_version_chains();
    const RecomputedTree tree = recomputed_tree();
    tree.compare_tiles(*scope_.reader.tree(scope_.organisation), findings_);
    judge_signed(state, tree);
    judge_bodies();
    say_what_no_head_covers(state);
  }

  void find_hidden_here() {
    for (const log::HiddenHere& row : scope_.reader.hidden_here(scope_.organisation)) {
      if ((row.part_mask & 1) != 0) {
        scope_.hidden_here.push_back({row.leaf, log::Part::public_part});
      }
      if ((row.part_mask & 2) != 0) {
        scope_.hidden_here.push_back({row.leaf, log::Part::personal_part});
      }
    }
    std::sort(scope_.hidden_here.begin(), scope_.hidden_here.end());
  }

  void scan_all() {
    const std::size_t count = (scope_.held + stretch_entries - 1) / stretch_entries;
    stretches_.resize(count);
    chains_.resize(count);
    std::vector<Findings> findings(count, Findings(budget_));
    run(options_, count, [&](std::size_t i) {
      stretches_[i] = scan(scope_, i * stretch_entries, findings[i],
                           [this](std::uint64_t entries) { progress_.add(entries); });
      chains_[i] = std::move(stretches_[i].chains);
    });
    for (Findings& of_stretch : findings) findings_.take(std::move(of_stretch));
  }

  void check_version_chains() {
    std::vector<Findings> findings(ChainPart::parts, Findings(budget_));
    run(options_, ChainPart::parts,
        [&](std::size_t part) { check_chains(chains_, part, findings[part]); });
    for (Findings& of_part : findings) findings_.take(std::move(of_part));
    chains_.clear();
  }

  /// Over the stretches up to the first that could not be read to its end.
  RecomputedTree recomputed_tree() {
    std::vector<Hash> block_hashes;
    for (const Stretch& stretch : stretches_) {
      block_hashes.insert(block_hashes.end(), stretch.block_hashes.begin(),
                          stretch.block_hashes.end());
      if (stretch.block_hashes.size() < stretch_blocks) break;
    }
    const log::TreeSize size =
        std::min<log::TreeSize>(block_hashes.size() * limits::block_entries, scope_.held);
    return {scope_, std::move(block_hashes), size};
  }

  void judge_signed(const log::LogState& state, const RecomputedTree& tree) {
    std::vector<log::LeafIndex> positions;
    std::vector<Stretch::EpochFrom> epochs;
    for (const Stretch& stretch : stretches_) {
      positions.insert(positions.end(), stretch.establish.begin(), stretch.establish.end());
      epochs.insert(epochs.end(), stretch.epochs.begin(), stretch.epochs.end());
    }
    const auto identity = rebuild_identity(scope_, positions, findings_);
    if (!identity) {
      findings_.not_checked("the checkpoints, because no identity says whose key may sign them");
      return;
    }
    check_epochs(*identity, epochs, findings_);
    list_disowned(scope_, *identity, report_);
    check_heads(scope_, state, *identity, tree, options_, report_, findings_);
    check_abandoned(scope_, *identity, tree, report_, findings_);
    check_evidence(scope_, *identity, report_, findings_);
  }

  void judge_bodies() {
    std::uint64_t missing = 0;
    std::string missing_at;
    for (const Stretch& stretch : stretches_) {
      report_.bodies += stretch.bodies;
      report_.withheld += stretch.withheld;
      report_.hidden_here += stretch.hidden;
      if (missing == 0 && !stretch.missing_at.empty()) {
        for (const log::LeafIndex entry : stretch.missing_at) {
          missing_at += (missing_at.empty() ? "" : ", ") + std::to_string(entry);
        }
      }
      missing += stretch.missing;
    }
    check_erasures(scope_, stretches_, report_, findings_);
    if (report_.hidden_here > 0) {
      findings_.not_checked(count_text(report_.hidden_here, "body is", "bodies are") +
                            " held back by this node");
    }
    if (missing > 0) {
      findings_.not_checked(count_text(missing, "body is", "bodies are") +
                            " not held here, for example of entry " + missing_at);
    }
  }

  void say_what_no_head_covers(const log::LogState& state) {
    const log::TreeSize covered = state.head ? state.head->head.size : 0;
    if (covered >= scope_.held) return;
    findings_.not_checked(entries_text(covered, scope_.held - 1) +
                          ": no checkpoint that is held whole covers them yet, so that they were "
                          "checked one by one but not against a signed root");
  }

  Scope scope_;
  const Options& options_;
  Progress& progress_;
  LogReport report_;
  ProblemBudget budget_;
  Findings findings_{budget_};
  std::vector<Stretch> stretches_;
  std::vector<ChainPart> chains_;
};

}  // namespace

Report audit(const log::LogReader& reader, const Options& options) {
  const std::vector<log::OrganisationId> organisations =
      options.only.empty() ? reader.organisations() : options.only;
  std::uint64_t total = 0;
  for (const log::OrganisationId& organisation : organisations) {
    const auto state = reader.state(organisation);
    if (state) total += state->held;
  }
  Progress progress(options, total);
  Report report;
  // Nothing judged is nothing proved.
  if (organisations.empty()) report.verdict = Verdict::incomplete;
  for (const log::OrganisationId& organisation : organisations) {
    report.logs.push_back(LogAudit(reader, organisation, options, progress).judge());
    const Verdict verdict = report.logs.back().verdict;
    if (verdict == Verdict::failed) report.verdict = Verdict::failed;
    if (verdict == Verdict::incomplete && report.verdict == Verdict::ok) report.verdict = verdict;
  }
  return report;
}

}  // namespace moot::audit

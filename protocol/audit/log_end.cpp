#include "audit/log_end.hpp"

#include "audit/findings.hpp"

namespace moot::audit {
namespace {

class LogEnd {
 public:
  LogEnd(const log::BundleReader& bundle, const log::OrganisationId& organisation)
      : bundle_(bundle), organisation_(organisation) {
    report_.organisation = organisation;
  }

  LogReport judge() {
    const auto state = bundle_.state(organisation_);
    if (!state || !state->head) {
      findings_.not_checked("nothing of this log is there");
    } else {
      report_.head = state->head->head;
      judge_entries(bundle_.first_entry(organisation_), report_.head.size);
    }
    findings_.move_into(report_);
    report_.verdict = report_.problems.empty() ? Verdict::incomplete : Verdict::failed;
    return std::move(report_);
  }

 private:
  void judge_entries(log::LeafIndex first, log::TreeSize size) {
    report_.entries = size - first;
    const auto checked = bundle_.check(organisation_);
    if (checked) {
      ++report_.checkpoints;
    } else {
      findings_.at("checkpoint of size " + std::to_string(size),
                   std::string(log::describe(checked.error())),
                   "a note signed by the log key, with the root of the entries");
    }
    const auto tree = bundle_.tree(organisation_);
    for (log::LeafIndex at = first; at < size; at += limits::block_entries) {
      judge_block(at, std::min<log::LeafIndex>(at + limits::block_entries, size), *tree);
    }
    if (first > 0) {
      findings_.not_checked(entries_text(0, first - 1) +
                            ": they are not here, and with them the events, versions and removals "
                            "that they hold");
    }
  }

  void judge_block(log::LeafIndex first, log::LeafIndex end, const log::TileReader& tree) {
    auto hashes = tree.tile(0, first / log::tile_width);
    hashes.resize(end - first);
    auto range = log::check_block(organisation_, first,
                                  bundle_.leaves(organisation_, first, end - first, SIZE_MAX), {},
                                  end, log::root_over(hashes));
    if (!range) {
      findings_.at(entries_text(first, end - 1), std::string(log::describe(range.error())),
                   "well-formed entries of this organisation");
      return;
    }
    const Bytes bodies = bodies_of(first, end);
    const auto leaves = log::split_leaves(range->leaves, end - first);
    const auto items =
        leaves ? log::split_bodies(bodies, first, *leaves)
               : Result<std::vector<log::BodyItem>, log::Fault>(fail(log::Fault::truncated));
    if (!items) {
      findings_.at("the bodies of " + entries_text(first, end - 1), "do not fit the entries",
                   "one answer for each part");
      return;
    }
    count(*items);
    if (log::check_bodies(std::move(*range), bodies)) return;
    findings_.at("the bodies of " + entries_text(first, end - 1), "are not what was signed",
                 "the bodies that the entries commit to");
  }

  Bytes bodies_of(log::LeafIndex first, log::LeafIndex end) const {
    Bytes out;
    while (first < end) {
      const auto part = bundle_.bodies(organisation_, first, end - first, SIZE_MAX, true);
      if (part.next <= first) break;
      append(out, part.bundle);
      first = part.next;
    }
    return out;
  }

  void count(std::span<const log::BodyItem> items) {
    for (const log::BodyItem& item : items) {
      if (item.status == log::BodyStatus::held) ++report_.bodies;
      if (item.status == log::BodyStatus::withheld) ++report_.withheld;
    }
  }

  const log::BundleReader& bundle_;
  const log::OrganisationId organisation_;
  LogReport report_;
  ProblemBudget budget_;
  Findings findings_{budget_};
};

}  // namespace

LogReport judge_log_end(const log::BundleReader& bundle, const log::OrganisationId& organisation) {
  return LogEnd(bundle, organisation).judge();
}

}  // namespace moot::audit

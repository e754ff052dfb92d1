#include "audit/branches.hpp"

#include <algorithm>

namespace moot::audit {
namespace {

/// Was this note signed by the log key of an event before `epoch`? The abandoned branch had its own
/// places for the events, so that a size does not tell which.
bool is_signed_before(const log::Identity& identity, std::uint32_t epoch,
                      const log::Checkpoint& checkpoint) {
  const auto note = log::parse_note(checkpoint.note);
  const auto read = log::read_checkpoint(checkpoint.note);
  if (!note || !read || !(read->head == checkpoint.head)) return false;
  return std::any_of(
      identity.events().begin(), identity.events().end(), [&](const log::EstablishEvent& event) {
        const auto key = log::log_verifier_key(identity.organisation(), event.establish.log_key);
        return event.establish.seq < epoch && log::verify_note(*note, key).has_value();
      });
}

/// Appends abandoned leaves until the frontier has `size`; false when there are too few or they
/// cannot be read.
bool append_abandoned(const Scope& scope, std::uint32_t epoch, log::TreeSize size,
                      log::Frontier& frontier) {
  while (frontier.size() < size) {
    const std::uint64_t wanted =
        std::min<std::uint64_t>(size - frontier.size(), limits::block_entries);
    const Bytes bundle = scope.reader.abandoned_leaves(scope.organisation, epoch, frontier.size(),
                                                       wanted, limits::block_bytes_max);
    const auto leaves = log::split_leaves(bundle, wanted);
    if (!leaves || leaves->empty()) return false;
    for (const ByteView leaf : *leaves) frontier.append(log::hash_leaf(leaf));
  }
  return true;
}

bool is_matched(const Scope& scope, const log::Identity& identity, const RecomputedTree& tree,
                const log::Abandoned& abandoned) {
  const log::Head& head = abandoned.checkpoint.head;
  if (!is_signed_before(identity, abandoned.epoch, abandoned.checkpoint)) return false;
  if (head.size < abandoned.first || head.size > abandoned.first + abandoned.count) return false;
  auto frontier = tree.frontier_at(abandoned.first);
  if (!frontier || !append_abandoned(scope, abandoned.epoch, head.size, *frontier)) return false;
  return frontier->root() == head.root;
}

void report_frozen(const log::Evidence& evidence, Findings& findings) {
  switch (evidence.kind) {
    case log::EvidenceKind::fork:
      findings.at(
          "this log", "two histories were signed by one and the same key, with proof",
          "one history",
          "the organisation, or a thief of its key, told two stories: its officers must say "
          "which one stands");
      return;
    case log::EvidenceKind::rivals:
      findings.at("this log",
                  "the officers have signed two different decisions about its keys, with proof",
                  "one decision after the other",
                  "the officers' next decision must name one of them and take the other back");
      return;
  }
}

}  // namespace

void list_disowned(const Scope& scope, const log::Identity& identity, LogReport& report) {
  for (const log::EstablishEvent& event : identity.events()) {
    const log::Establish& establish = event.establish;
    if (establish.seq == 0 || event.position >= scope.held) continue;
    if (establish.trusted_size == event.position) continue;
    report.disowned += event.position - establish.trusted_size;
    report.disowned_ranges.push_back(
        {establish.trusted_size, event.position, establish.seq, establish.time_s});
  }
}

void check_abandoned(const Scope& scope, const log::Identity& identity, const RecomputedTree& tree,
                     LogReport& report, Findings& findings) {
  for (const log::Abandoned& abandoned : scope.reader.abandoned(scope.organisation)) {
    if (abandoned.count == 0) continue;
    const bool matched = is_matched(scope, identity, tree, abandoned);
    report.abandoned.push_back({abandoned.epoch, abandoned.first, abandoned.count, matched});
    if (matched) continue;
    findings.not_checked("the " + std::to_string(abandoned.count) +
                         " entries that were left behind from " + entry_text(abandoned.first) +
                         " on: they could not be led to a signed state");
  }
}

void check_evidence(const Scope& scope, const log::Identity& identity, LogReport& report,
                    Findings& findings) {
  for (const Bytes& file : scope.reader.evidence(scope.organisation)) {
    const auto judged = log::judge_evidence(file);
    if (!judged || judged->evidence.organisation != scope.organisation) {
      findings.not_checked("evidence that is kept of this log, because it proves nothing: " +
                           std::string(judged ? log::describe(log::Fault::wrong_organisation)
                                              : log::describe(judged.error())));
      continue;
    }
    const log::Evidence& evidence = judged->evidence;
    const bool is_frozen = log::freezes(evidence, identity);
    report.evidence.push_back({evidence.kind, evidence.epoch, !is_frozen});
    if (is_frozen) report_frozen(evidence, findings);
  }
}

}  // namespace moot::audit

#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "log/evidence.hpp"
#include "log/log_reader.hpp"
#include "log/witness_policy.hpp"

/// Checks everything and trusts nothing (2-log.md, moot audit): identity, checkpoints and
/// consistency between them, each leaf, each commitment against its body, version chains, erasures,
/// disowned and abandoned entries, cosignatures, evidence. Reads
/// through log::LogReader, so a home, a bundle and a test's store are judged by the same code.
namespace moot::audit {

enum class Verdict { ok, failed, incomplete };

/// Entries [first, end) that an establish event does not stand by.
struct DisownedRange {
  log::LeafIndex first = 0;
  log::LeafIndex end = 0;
  std::uint32_t seq = 0;     ///< of the event, which stands at `end`
  std::uint64_t time_s = 0;  ///< Unix, as the event says
};
/// Entries that were left behind when the officers stood by another history. Kept, and no fault.
struct AbandonedRange {
  std::uint32_t epoch = 0;  ///< seq of the event that left them behind
  log::LeafIndex first = 0;
  std::uint64_t count = 0;
  bool is_matched = false;  ///< they lead to the root that was signed over them
};
struct EvidenceFound {
  log::EvidenceKind kind = log::EvidenceKind::fork;
  std::uint32_t epoch = 0;
  bool is_healed = false;  ///< an event after it names the history that stands
};
/// When a witness was first and last heard of, by its own clock.
struct Witnessed {
  log::OrganisationId witness;
  log::TreeSize first_size = 0;
  std::uint64_t first_time_s = 0;  ///< Unix
  log::TreeSize size = 0;
  std::uint64_t time_s = 0;  ///< Unix
  bool is_verified = false;  ///< its newest signature, by a key of its that is known here
};

struct LogReport {
  log::OrganisationId organisation;
  Verdict verdict = Verdict::ok;
  log::Head head;
  std::uint64_t entries = 0;
  std::uint64_t bodies = 0;       ///< held, and true to what was signed
  std::uint64_t checkpoints = 0;  ///< whose signature and root are true
  /// On those, by nodes whose keys are held here; strangers' are not counted.
  std::uint64_t cosignatures = 0;
  std::uint64_t erased = 0;  ///< parts that erase entries name
  /// Public parts among them, by reason; what the officers disowned is left out.
  std::map<log::EraseReason, std::uint64_t> removed;
  std::uint64_t erased_waiting = 0;  ///< parts hidden here whose bytes are not destroyed yet
  /// Personal parts that were not given to this holder: not an omission.
  std::uint64_t withheld = 0;
  std::uint64_t hidden_here = 0;  ///< parts that this holder alone holds back
  std::uint64_t disowned = 0;     ///< entries that the officers no longer stand by
  std::vector<DisownedRange> disowned_ranges;
  std::vector<AbandonedRange> abandoned;
  std::vector<EvidenceFound> evidence;
  std::vector<Witnessed> witnesses;  ///< by organisation
  /// With a policy: the newest head kept here that enough of its witnesses have cosigned.
  std::optional<log::TreeSize> policy_met;
  std::vector<Problem> problems;  ///< what is false; at most limits::problems_reported_max, then
                                  ///< one that says how many more
  std::vector<std::string> not_checked;  ///< what could not be checked, in plain words
  std::vector<std::string> notes;        ///< what a reader should know and is no fault
};
struct Report {
  Verdict verdict = Verdict::ok;
  std::vector<LogReport> logs;
};

struct Options {
  std::vector<log::OrganisationId> only;  ///< empty: all that the reader holds
  std::optional<log::WitnessPolicy> policy;
  /// Runs task(0) … task(count - 1), in any order, on as many threads as the caller likes, and
  /// returns when all are done.
  std::function<void(std::size_t count, const std::function<void(std::size_t)>& task)> parallel;
  /// In entries; called from any thread.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Never stops at the first finding; memory is bounded by 24 bytes per entry (the version chains),
/// 32 per erased part and a few blocks per thread. Any thread; the reader is read from as many
/// threads as `parallel` uses.
Report audit(const log::LogReader& reader, const Options& options);

}  // namespace moot::audit

#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "log/log_reader.hpp"

/// Checks everything and trusts nothing (2-log.md, moot audit): identity, checkpoints and
/// consistency between them, each leaf, each commitment against its body, version chains. Reads
/// through log::LogReader, so a home, a bundle and a test's store are judged by the same code.
namespace moot::audit {

enum class Verdict { ok, failed, incomplete };

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
  /// Personal parts that were not given to this holder: not an omission.
  std::uint64_t withheld = 0;
  std::uint64_t disowned = 0;     ///< entries that the officers no longer stand by
  std::vector<Problem> problems;  ///< what is false; at most limits::problems_reported_max, then
                                  ///< one that says how many more
  std::vector<std::string> not_checked;  ///< what could not be checked, in plain words
};
struct Report {
  Verdict verdict = Verdict::ok;
  std::vector<LogReport> logs;
};

struct Options {
  std::vector<log::OrganisationId> only;  ///< empty: all that the reader holds
  /// Runs task(0) … task(count - 1), in any order, on as many threads as the caller likes, and
  /// returns when all are done.
  std::function<void(std::size_t count, const std::function<void(std::size_t)>& task)> parallel;
  /// In entries; called from any thread.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Never stops at the first finding; memory is bounded by 24 bytes per entry (the version chains),
/// 16 per erased part and a few blocks per thread. Any thread; the reader is read from as many
/// threads as `parallel` uses.
Report audit(const log::LogReader& reader, const Options& options);

}  // namespace moot::audit

#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "audit/verifier.hpp"
#include "base/limits.hpp"

/// How the parts of an audit say what they found.
namespace moot::audit {

/// How many problems of one log are put into words. Shared by its tasks: a log that is wrong
/// everywhere must not make the auditor's memory grow with it.
class ProblemBudget {
 public:
  /// False once limits::problems_reported_max were taken; then the problem is only counted.
  bool take() { return ++found_ <= limits::problems_reported_max; }
  std::size_t left_out() const {
    const std::size_t found = found_;
    return found > limits::problems_reported_max ? found - limits::problems_reported_max : 0;
  }

 private:
  std::atomic<std::size_t> found_ = 0;
};

/// What one task found. One thread.
class Findings {
 public:
  /// The budget must outlive this.
  explicit Findings(ProblemBudget& budget) : budget_(&budget) {}

  /// False and about one entry.
  void at_entry(log::LeafIndex entry, std::string found, std::string allowed,
                std::string hint = {});
  /// False and about something else: `where` names it.
  void at(std::string where, std::string found, std::string allowed, std::string hint = {});
  /// Could not be checked, in plain words.
  void not_checked(std::string what) { not_checked_.push_back(std::move(what)); }

  void take(Findings&& other);
  /// Hands all over: what concerns no single entry first, then by entry.
  void move_into(LogReport& report);

 private:
  struct Found {
    log::LeafIndex entry;
    Problem problem;
  };
  ProblemBudget* budget_;  // of the log's audit, which outlives its tasks
  std::vector<Problem> general_;
  std::vector<Found> by_entry_;
  std::vector<std::string> not_checked_;
};

/// "entry 7"
std::string entry_text(log::LeafIndex entry);
/// "entries 7 to 9", last included.
std::string entries_text(log::LeafIndex first, log::LeafIndex last);

/// options.parallel, or one after another when there is none.
void run(const Options& options, std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace moot::audit

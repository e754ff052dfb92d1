#include "audit/findings.hpp"

#include <algorithm>
#include <iterator>

namespace moot::audit {

void Findings::at_entry(log::LeafIndex entry, std::string found, std::string allowed,
                        std::string hint) {
  if (!budget_->take()) return;
  by_entry_.push_back(
      {entry, {entry_text(entry), std::move(found), std::move(allowed), std::move(hint)}});
}

void Findings::at(std::string where, std::string found, std::string allowed, std::string hint) {
  if (!budget_->take()) return;
  general_.push_back({std::move(where), std::move(found), std::move(allowed), std::move(hint)});
}

void Findings::take(Findings&& other) {
  std::move(other.general_.begin(), other.general_.end(), std::back_inserter(general_));
  std::move(other.by_entry_.begin(), other.by_entry_.end(), std::back_inserter(by_entry_));
  std::move(other.not_checked_.begin(), other.not_checked_.end(), std::back_inserter(not_checked_));
}

void Findings::move_into(LogReport& report) {
  std::stable_sort(by_entry_.begin(), by_entry_.end(),
                   [](const Found& a, const Found& b) { return a.entry < b.entry; });
  std::move(general_.begin(), general_.end(), std::back_inserter(report.problems));
  for (Found& found : by_entry_) report.problems.push_back(std::move(found.problem));
  std::move(not_checked_.begin(), not_checked_.end(), std::back_inserter(report.not_checked));
  if (const std::size_t left_out = budget_->left_out(); left_out > 0) {
    report.problems.push_back(
        {"this log", std::to_string(left_out) + " more problems, not listed", "none", ""});
  }
}

std::string entry_text(log::LeafIndex entry) { return "entry " + std::to_string(entry); }

std::string entries_text(log::LeafIndex first, log::LeafIndex last) {
  if (first == last) return entry_text(first);
  return "entries " + std::to_string(first) + " to " + std::to_string(last);
}

void run(const Options& options, std::size_t count, const std::function<void(std::size_t)>& task) {
  if (options.parallel) {
    options.parallel(count, task);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) task(i);
}

}  // namespace moot::audit

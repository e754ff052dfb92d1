#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "base/problem.hpp"

namespace moot::record {

/// Problems up to limits::problems_reported_max, and the number of those beyond: a file of rubbish
/// costs neither memory nor a thousand screens. One thread.
class Report {
 public:
  /// `make` builds the Problem and is only called while there is room.
  template <class Make>
  void add(Make make) {
    ++count_;
    if (problems_.size() < limits::problems_reported_max) problems_.push_back(make());
  }

  /// All that were added, also those not kept.
  std::size_t count() const { return count_; }

  /// The problems, with a last one that says how many more there are.
  std::vector<Problem> take() && {
    if (count_ > problems_.size()) {
      const std::string more = std::to_string(count_ - problems_.size()) + " more problems";
      problems_.push_back({"", more, "", "Mend these first."});
    }
    return std::move(problems_);
  }

 private:
  std::vector<Problem> problems_;
  std::size_t count_ = 0;
};

}  // namespace moot::record

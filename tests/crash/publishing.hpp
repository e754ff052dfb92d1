#pragma once
#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/processes/node.hpp"

namespace moot::test {

/// What was asked of a node that may die at any moment, and what it promised.
class Ledger {
 public:
  /// One call of publish.
  struct Attempt {
    std::vector<std::string> records;
    bool is_acknowledged = false;
    bool is_queued = false;
    std::uint64_t first_entry = 0;  ///< when acknowledged
    std::uint64_t size = 0;         ///< of the checkpoint, when acknowledged
  };

  /// Publishes new services, single ones and batches, until the node is gone, or `is_over`, or
  /// `attempts_max` calls are answered.
  void publish(const Node& node, std::mt19937& random, std::size_t attempts_max,
               const std::atomic<bool>& is_over);
  /// Calls answered so far; any thread.
  std::size_t acknowledged() const { return acknowledged_; }

  /// That everything acknowledged is in the node's log where it was said to be, that of every other
  /// call all is there or nothing, and that nothing else is but `others`; and that the audit
  /// agrees.
  void expect_kept(const Node& node, std::uint64_t others) const;

 private:
  bool publish_once(const Node& node, std::size_t count);

  std::vector<Attempt> attempts_;
  std::uint64_t next_service_ = 0;
  std::atomic<std::size_t> acknowledged_ = 0;
};

/// Publishes beside the test until stopped or until the node is killed.
class Publishing {
 public:
  Publishing(Ledger& ledger, const Node& node, std::mt19937 random, std::size_t attempts_max);
  ~Publishing() { stop(); }
  Publishing(const Publishing&) = delete;
  Publishing& operator=(const Publishing&) = delete;
  void stop();

 private:
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

/// That the audit of a home finds nothing false; all of it checked, unless a log is still being
/// fetched.
void expect_audit(const Node& node, bool may_be_incomplete);

}  // namespace moot::test

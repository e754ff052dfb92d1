#pragma once
#include <memory>

#include "config/retention.hpp"
#include "node/loop.hpp"
#include "query/retention.hpp"

namespace moot::node {

/// How many of our own withdrawn records have texts that are past their retention time, for `moot
/// status`. It erases nothing: a person does (`moot retention run`). Without rules it does nothing
/// at all. Thread: io.
class RetentionWatch {
 public:
  /// All of it outlives it.
  RetentionWatch(Loop& loop, Workers& workers, const log::LogReader& reader,
                 const log::OrganisationId& own, const std::vector<config::RetentionRule>& rules);

  /// Entries were appended: looks within a second, and every hour from then on.
  void look_soon();
  /// As of the last look.
  std::size_t records_due() const { return records_due_; }
  void stop();

 private:
  void look();
  void on_looked(const Result<std::size_t, Error>& count);

  Loop& loop_;
  Workers& workers_;
  const log::LogReader& reader_;
  /// The worker's while it looks.
  std::shared_ptr<query::WithdrawnRecords> records_;
  Timer timer_;
  std::size_t records_due_ = 0;
  const bool has_rules_;
  bool is_looking_ = false;
  bool is_asked_again_ = false;
  bool is_stopping_ = false;
};

}  // namespace moot::node

#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "control/control.hpp"
#include "store/jobs.hpp"

namespace moot::node {

/// Records that were judged and committed to, ready for the store.
struct PreparedPublish {
  std::vector<store::NewRecord> records;
  /// For each record the answer's line up to its entry number: {"record":"…","kind":"…"
  std::string line_heads;
  std::vector<std::uint32_t> line_ends;  ///< where each ends in line_heads
  bool is_dry_run = false;
};

/// Judges what is to be published: schema and limits of every record, all problems at once; then
/// draws salts and computes commitments. Any thread; it is most of the work of a publish.
Result<PreparedPublish, Error> prepare_publish(control::PublishRequest request);
/// The withdrawal of a record of this kind.
PreparedPublish prepare_withdraw(const log::RecordId& record, const std::string& kind);

/// The JSON lines of the answer (docs/cli.md): of a dry run, of what was published, and of what was
/// queued, whose last line the caller adds.
std::string checked_lines(const PreparedPublish& prepared);
std::string published_lines(const PreparedPublish& prepared, const store::Outcome& outcome);
std::string queued_lines(const PreparedPublish& prepared);

}  // namespace moot::node

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "log/log_reader.hpp"
#include "node/follows.hpp"
#include "sync/replicator.hpp"

namespace moot::node {

/// One followed log as `moot status` and `moot sync` show it.
struct LogRow {
  log::OrganisationId organisation;
  std::string name;
  std::string_view state;  ///< word of sync::FollowState
  bool is_frozen = false;
  bool is_head_only = false;
  log::Head head;  ///< size 0: nothing yet
  log::TreeSize known = 0;
  std::uint64_t bodies_missing = 0;
  std::string detail;
};

/// One for each followed log, ascending. Thread: io.
std::vector<LogRow> log_rows(const Follows& follows, const sync::Replicator& replicator,
                             const log::LogReader& reader);

}  // namespace moot::node

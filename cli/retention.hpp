#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "command/json_text.hpp"
#include "command/session.hpp"
#include "query/retention.hpp"

/// The rules of retention applied to this node's own log, with or without the node.
namespace moot::command {

struct RetentionPlan {
  std::vector<config::RetentionRule> rules;
  std::vector<query::RetentionRow> due;   ///< the longest due first
  std::vector<query::RetentionRow> soon;  ///< within 30 days
  std::vector<std::string> unused_kinds;  ///< a rule names them, no record is of them
  std::size_t erased_lately = 0;          ///< versions erased here within the window of mass erases
};
/// By the settings as they are in the file now.
Result<RetentionPlan, Error> read_retention_plan(const Session& session);

Json retention_json(const RetentionPlan& plan);
/// One line of a plan: {"record","kind","part","withdrawn","due","texts","entries"}.
Json retention_row_json(const query::RetentionRow& row);
void print_retention(std::ostream& to, const RetentionPlan& plan);

}  // namespace moot::command

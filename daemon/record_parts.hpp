#pragma once
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "log/log_reader.hpp"

namespace moot::node {

/// All versions of one record in one log, with the parts that each was published with.
struct RecordParts {
  log::OrganisationId organisation;
  log::RecordId record{};
  std::string kind;  ///< of the newest version
  bool is_withdrawn = false;
  std::vector<log::ErasedLeaf> versions;  ///< ascending; those without a part are left out
};

/// Bit 0 public, bit 1 personal.
std::uint8_t mask_of(log::Part part);

/// In one log, or with `organisation` null in whichever holds it. Walks back from the newest
/// version, at most limits::versions_of_record_max. Any thread. Errors as query::show.
Result<RecordParts, Error> parts_of_record(const log::LogReader& reader,
                                           const log::OrganisationId* organisation,
                                           const std::string& record);

}  // namespace moot::node

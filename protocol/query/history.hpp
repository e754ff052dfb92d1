#pragma once
#include "query/version.hpp"

namespace moot::query {

/// All versions of a record, newest first (query.hpp, show). Walks back from the newest; ends at
/// the first, or with "truncated" true where the versions would take more than `bytes_max`.
/// "failed" where the entries contradict one another.
Result<std::string, Error> history(const log::LogReader& reader, const FoundRecord& found,
                                   std::size_t bytes_max);

}  // namespace moot::query

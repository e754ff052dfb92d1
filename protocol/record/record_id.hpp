#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace moot::record {

/// The sixteen bytes of a record's UUID.
using RecordId = FixedBytes<16>;

/// Reads `8-4-4-4-12` hexadecimal digits of either case, and nothing else: no braces, no
/// `urn:uuid:`. Any thread.
std::optional<RecordId> parse_record_id(std::string_view uuid);

/// `8-4-4-4-12` in lower case (RFC 4122, section 3).
std::string to_string(const RecordId& id);

/// The UUID of version 5 that `name` has in `name_space` (RFC 4122, section 4.3): the same name
/// gives the same id on every import, so a record keeps its id though its source has none.
RecordId uuid_v5(const RecordId& name_space, std::string_view name);

}  // namespace moot::record

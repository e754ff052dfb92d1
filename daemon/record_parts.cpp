#include "node/record_parts.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "node/errors.hpp"
#include "query/version.hpp"

namespace moot::node {

std::uint8_t mask_of(log::Part part) {
  switch (part) {
    case log::Part::public_part:
      return 1;
    case log::Part::personal_part:
      return 2;
  }
  return 0;
}

Result<RecordParts, Error> parts_of_record(const log::LogReader& reader,
                                           const log::OrganisationId* organisation,
                                           const std::string& record) {
  const auto found = query::find_record(reader, organisation, record);
  if (!found) return fail(found.error());
  const log::RecordLeaf& newest = found->version.record;
  RecordParts out{.organisation = found->organisation,
                  .record = newest.record,
                  .kind = newest.kind,
                  .is_withdrawn = newest.operation == log::Operation::withdraw,
                  .versions = {}};
  query::Version version = found->version;
  for (std::uint64_t walked = 0; walked < limits::versions_of_record_max; ++walked) {
    std::uint8_t mask = 0;
    for (const log::PartCommitment& part : version.record.parts) {
      mask = static_cast<std::uint8_t>(mask | mask_of(part.part));
    }
    if (mask != 0) out.versions.push_back({.leaf = version.entry, .part_mask = mask});
    const std::uint64_t previous = version.record.previous;
    if (previous == 0) {
      std::ranges::reverse(out.versions);
      return out;
    }
    if (previous > version.entry) {
      return fail(query::contradiction("a version names a later one as the one before it"));
    }
    auto before = query::version_at(reader, out.organisation, out.record, previous - 1);
    if (!before) return fail(std::move(before.error()));
    version = std::move(*before);
  }
  return fail(error_of("refused", "the record has more versions than can be handled at once"));
}

}  // namespace moot::node

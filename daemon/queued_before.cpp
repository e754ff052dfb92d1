#include "node/queued_before.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "query/version.hpp"

namespace moot::node {
namespace {

bool is_same(const store::NewRecord& record, std::uint64_t time_ms, const log::RecordLeaf& leaf) {
  if (leaf.operation != record.operation) return false;
  if (record.parts.empty() && leaf.time_ms != time_ms) return false;
  return std::ranges::equal(leaf.parts, record.parts, [](const auto& has, const auto& wanted) {
    return has.part == wanted.part && has.commitment == wanted.commitment;
  });
}

/// By the officers, and not erased either.
bool is_disowned(const log::LogReader& reader, const log::Identity& identity,
                 log::LeafIndex entry) {
  const bool is_given_up =
      std::ranges::any_of(identity.events(), [&](const log::EstablishEvent& event) {
        return event.establish.seq > 0 && entry >= event.establish.trusted_size &&
               entry < event.position;
      });
  if (!is_given_up) return false;
  const auto erasures = reader.erasures(identity.organisation(), entry, 1);
  return erasures.empty() || erasures.front().leaf != entry;
}

bool is_record_in_log(const log::LogReader& reader, const log::Identity& identity,
                      const store::NewRecord& record, std::uint64_t time_ms) {
  const log::OrganisationId& own = identity.organisation();
  auto entry = reader.newest_version(own, record.record);
  for (std::uint64_t walked = 0; entry && walked < limits::versions_of_record_max; ++walked) {
    const auto version = query::version_at(reader, own, record.record, *entry);
    if (!version) return false;
    if (is_same(record, time_ms, version->record) && !is_disowned(reader, identity, *entry)) {
      return true;
    }
    const std::uint64_t previous = version->record.previous;
    if (previous == 0 || previous > *entry) return false;
    entry = previous - 1;
  }
  return false;
}

}  // namespace

bool is_in_log(const log::LogReader& reader, const log::OrganisationId& own,
               const store::Store::Queued& queued) {
  const auto identity = reader.identity(own);
  return identity && std::ranges::all_of(queued.records, [&](const store::NewRecord& record) {
           return is_record_in_log(reader, *identity, record, queued.time_ms);
         });
}

}  // namespace moot::node

#include "query/aftermath.hpp"
#include "query/history.hpp"
#include "query/query.hpp"
#include "query/version_json.hpp"

namespace moot::query {
namespace {

Result<std::string, Error> newest_text(const log::LogReader& reader, const FoundRecord& found) {
  Json object = {{"record", record_text(found.version.record.record)},
                 {"organisation", log::to_text(found.organisation)}};
  add_facts(object, found.version);
  object["head"] = head_json(found.head.head);
  object["witnesses"] = witnesses_json(reader, found.organisation, found.version.entry);
  return version_text(reader, found.organisation, found.version, std::move(object));
}

}  // namespace

Result<std::string, Error> show(const log::LogReader& reader,
                                const log::OrganisationId* organisation, const std::string& record,
                                bool with_history) {
  Result<FoundRecord, Error> found = find_record(reader, organisation, record);
  if (!found) return fail(found.error());
  if (with_history) return history(reader, *found, limits::publish_bytes_max);
  const auto shown = standing(reader, std::move(*found));
  if (!shown) return fail(shown.error());
  return newest_text(reader, *shown);
}

}  // namespace moot::query

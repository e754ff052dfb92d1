#include "query/history.hpp"

#include "query/aftermath.hpp"
#include "query/version_json.hpp"

namespace moot::query {

Result<std::string, Error> history(const log::LogReader& reader, const FoundRecord& found,
                                   std::size_t bytes_max) {
  std::string versions = "[";
  bool is_truncated = false;
  for (Version version = found.version;;) {
    Json object;
    add_facts(object, version);
    Result<std::string, Error> text =
        version_text(reader, found.organisation, version, std::move(object));
    if (!text) return text;
    if (versions.size() + text->size() > bytes_max) {
      is_truncated = true;
      break;
    }
    if (versions.size() > 1) versions += ',';
    versions += *text;
    const std::uint64_t previous = version.record.previous;
    if (previous == 0) break;
    if (previous > version.entry) {
      return fail(contradiction("entry " + std::to_string(version.entry) +
                                " names a version that comes after it"));
    }
    Result<Version, Error> before =
        version_at(reader, found.organisation, version.record.record, previous - 1);
    if (!before) return fail(std::move(before.error()));
    version = std::move(*before);
  }
  versions += ']';
  const Json object = {
      {"record", record_text(found.version.record.record)},
      {"organisation", log::to_text(found.organisation)},
      {"head", head_json(found.head.head)},
      {"witnesses", witnesses_json(reader, found.organisation, found.version.entry)},
      {"truncated", is_truncated}};
  return with_raw(object, "versions", versions);
}

}  // namespace moot::query

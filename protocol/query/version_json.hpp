#pragma once
#include "query/json.hpp"

/// Private to the sources of this library: how one version is written.
namespace moot::query {

/// Adds what the entry itself says: kind, operation, entry, time and the version before.
void add_facts(Json& object, const Version& version);
/// The text of `object` with what is held of this version added to it: state, parts, and the body
/// as the publisher wrote it.
Result<std::string, Error> version_text(const log::LogReader& reader,
                                        const log::OrganisationId& organisation,
                                        const Version& version, Json object);
/// Puts JSON that is text already, spaces and numbers as they are, at the end of an object that is
/// not empty.
std::string with_raw(const Json& object, std::string_view key, std::string_view raw);

}  // namespace moot::query

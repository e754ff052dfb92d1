#pragma once
#include <optional>
#include <string>

#include "log/log_reader.hpp"

/// The `successor` record: with it an organisation says that it has wound up, or that it goes on
/// from one whose keys are all lost. It is a statement of whoever makes it and proves nothing:
/// every follower decides.
namespace moot::query {

/// One organisation has one such record, under an id that follows from its own, so that it is found
/// without reading the log: the first 16 bytes of H("moot/succession/v1\0" || org[32]), made a
/// UUID of version 8 (RFC 9562).
log::RecordId succession_record(const log::OrganisationId& organisation);

struct Succession {
  bool is_closed = false;  ///< it has wound up
  std::optional<log::OrganisationId> succeeds;
  std::string registration;  ///< of both, as claimed: "GB-CHC-123456"; not checked
  std::string reason;
  std::string date;
};
/// What the newest version of an organisation's record says; nothing when there is none, it was
/// withdrawn, its text is not here, or it is not understood.
std::optional<Succession> succession_of(const log::LogReader& reader,
                                        const log::OrganisationId& organisation);
/// The same from the record's text.
std::optional<Succession> parse_succession(std::string_view json);

}  // namespace moot::query

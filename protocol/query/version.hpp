#pragma once
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "log/log_reader.hpp"

/// How the reads find a record and what there is of it.
namespace moot::query {

/// One part of one version as this holder has it.
struct HeldPart {
  log::Part part = log::Part::public_part;
  log::BodyStatus status = log::BodyStatus::missing;
  log::Salt salt{};
  Bytes body;
};

/// One version of a record: an entry of its log.
struct Version {
  log::LeafIndex entry = 0;
  Bytes leaf;
  log::RecordLeaf record;
};

/// A record found: whose it is, the newest checkpoint of that log, and its newest version under it.
struct FoundRecord {
  log::OrganisationId organisation;
  log::Checkpoint head;
  Version version;
};

/// The state of a log; "not-found" when nothing of it is held.
Result<log::LogState, Error> state_of(const log::LogReader& reader,
                                      const log::OrganisationId& organisation);
/// Its newest checkpoint; "not-found" while none is held whole.
Result<log::Checkpoint, Error> head_of(const log::LogReader& reader,
                                       const log::OrganisationId& organisation);

/// "failed" when what is held there is no version of `record`.
Result<Version, Error> version_at(const log::LogReader& reader,
                                  const log::OrganisationId& organisation,
                                  const log::RecordId& record, log::LeafIndex entry);
/// In one log, or with `organisation` null in whichever holds it (query.hpp, show).
Result<FoundRecord, Error> find_record(const log::LogReader& reader,
                                       const log::OrganisationId* organisation,
                                       const std::string& record);
/// The newest version that the officers still stand by; the one that was found where they stand by
/// none. What they disowned is no longer current data, and stays in the record's history.
Result<FoundRecord, Error> standing(const log::LogReader& reader, FoundRecord found);
/// In the order of the leaf's parts.
Result<std::vector<HeldPart>, Error> parts_of(const log::LogReader& reader,
                                              const log::OrganisationId& organisation,
                                              const Version& version);

/// "failed": what is held contradicts itself, and an audit tells more.
Error contradiction(std::string message);

}  // namespace moot::query

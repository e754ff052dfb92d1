#include "query/version.hpp"

#include <algorithm>

#include "query/words.hpp"

namespace moot::query {
namespace {

std::string entry_text(log::LeafIndex entry) { return "entry " + std::to_string(entry); }

// The newest version that a checkpoint of `size` covers: a fetch under way may hold newer ones.
Result<Version, Error> newest_under(const log::LogReader& reader,
                                    const log::OrganisationId& organisation,
                                    const log::RecordId& record, log::LeafIndex newest,
                                    log::TreeSize size) {
  for (log::LeafIndex entry = newest;;) {
    Result<Version, Error> version = version_at(reader, organisation, record, entry);
    if (!version || entry < size) return version;
    const std::uint64_t previous = version->record.previous;
    if (previous == 0 || previous > entry) break;
    entry = previous - 1;
  }
  return fail(Error{"not-found",
                    "the record is in no checkpoint held whole yet",
                    "wait for the fetch under way: moot sync --wait",
                    {}});
}

Error in_several_logs(const std::string& record,
                      const std::vector<log::OrganisationId>& organisations) {
  Error error{
      "usage", "several logs carry the record " + record, "name the organisation meant", {}};
  for (const log::OrganisationId& organisation : organisations) {
    error.problems.push_back({log::to_text(organisation), "carries " + record, "", ""});
  }
  return error;
}

}  // namespace

Error contradiction(std::string message) {
  return {"failed", std::move(message), "moot audit tells what is wrong with what is held", {}};
}

Result<log::LogState, Error> state_of(const log::LogReader& reader,
                                      const log::OrganisationId& organisation) {
  auto state = reader.state(organisation);
  if (state) return std::move(*state);
  return fail(Error{"not-found",
                    "nothing is held of " + log::to_text(organisation),
                    "moot orgs lists what is held; moot follow ADDRESS fetches a log",
                    {}});
}

Result<log::Checkpoint, Error> head_of(const log::LogReader& reader,
                                       const log::OrganisationId& organisation) {
  const Result<log::LogState, Error> state = state_of(reader, organisation);
  if (!state) return fail(state.error());
  const std::optional<log::Checkpoint>& head = state->head;
  if (head) return *head;
  return fail(Error{"not-found",
                    "no checkpoint of " + log::to_text(organisation) + " is held whole",
                    "wait for the fetch under way: moot sync --wait",
                    {}});
}

Result<Version, Error> version_at(const log::LogReader& reader,
                                  const log::OrganisationId& organisation,
                                  const log::RecordId& record, log::LeafIndex entry) {
  const Bytes bundle = reader.leaves(organisation, entry, 1, limits::block_bytes_max);
  const auto leaves = log::split_leaves(bundle, 1);
  if (!leaves || leaves->size() != 1) {
    return fail(contradiction(entry_text(entry) + " cannot be read"));
  }
  auto decoded = log::decode_record(leaves->front());
  if (!decoded || decoded->record != record) {
    return fail(contradiction(entry_text(entry) + " is no version of " + record_text(record)));
  }
  return Version{entry, to_bytes(leaves->front()), std::move(*decoded)};
}

Result<FoundRecord, Error> find_record(const log::LogReader& reader,
                                       const log::OrganisationId* organisation,
                                       const std::string& record) {
  const auto id = parse_record(record);
  if (!id) {
    return fail(Error{"usage",
                      "\"" + record + "\" is no record id",
                      "a record id is a UUID, as moot publish and moot log print it",
                      {}});
  }
  std::vector<log::OrganisationId> asked;
  if (organisation == nullptr) {
    asked = reader.organisations();
  } else if (auto state = state_of(reader, *organisation); !state) {
    return fail(std::move(state.error()));
  } else {
    asked = {*organisation};
  }
  std::erase_if(asked, [&](const auto& one) { return !reader.newest_version(one, *id); });
  if (asked.empty()) {
    const std::string where = organisation == nullptr ? "no log that is held"
                                                      : "not the log of " + to_text(*organisation);
    return fail(Error{"not-found",
                      where + " carries the record " + record,
                      "moot log lists the records of a log; moot sync fetches what is new",
                      {}});
  }
  if (asked.size() > 1) return fail(in_several_logs(record, asked));
  Result<log::Checkpoint, Error> head = head_of(reader, asked.front());
  if (!head) return fail(std::move(head.error()));
  const auto newest = reader.newest_version(asked.front(), *id);
  if (!newest) return fail(contradiction("the record vanished while it was read"));
  Result<Version, Error> version =
      newest_under(reader, asked.front(), *id, *newest, head->head.size);
  if (!version) return fail(std::move(version.error()));
  return FoundRecord{asked.front(), std::move(*head), std::move(*version)};
}

Result<FoundRecord, Error> standing(const log::LogReader& reader, FoundRecord found) {
  const auto identity = reader.identity(found.organisation);
  if (!identity) return found;
  const auto is_disowned = [&](log::LeafIndex entry) {
    return std::ranges::any_of(identity->events(), [&](const log::EstablishEvent& event) {
      return event.establish.seq > 0 && entry >= event.establish.trusted_size &&
             entry < event.position;
    });
  };
  Version version = found.version;
  while (is_disowned(version.entry)) {
    if (version.record.previous == 0 || version.record.previous > version.entry) return found;
    auto before =
        version_at(reader, found.organisation, version.record.record, version.record.previous - 1);
    if (!before) return fail(std::move(before.error()));
    version = std::move(*before);
  }
  found.version = std::move(version);
  return found;
}

Result<std::vector<HeldPart>, Error> parts_of(const log::LogReader& reader,
                                              const log::OrganisationId& organisation,
                                              const Version& version) {
  const auto bundle = reader.bodies(organisation, version.entry, 1, limits::frame_bytes_max, true);
  const std::array<ByteView, 1> leaves = {ByteView(version.leaf)};
  const auto items = log::split_bodies(bundle.bundle, version.entry, leaves);
  if (!items) {
    return fail(contradiction("the bodies of " + entry_text(version.entry) + " cannot be read"));
  }
  std::vector<HeldPart> parts;
  for (const log::BodyItem& item : *items) {
    parts.push_back({item.part, item.status, item.salt, to_bytes(item.body)});
  }
  return parts;
}

}  // namespace moot::query

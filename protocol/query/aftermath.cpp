#include "query/aftermath.hpp"

#include <algorithm>

namespace moot::query {
namespace {

Json time_json_of_seconds(std::uint64_t unix_s) {
  return unix_s < UINT64_MAX / 1000 ? time_json(unix_s * 1000) : Json(nullptr);
}

/// The publisher's time of an erase entry; null when it is none.
Json time_of_erase(const log::LogReader& reader, const log::OrganisationId& organisation,
                   log::LeafIndex entry) {
  const Bytes bundle = reader.leaves(organisation, entry, 1, limits::block_bytes_max);
  const auto leaves = log::split_leaves(bundle, 1);
  if (!leaves || leaves->size() != 1) return nullptr;
  const auto decoded = log::decode_entry(leaves->front());
  const auto* erase = decoded ? std::get_if<log::EraseLeaf>(&*decoded) : nullptr;
  return erase == nullptr ? Json(nullptr) : time_json(erase->time_ms);
}

Json erased_json(const log::LogReader& reader, const log::OrganisationId& organisation,
                 log::LeafIndex entry) {
  Json out = Json::array();
  const auto rows = reader.erasures(organisation, entry, 1);
  if (rows.empty() || rows.front().leaf != entry) return out;
  const log::Erasure& row = rows.front();
  const Json time = time_of_erase(reader, organisation, row.by);
  for (const log::Part part : {log::Part::public_part, log::Part::personal_part}) {
    const unsigned bit = part == log::Part::public_part ? 1 : 2;
    if ((row.part_mask & bit) == 0) continue;
    out.push_back({{"part", word_of(part)},
                   {"reason", word_of(row.reason)},
                   {"entry", row.by},
                   {"time", time}});
  }
  return out;
}

}  // namespace

Json disowned_json(const log::Identity& identity, log::LeafIndex entry) {
  for (const log::EstablishEvent& event : identity.events()) {
    if (event.establish.seq == 0 || entry >= event.position) continue;
    if (entry < event.establish.trusted_size) break;
    return {{"entry", event.position}, {"time", time_json_of_seconds(event.establish.time_s)}};
  }
  return nullptr;
}

void add_aftermath(Json& object, const log::LogReader& reader,
                   const log::OrganisationId& organisation, const Version& version) {
  if (const auto identity = reader.identity(organisation)) {
    const log::TreeSize held = reader.state(organisation).value_or(log::LogState{}).held;
    Json disowned = disowned_json(*identity, version.entry);
    // An event that is known and not here yet may still be placed anew.
    if (!disowned.is_null() && disowned["entry"] < held) object["disowned"] = std::move(disowned);
  }
  Json erased = erased_json(reader, organisation, version.entry);
  if (!erased.empty()) object["erased"] = std::move(erased);
  for (const log::HiddenHere& row : reader.hidden_here(organisation)) {
    if (row.leaf == version.entry) object["held_back"] = {{"reason", row.reason}};
  }
}

Json witnesses_json(const log::LogReader& reader, const log::OrganisationId& organisation,
                    log::LeafIndex entry) {
  std::vector<log::WitnessRow> rows = reader.witnesses(organisation);
  std::erase_if(rows, [&](const log::WitnessRow& row) { return row.size <= entry; });
  const auto seen_s = [&](const log::WitnessRow& row) {
    return row.first_size > entry ? row.first_time_s : row.time_s;
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const auto& a, const auto& b) { return seen_s(a) < seen_s(b); });
  Json out = Json::array();
  for (const log::WitnessRow& row : rows) {
    const bool is_first_known = row.first_size > entry;
    out.push_back(
        {{"organisation", log::to_text(row.witness)},
         {"first_time", is_first_known ? time_json_of_seconds(row.first_time_s) : Json(nullptr)},
         {"time", time_json_of_seconds(row.time_s)},
         {"size", row.size}});
  }
  return out;
}

}  // namespace moot::query

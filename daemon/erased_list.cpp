// What was erased of our own log, for `moot erase --list`.
#include <nlohmann/json.hpp>

#include "base/limits.hpp"
#include "node/eraser.hpp"
#include "node/unix_time.hpp"
#include "query/words.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

std::optional<log::Entry> entry_at(const log::LogReader& reader,
                                   const log::OrganisationId& organisation, log::LeafIndex index) {
  const Bytes bundle = reader.leaves(organisation, index, 1, limits::block_bytes_max);
  const auto leaves = log::split_leaves(bundle, 1);
  if (!leaves || leaves->size() != 1) return std::nullopt;
  auto entry = log::decode_entry(leaves->front());
  if (!entry) return std::nullopt;
  return std::move(*entry);
}

/// One erase entry's share of one record.
struct Row {
  std::string kind;
  std::vector<log::LeafIndex> entries;
  std::uint8_t mask = 0;
  log::EraseReason reason = log::EraseReason::mistake;
  std::uint64_t destroy_ms = 0;
  bool is_waiting = false;   // for an establish: many at once
  bool is_destroyed = true;  // all of it
};

using Rows = std::map<std::pair<log::LeafIndex, std::string>, Row>;  // by erase entry and record

void add(Rows& rows, const log::LogReader& reader, const log::OrganisationId& own,
         const log::Erasure& erasure) {
  const auto entry = entry_at(reader, own, erasure.leaf);
  const auto* record = entry ? std::get_if<log::RecordLeaf>(&*entry) : nullptr;
  Row& row = rows[{erasure.by, record == nullptr ? "" : query::record_text(record->record)}];
  if (record != nullptr) row.kind = record->kind;
  row.entries.push_back(erasure.leaf);
  row.mask = static_cast<std::uint8_t>(row.mask | erasure.part_mask);
  row.reason = erasure.reason;
  if (erasure.destroyed_mask == erasure.part_mask) return;
  row.is_destroyed = false;
  row.is_waiting = row.is_waiting || erasure.destroy_ms == 0;
  row.destroy_ms = std::max(row.destroy_ms, erasure.destroy_ms);
}

Json json_of(const log::LogReader& reader, const log::OrganisationId& own, log::LeafIndex by,
             const std::string& record, const Row& row) {
  Json parts = Json::array();
  if ((row.mask & 1) != 0) parts.push_back("public");
  if ((row.mask & 2) != 0) parts.push_back("personal");
  const auto entry = entry_at(reader, own, by);
  const auto* erase = entry ? std::get_if<log::EraseLeaf>(&*entry) : nullptr;
  const std::string time = erase == nullptr ? std::string() : rfc3339(erase->time_ms);
  Json json = {{"record", record},
               {"kind", row.kind},
               {"entries", row.entries},
               {"parts", std::move(parts)},
               {"reason", query::word_of(row.reason)},
               {"entry", by},
               {"time", time.empty() ? Json() : Json(time)},
               {"state", row.is_destroyed ? "destroyed" : "hidden"},
               {"mass", row.is_waiting}};
  if (!row.is_destroyed && !row.is_waiting) json["destroy_at"] = rfc3339(row.destroy_ms);
  return json;
}

}  // namespace

std::string holders_json(const std::vector<log::WitnessRow>& witnesses, const Follows& follows,
                         log::LeafIndex erase_entry) {
  Json holders = Json::array();
  for (const log::WitnessRow& row : witnesses) {
    holders.push_back({{"organisation", log::to_text(row.witness)},
                       {"name", follows.name_of(row.witness)},
                       {"state", row.size > erase_entry ? "hidden" : "not-yet"}});
  }
  return holders.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string, Error> erased_list(const log::LogReader& reader, const Follows& follows,
                                       log::LeafIndex from, std::size_t count_max) {
  const log::OrganisationId& own = follows.own();
  const std::size_t most =
      count_max == 0 ? limits::erased_listed_max : std::min(count_max, limits::erased_listed_max);
  auto erasures = reader.erasures(own, from, most + 1);
  const bool is_truncated = erasures.size() > most;
  const log::LeafIndex next = is_truncated ? erasures.back().leaf : 0;
  if (is_truncated) erasures.pop_back();
  Rows rows;
  for (const log::Erasure& erasure : erasures) add(rows, reader, own, erasure);
  const auto witnesses = reader.witnesses(own);
  Json listed = Json::array();
  for (const auto& [key, row] : rows) {
    Json json = json_of(reader, own, key.first, key.second, row);
    json["holders"] = Json::parse(holders_json(witnesses, follows, key.first));
    listed.push_back(std::move(json));
  }
  Json document = {{"erasures", std::move(listed)}, {"truncated", is_truncated}};
  if (is_truncated) document["next"] = next;
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace moot::node

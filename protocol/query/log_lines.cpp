#include <algorithm>

#include "query/aftermath.hpp"
#include "query/json.hpp"
#include "query/query.hpp"

namespace moot::query {
namespace {

constexpr std::uint64_t lines_by_default = 1000;

/// Writes one entry of a log. `parts` belong to a record leaf and are empty for all else.
class EntryWriter {
 public:
  EntryWriter(const log::OrganisationId& organisation, log::LeafIndex entry)
      : organisation_(organisation), entry_(entry) {}

  Json write(ByteView leaf, const std::vector<HeldPart>& parts) const {
    const auto decoded = log::decode_entry(leaf);
    if (!decoded) {
      Json object = begin("unknown", nullptr);
      object["fault"] = log::word_of(decoded.error());
      return object;
    }
    if (const auto* record = std::get_if<log::RecordLeaf>(&*decoded)) return write(*record, parts);
    if (const auto* erase = std::get_if<log::EraseLeaf>(&*decoded)) return write(*erase);
    if (const auto* establish = std::get_if<log::Establish>(&*decoded)) return write(*establish);
    return write(std::get<log::UnknownLeaf>(*decoded));
  }

 private:
  Json begin(std::string_view type, Json time) const {
    return {{"entry", entry_},
            {"type", type},
            {"organisation", log::to_text(organisation_)},
            {"time", std::move(time)}};
  }
  Json write(const log::RecordLeaf& leaf, const std::vector<HeldPart>& parts) const {
    Json object = begin("record", time_json(leaf.time_ms));
    object["operation"] = word_of(leaf.operation);
    object["record"] = record_text(leaf.record);
    object["kind"] = leaf.kind;
    if (leaf.previous > 0) object["previous"] = leaf.previous - 1;
    object["parts"] = parts_json(parts);
    return object;
  }
  Json write(const log::EraseLeaf& leaf) const {
    Json object = begin("erase", time_json(leaf.time_ms));
    object["reason"] = word_of(leaf.reason);
    Json erased = Json::array();
    for (const log::ErasedLeaf& one : leaf.erased) {
      Json parts = Json::array();
      if ((one.part_mask & 1) != 0) parts.push_back(word_of(log::Part::public_part));
      if ((one.part_mask & 2) != 0) parts.push_back(word_of(log::Part::personal_part));
      erased.push_back({{"entry", one.leaf}, {"parts", std::move(parts)}});
    }
    object["erased"] = std::move(erased);
    return object;
  }
  Json write(const log::Establish& leaf) const {
    const bool sayable = leaf.time_s < UINT64_MAX / 1000;
    Json object = begin("establish", sayable ? time_json(leaf.time_s * 1000) : Json(nullptr));
    object["seq"] = leaf.seq;
    object["log_key"] = log::to_text(log::log_verifier_key(organisation_, leaf.log_key));
    object["node_keys"] = leaf.node_keys.size();
    object["threshold"] = leaf.threshold_next;
    object["officers"] = leaf.next_digests.size();
    return object;
  }
  Json write(const log::UnknownLeaf& leaf) const {
    Json object = begin("unknown", nullptr);
    object["version"] = leaf.version;
    object["leaf_type"] = leaf.type;
    object["critical"] = leaf.critical;
    return object;
  }

  log::OrganisationId organisation_;
  log::LeafIndex entry_;
};

/// What is held of the parts of `leaves`, by entry.
Result<std::vector<std::vector<HeldPart>>, Error> parts_of_leaves(
    const log::LogReader& reader, const log::OrganisationId& organisation, log::LeafIndex first,
    std::span<const ByteView> leaves) {
  std::vector<std::vector<HeldPart>> parts(leaves.size());
  for (std::size_t done = 0; done < leaves.size();) {
    const log::LeafIndex entry = first + done;
    const auto bodies =
        reader.bodies(organisation, entry, leaves.size() - done, limits::frame_bytes_max, true);
    const std::uint64_t count = bodies.next > entry ? bodies.next - entry : 0;
    if (count == 0 || count > leaves.size() - done) {
      return fail(
          contradiction("the bodies of entry " + std::to_string(entry) + " cannot be read"));
    }
    const auto items = log::split_bodies(bodies.bundle, entry, leaves.subspan(done, count));
    if (!items) {
      return fail(contradiction("the bodies from entry " + std::to_string(entry) +
                                " on do not fit their entries"));
    }
    for (const log::BodyItem& item : *items) {
      parts.at(item.entry - first).push_back({item.part, item.status, {}, to_bytes(item.body)});
    }
    done += count;
  }
  return parts;
}

}  // namespace

Result<std::string, Error> log_lines(const log::LogReader& reader,
                                     const log::OrganisationId& organisation, std::uint64_t from,
                                     std::uint64_t limit) {
  const Result<log::LogState, Error> state = state_of(reader, organisation);
  if (!state) return fail(state.error());
  const std::uint64_t wanted =
      std::min<std::uint64_t>(limit == 0 ? lines_by_default : limit, limits::publish_records_max);
  const log::LeafIndex end =
      from >= state->held ? from : from + std::min(wanted, state->held - from);
  const auto identity = reader.identity(organisation);
  std::string lines;
  for (log::LeafIndex entry = from; entry < end;) {
    const std::uint64_t count = std::min<std::uint64_t>(end - entry, limits::block_entries);
    const Bytes bundle = reader.leaves(organisation, entry, count, limits::block_bytes_max);
    const auto leaves = log::split_leaves(bundle, count);
    if (!leaves || leaves->empty()) {
      return fail(contradiction("entry " + std::to_string(entry) + " cannot be read"));
    }
    const auto parts = parts_of_leaves(reader, organisation, entry, *leaves);
    if (!parts) return fail(parts.error());
    for (std::size_t i = 0; i < leaves->size(); ++i, ++entry) {
      Json line = EntryWriter(organisation, entry).write((*leaves)[i], (*parts)[i]);
      Json disowned = identity ? disowned_json(*identity, entry) : Json(nullptr);
      const bool is_disowned = !disowned.is_null() && disowned["entry"] < state->held;
      if (is_disowned) line["disowned"] = std::move(disowned);
      lines += dumped(line);
      lines += '\n';
    }
  }
  return lines;
}

}  // namespace moot::query

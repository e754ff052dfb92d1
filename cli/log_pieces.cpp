#include "command/log_pieces.hpp"

#include <algorithm>

namespace moot::command {

Bytes leaves_between(const log::LogReader& reader, const log::OrganisationId& organisation,
                     log::LeafIndex first, log::LeafIndex end) {
  Bytes out;
  while (first < end) {
    const Bytes part = reader.leaves(organisation, first, end - first, limits::block_bytes_max);
    const auto split = log::split_leaves(part, end - first);
    if (!split || split->empty()) break;
    append(out, part);
    first += split->size();
  }
  return out;
}

Bytes bodies_between(const log::LogReader& reader, const log::OrganisationId& organisation,
                     log::LeafIndex first, log::LeafIndex end) {
  Bytes out;
  while (first < end) {
    const auto part =
        reader.bodies(organisation, first, end - first, limits::block_bytes_max, true);
    if (part.next <= first) break;
    append(out, part.bundle);
    first = part.next;
  }
  return out;
}

bool misses_bodies(const log::LogReader& reader, const log::OrganisationId& organisation,
                   log::LeafIndex first, log::LeafIndex end) {
  while (first < end) {
    const auto part = reader.bodies(organisation, first, end - first, limits::chunk_bytes, true);
    if (part.next <= first) return false;
    const Bytes bundle = leaves_between(reader, organisation, first, part.next);
    const auto leaves = log::split_leaves(bundle, part.next - first);
    if (!leaves) return false;
    const auto items = log::split_bodies(part.bundle, first, *leaves);
    if (!items) return false;
    const bool any = std::any_of(items->begin(), items->end(), [](const log::BodyItem& item) {
      return item.status == log::BodyStatus::missing;
    });
    if (any) return true;
    first = part.next;
  }
  return false;
}

}  // namespace moot::command

// Hostile bundles: whatever opens can be read to its end without harm, and a log that checks out
// has leaves of that organisation's tree only.
#include "base/check.hpp"
#include "crypto/secret.hpp"
#include "log/bundle_reader.hpp"

using namespace moot;
using namespace moot::log;

namespace {

void read_all(const BundleReader& bundle, const OrganisationId& organisation) {
  const auto state = bundle.state(organisation);
  MOOT_CHECK(state && state->head && bundle.identity(organisation));
  const LeafIndex first = bundle.first_entry(organisation);
  const auto tree = bundle.tree(organisation);
  const Hash root = root_at(state->held, *tree);
  if (bundle.check(organisation)) MOOT_CHECK(root == state->head->head.root);
  MOOT_CHECK(tree->tile(0, first / tile_width).size() <= tile_width);
  MOOT_CHECK(tree->tile(1, 0).size() <= tile_width);
  for (LeafIndex next = first; next < state->held;) {
    const Bytes leaves = bundle.leaves(organisation, next, 100, 4096);
    const auto split = split_leaves(leaves, 100);
    MOOT_CHECK(split.has_value() && !split->empty(), next);
    const auto bodies = bundle.bodies(organisation, next, split->size(), 4096, (next & 1) != 0);
    MOOT_CHECK(bodies.next >= next && bodies.next <= state->held);
    next += split->size();
  }
  (void)bundle.newest_version(organisation, RecordId{});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = crypto::start_library();
  MOOT_CHECK(started);
  const auto header = decode_bundle_header({data, size});
  if (header && header->events.size() <= limits::establish_events_max) {
    MOOT_CHECK(encode(*header) == Bytes(data, data + size), size);
  }
  const auto bundle = BundleReader::open(std::make_shared<MemorySource>(Bytes(data, data + size)));
  if (!bundle) return 0;
  for (const OrganisationId& organisation : (*bundle)->organisations()) {
    read_all(**bundle, organisation);
  }
  return 0;
}

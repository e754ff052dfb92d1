// Hostile bundles: u16 length of the entry bundle, the entry bundle, the body bundle. The block's
// hash is taken from the leaves, as a dishonest publisher would sign it, so that what lies behind
// the hash is reached.
#include "log/block.hpp"

#include "base/check.hpp"

namespace {

using namespace moot;
using namespace moot::log;

/// The organisation of the first record among the leaves: what belongs to nobody is refused anyway.
OrganisationId organisation_of_leaves(std::span<const ByteView> leaves) {
  for (const ByteView leaf : leaves) {
    if (const auto record = decode_record(leaf)) return record->organisation;
    if (const auto body = establish_body(leaf)) return organisation_of(*body);
  }
  return {};
}

void check_range(EntryRange range, const std::vector<ByteView>& leaves, ByteView bodies) {
  MOOT_CHECK(range.count() == leaves.size());
  const auto items = split_bodies(bodies, range.first, leaves);
  const Bytes entry_bundle = range.leaves;
  const auto checked = check_bodies(std::move(range), to_bytes(bodies));
  if (!checked) {
    MOOT_CHECK(!items || checked.error() == Fault::wrong_commitment);
    return;
  }
  MOOT_CHECK(items.has_value());
  Bytes again;
  for (const BodyItem& item : *items) {
    if (item.status == BodyStatus::held) {
      append_body(again, item.salt, item.body);
    } else {
      append_no_body(again, item.status);
    }
  }
  MOOT_CHECK(again == (*checked)->bodies && entry_bundle == (*checked)->leaves);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader in(ByteView(data, size));
  const Bytes bundle = to_bytes(in.bytes(in.u16()));
  const ByteView bodies = in.bytes(in.left());
  const auto leaves = split_leaves(bundle, limits::block_entries);
  if (!leaves || leaves->empty()) return 0;
  std::vector<Hash> hashes;
  Bytes again;
  for (const ByteView leaf : *leaves) {
    hashes.push_back(hash_leaf(leaf));
    append_leaf(again, leaf);
  }
  MOOT_CHECK(again == bundle, size);
  const OrganisationId organisation = organisation_of_leaves(*leaves);
  const Hash root = root_over(hashes);
  for (const LeafIndex first : {LeafIndex{0}, LeafIndex{limits::block_entries}}) {
    const TreeSize end = first + leaves->size();
    const auto range = check_block(organisation, first, bundle, {}, end, root);
    MOOT_CHECK(range || range.error() != Fault::wrong_root);
    if (range) check_range(*range, *leaves, bodies);
    const Frontier before = first == 0 ? Frontier() : Frontier(first, {empty_root()});
    Frontier after = before;
    for (const Hash& hash : hashes) after.append(hash);
    const auto tail = check_tail(organisation, before, bundle, after.head());
    MOOT_CHECK(tail.has_value() == range.has_value());
    Head wrong = after.head();
    wrong.root[0] ^= 1;
    MOOT_CHECK(!check_tail(organisation, before, bundle, wrong));
  }
  return 0;
}

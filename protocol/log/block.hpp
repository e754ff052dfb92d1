#pragma once
#include <vector>

#include "log/tree.hpp"
#include "log/verified.hpp"

/// Blocks of 256 entries: what sync fetches, the store keeps and a bundle carries
/// (docs/protocol.md, Blocks).
namespace moot::log {

/// What a holder answers for one part of one entry.
enum class BodyStatus : std::uint8_t { held = 0, erased = 1, withheld = 2, missing = 3 };

struct BodyItem {
  LeafIndex entry = 0;
  Part part = Part::public_part;
  BodyStatus status = BodyStatus::missing;
  Salt salt{};
  ByteView body;  ///< into the bundle it was read from
};

/// Consecutive entries of one log with what there is of their bodies.
///
/// `leaves` is a C2SP tlog-tiles entry bundle: u16 length, leaf, for each entry. `bodies` is a body
/// bundle: for each part of each record leaf, in order: u8 status, and when held: salt[16], u32
/// length, body.
struct EntryRange {
  OrganisationId organisation;
  LeafIndex first = 0;
  Bytes leaves;
  Bytes bodies;
  std::vector<Hash> leaf_hashes;  ///< filled by whoever makes the range; one per leaf
  std::uint64_t count() const { return leaf_hashes.size(); }
};

void append_leaf(Bytes& bundle, ByteView leaf);
void append_body(Bytes& bundle, const Salt& salt, ByteView body);
void append_no_body(Bytes& bundle, BodyStatus status);

/// The leaves of an entry bundle, as views into it. At most `count_max`; refuses a leaf over its
/// limit and trailing bytes.
Result<std::vector<ByteView>, Fault> split_leaves(ByteView bundle, std::uint64_t count_max);
/// The body items that belong to these leaves, in order. Refuses what is too few or too many and
/// bodies over the limit.
Result<std::vector<BodyItem>, Fault> split_bodies(ByteView bundle, LeafIndex first,
                                                  std::span<const ByteView> leaves);

/// Root over the blocks' hashes: one per full block of 256 entries, then the root over the ragged
/// tail if `size` has one. The tail is the rightmost subtree, so this equals the root over all
/// entries. The count must be ceil(size / 256).
Hash root_over_blocks(TreeSize size, std::span<const Hash> block_hashes);

/// Checks a block's bytes, or the rest of one held in part: `held_hashes` are the leaf hashes held
/// from the block's start (0 to 255), then `leaves` from entry `first` on. The root over all must
/// be `block_hash`, the whole block or, in the log's last block of `size`, the tail. Each leaf must
/// decode and belong to the organisation. Answers the range without bodies.
Result<EntryRange, Fault> check_block(const OrganisationId& organisation, LeafIndex first,
                                      Bytes leaves, std::span<const Hash> held_hashes,
                                      TreeSize size, const Hash& block_hash);
/// Checks a tail that came with a checkpoint and without a proof: appended to `frontier` it must
/// give head.
Result<EntryRange, Fault> check_tail(const OrganisationId& organisation, const Frontier& frontier,
                                     Bytes leaves, const Head& head);
/// Takes the first `count` entries, without bodies, out of a checked range that holds at least so
/// many: a block's bodies come in pieces, and each can be stored before the next has come.
EntryRange take_front(EntryRange& range, std::uint64_t count);
/// Checks each body against its leaf's commitment and takes them in: only such a range can be
/// stored. A held body of a personal part is taken like any other; what may be sent is the sender's
/// affair.
Result<Verified<EntryRange>, Fault> check_bodies(EntryRange range, Bytes bodies);

}  // namespace moot::log

// How a bundle is opened: its form, front to back.
#include <bit>

#include "log/bundle_reader.hpp"

namespace moot::log {
namespace {

Result<Identity, Fault> identity_of(const BundleHeader& header) {
  if (header.events.front().position != 0) return fail(Fault::broken_chain);
  auto identity = Identity::begin(header.events.front().leaf);
  if (!identity) return fail(identity.error());
  if (identity->organisation() != header.organisation) return fail(Fault::wrong_organisation);
  for (const BundleHeader::Event& event : std::span(header.events).subspan(1)) {
    const auto extended = identity->extend(event.leaf, event.position, event.rival_leaf);
    if (!extended) return fail(extended.error());
  }
  return identity;
}

}  // namespace

class BundleOpener {
 public:
  explicit BundleOpener(std::shared_ptr<const ByteSource> source)
      : reader_(new BundleReader(std::move(source))),
        in_(*reader_->source_, 0, reader_->source_->size()) {}

  Result<std::unique_ptr<BundleReader>, Fault> open() {
    const Bytes start = in_.bytes(bundle_first_line.size());
    if (!is_bundle(start)) return fail(Fault::bad_text);
    std::optional<OrganisationId> before;
    for (;;) {
      const std::uint8_t tag = in_.u8();
      if (!in_.ok()) return fail(Fault::truncated);
      if (tag == static_cast<std::uint8_t>(BundleTag::end)) break;
      if (tag != static_cast<std::uint8_t>(BundleTag::log)) return fail(Fault::bad_value);
      if (reader_->logs_.size() == limits::bundle_logs_max) return fail(Fault::too_long);
      const auto organisation = read_log(before);
      if (!organisation) return fail(organisation.error());
      before = *organisation;
    }
    if (in_.left() > 0) return fail(Fault::trailing_bytes);
    return std::move(reader_);
  }

 private:
  Result<OrganisationId, Fault> read_log(const std::optional<OrganisationId>& before) {
    const auto header = read_header();
    if (!header) return fail(header.error());
    if (before && header->organisation <= *before) return fail(Fault::bad_value);
    auto identity = identity_of(*header);
    if (!identity) return fail(identity.error());
    auto checkpoint = read_checkpoint(header->note);
    if (!checkpoint) return fail(checkpoint.error());
    if (checkpoint->organisation != header->organisation) return fail(Fault::wrong_organisation);
    const TreeSize size = checkpoint->head.size;
    const bool is_placed =
        header->first < size && header->first % limits::block_entries == 0 &&
        header->frontier.size() == static_cast<std::size_t>(std::popcount(header->first)) &&
        identity->newest().position < size;
    if (!is_placed) return fail(Fault::wrong_size);
    BundleReader::Log log{header->first,
                          std::move(*checkpoint),
                          std::move(*identity),
                          header->frontier,
                          header->evidence,
                          {},
                          {},
                          {}};
    if (const auto blocks = read_blocks(log); !blocks) return fail(blocks.error());
    reader_->logs_.emplace(header->organisation, std::move(log));
    return header->organisation;
  }

  Result<BundleHeader, Fault> read_header() {
    const std::uint32_t header_bytes = in_.u32();
    if (!in_.ok()) return fail(Fault::truncated);
    if (header_bytes > limits::bundle_header_bytes_max) return fail(Fault::too_long);
    const Bytes bytes = in_.bytes(header_bytes);
    if (!in_.ok()) return fail(Fault::truncated);
    return decode_bundle_header(bytes);
  }

  Result<Done, Fault> read_blocks(BundleReader::Log& log) {
    const TreeSize size = log.checkpoint.head.size;
    Frontier frontier(log.first, log.frontier);
    for (LeafIndex first = log.first; first < size; first += limits::block_entries) {
      const std::uint64_t count = std::min<std::uint64_t>(limits::block_entries, size - first);
      const auto hashes = read_block(log, count);
      if (!hashes) return fail(hashes.error());
      log.block_hashes.push_back(root_over(*hashes));
      if (count == limits::block_entries) {
        frontier.append_subtree(tile_height, log.block_hashes.back());
      } else {
        for (const Hash& hash : *hashes) frontier.append(hash);
      }
    }
    log.root = frontier.root();
    return Done();
  }

  Result<std::vector<Hash>, Fault> read_block(BundleReader::Log& log, std::uint64_t count) {
    const std::uint8_t tag = in_.u8();
    BundleReader::Block block;
    block.leaves_bytes = in_.u32();
    block.leaves_offset = in_.offset();
    if (!in_.ok()) return fail(Fault::truncated);
    if (tag != static_cast<std::uint8_t>(BundleTag::block)) return fail(Fault::bad_value);
    if (block.leaves_bytes > limits::bundle_leaves_bytes_max) return fail(Fault::too_long);
    const Bytes bundle = in_.bytes(block.leaves_bytes);
    block.bodies_bytes = in_.u32();
    if (!in_.ok()) return fail(Fault::truncated);
    if (block.bodies_bytes > limits::bundle_bodies_bytes_max) return fail(Fault::too_long);
    in_.skip(block.bodies_bytes);
    if (!in_.ok()) return fail(Fault::truncated);
    const auto leaves = split_leaves(bundle, count);
    if (!leaves) return fail(leaves.error());
    if (leaves->size() != count) return fail(Fault::truncated);
    std::vector<Hash> hashes;
    hashes.reserve(count);
    for (const ByteView leaf : *leaves) hashes.push_back(hash_leaf(leaf));
    log.blocks.push_back(block);
    return hashes;
  }

  std::unique_ptr<BundleReader> reader_;
  SourceCursor in_;
};

Result<std::unique_ptr<BundleReader>, Fault> BundleReader::open(
    std::shared_ptr<const ByteSource> source) {
  return BundleOpener(std::move(source)).open();
}

}  // namespace moot::log

#include "log/bundle_reader.hpp"

#include "base/check.hpp"
#include "log/record_fields.hpp"

namespace moot::log {
namespace {

/// The body of one item is copied; what stands before it is stepped over.
struct BodyHead {
  BodyStatus status = BodyStatus::missing;
  Salt salt{};
  std::uint32_t bytes = 0;
};

std::optional<BodyHead> read_body_head(SourceCursor& in) {
  BodyHead out;
  const std::uint8_t status = in.u8();
  if (!in.ok() || status > static_cast<std::uint8_t>(BodyStatus::missing)) return std::nullopt;
  out.status = static_cast<BodyStatus>(status);
  if (out.status != BodyStatus::held) return out;
  const Bytes salt = in.bytes(limits::salt_bytes);
  out.bytes = in.u32();
  if (!in.ok() || out.bytes > limits::body_bytes_max) return std::nullopt;
  std::copy(salt.begin(), salt.end(), out.salt.begin());
  return out;
}

/// Appends the body items of one leaf; false when they cannot be read. With `take` false they are
/// only stepped over.
bool read_items(SourceCursor& in, ByteView leaf, bool take, bool with_personal, Bytes& out) {
  if (!is_entry_of(leaf, EntryType::record)) return true;
  const auto record = read_record_fields(leaf);
  if (!record) return false;
  for (const PartCommitment& part : record->parts()) {
    const auto head = read_body_head(in);
    if (!head) return false;
    const bool is_withheld = part.part == Part::personal_part && !with_personal;
    if (!take || is_withheld || head->status != BodyStatus::held) {
      in.skip(head->bytes);
      if (take) append_no_body(out, is_withheld ? BodyStatus::withheld : head->status);
    } else {
      const Bytes body = in.bytes(head->bytes);
      if (in.ok()) append_body(out, head->salt, body);
    }
    if (!in.ok()) return false;
  }
  return true;
}

}  // namespace

/// The stored tree of a log in a bundle: block hashes are kept, what lies below is hashed anew.
class BundleTree final : public TileReader {
 public:
  BundleTree(const BundleReader& reader, const BundleReader::Log& log)
      : reader_(reader), log_(log) {}

  std::vector<Hash> tile(unsigned tile_level, std::uint64_t index) const override {
    if (tile_level == 0) return leaf_hashes(index);
    std::vector<Hash> out;
    const unsigned level = tile_level * tile_height;
    const TreeSize size = log_.checkpoint.head.size;
    for (std::uint64_t i = index * tile_width; out.size() < tile_width; ++i) {
      if (level >= 64 || (i + 1) > size >> level) break;
      out.push_back(subtree(level, i));
    }
    return out;
  }

  // What lies before the first entry is known by the edge that came with it, and no further: for
  // sizes from there on nothing else is asked for.
  Hash subtree(unsigned level, std::uint64_t index) const override {
    const LeafIndex begin = index << level;
    const LeafIndex end = begin + (std::uint64_t{1} << level);
    if (end <= log_.first) return edge(begin, end);
    if (begin < log_.first) {
      return hash_node(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1));
    }
    if (level < tile_height) return TileReader::subtree(level, index);
    const std::uint64_t block = (begin - log_.first) / limits::block_entries;
    const std::uint64_t count = (end - begin) / limits::block_entries;
    MOOT_CHECK(block + count <= log_.block_hashes.size(), level, index);
    return root_over(std::span(log_.block_hashes).subspan(block, count));
  }

 private:
  Hash edge(LeafIndex begin, LeafIndex end) const {
    LeafIndex at = 0;
    std::size_t i = 0;
    for (unsigned level = 64; level-- > 0;) {
      const std::uint64_t width = std::uint64_t{1} << level;
      if ((log_.first & width) == 0) continue;
      if (at == begin && at + width == end) return log_.frontier[i];
      at += width;
      ++i;
    }
    return {};
  }

  std::vector<Hash> leaf_hashes(std::uint64_t block) const {
    const std::uint64_t before = log_.first / limits::block_entries;
    std::vector<Hash> out;
    if (block < before || block - before >= log_.blocks.size()) return out;
    const Bytes bundle = reader_.block_leaves(log_, block - before);
    const auto leaves = split_leaves(bundle, limits::block_entries);
    if (!leaves) return out;
    for (const ByteView leaf : *leaves) out.push_back(hash_leaf(leaf));
    return out;
  }

  const BundleReader& reader_;
  const BundleReader::Log& log_;
};

const BundleReader::Log* BundleReader::find(const OrganisationId& organisation) const {
  const auto found = logs_.find(organisation);
  return found == logs_.end() ? nullptr : &found->second;
}

Bytes BundleReader::block_leaves(const Log& log, std::size_t block) const {
  const Block& one = log.blocks[block];
  Bytes out(one.leaves_bytes);
  if (!source_->read(one.leaves_offset, out)) out.clear();
  return out;
}

LeafIndex BundleReader::first_entry(const OrganisationId& organisation) const {
  const Log* log = find(organisation);
  return log == nullptr ? 0 : log->first;
}

Result<Done, Fault> BundleReader::check(const OrganisationId& organisation) const {
  const Log* log = find(organisation);
  if (log == nullptr) return fail(Fault::wrong_organisation);
  const auto checkpoint = check_checkpoint(log->checkpoint.note, log->identity);
  if (!checkpoint) return fail(checkpoint.error());
  if (log->root != (*checkpoint)->head.root) return fail(Fault::wrong_root);
  return Done();
}

std::vector<OrganisationId> BundleReader::organisations() const {
  std::vector<OrganisationId> out;
  for (const auto& [organisation, log] : logs_) out.push_back(organisation);
  return out;
}

std::optional<LogState> BundleReader::state(const OrganisationId& organisation) const {
  const Log* log = find(organisation);
  if (log == nullptr) return std::nullopt;
  return LogState{log->checkpoint.head.size, log->checkpoint, log->checkpoint, 0};
}

std::optional<Identity> BundleReader::identity(const OrganisationId& organisation) const {
  const Log* log = find(organisation);
  if (log == nullptr) return std::nullopt;
  return log->identity;
}

Bytes BundleReader::leaves(const OrganisationId& organisation, LeafIndex first,
                           std::uint64_t count_max, std::size_t bytes_max) const {
  Bytes out;
  const Log* log = find(organisation);
  if (log == nullptr || first < log->first) return out;
  LeafIndex next = first;
  while (next < log->checkpoint.head.size && next - first < count_max) {
    const LeafIndex within = (next - log->first) % limits::block_entries;
    const Bytes bundle = block_leaves(*log, (next - log->first) / limits::block_entries);
    const auto leaves = split_leaves(bundle, limits::block_entries);
    if (!leaves || within >= leaves->size()) return out;
    for (const ByteView leaf : std::span(*leaves).subspan(within)) {
      const bool is_enough =
          next - first >= count_max || (next > first && out.size() + 2 + leaf.size() > bytes_max);
      if (is_enough) return out;
      append_leaf(out, leaf);
      ++next;
    }
  }
  return out;
}

LogReader::Bodies BundleReader::bodies(const OrganisationId& organisation, LeafIndex first,
                                       std::uint64_t count_max, std::size_t bytes_max,
                                       bool with_personal) const {
  const Bodies nothing{{}, first};
  const Log* log = find(organisation);
  if (log == nullptr || first < log->first || first >= log->checkpoint.head.size) return nothing;
  const std::size_t block = (first - log->first) / limits::block_entries;
  const Block& place = log->blocks[block];
  const Bytes bundle = block_leaves(*log, block);
  const auto leaves = split_leaves(bundle, limits::block_entries);
  if (!leaves) return nothing;
  const std::uint64_t begin = place.leaves_offset + place.leaves_bytes + 4;
  SourceCursor in(*source_, begin, begin + place.bodies_bytes);
  Bodies out = nothing;
  LeafIndex entry = log->first + block * limits::block_entries;
  for (const ByteView leaf : *leaves) {
    const std::size_t bytes_before = out.bundle.size();
    if (!read_items(in, leaf, entry >= first, with_personal, out.bundle)) return nothing;
    if (entry > first && out.bundle.size() > bytes_max) {
      out.bundle.resize(bytes_before);
      return out;
    }
    if (entry++ < first) continue;
    out.next = entry;
    if (out.next - first == count_max) break;
  }
  const bool is_whole = entry == log->first + block * limits::block_entries + leaves->size();
  if (is_whole && in.left() > 0) return nothing;
  return out;
}

std::unique_ptr<TileReader> BundleReader::tree(const OrganisationId& organisation) const {
  const Log* log = find(organisation);
  MOOT_CHECK(log != nullptr);
  return std::make_unique<BundleTree>(*this, *log);
}

std::optional<LeafIndex> BundleReader::newest_version(const OrganisationId& organisation,
                                                      const RecordId& record) const {
  const Log* log = find(organisation);
  if (log == nullptr) return std::nullopt;
  for (std::size_t block = log->blocks.size(); block-- > 0;) {
    const Bytes bundle = block_leaves(*log, block);
    const auto leaves = split_leaves(bundle, limits::block_entries);
    for (std::size_t i = leaves ? leaves->size() : 0; i-- > 0;) {
      const auto fields = read_record_fields((*leaves)[i]);
      if (fields && fields->record == record) {
        return log->first + block * limits::block_entries + i;
      }
    }
  }
  return std::nullopt;
}

std::vector<Checkpoint> BundleReader::checkpoints(const OrganisationId& organisation) const {
  const Log* log = find(organisation);
  if (log == nullptr) return {};
  return {log->checkpoint};
}

std::vector<Bytes> BundleReader::evidence(const OrganisationId& organisation) const {
  const Log* log = find(organisation);
  if (log == nullptr) return {};
  return log->evidence;
}

}  // namespace moot::log

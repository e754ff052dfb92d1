#pragma once
#include <map>

#include "log/bundle.hpp"
#include "log/byte_source.hpp"

namespace moot::log {

/// The logs in a bundle, read as from a store.
///
/// A bundle comes from anywhere. Opening it judges its form, bounds what it can cost (memory grows
/// with 48 bytes per block of 256 entries, time with its bytes) and verifies each chain of key
/// events; whether entries, checkpoint and bodies are true is for an audit, for check(), or for
/// whoever takes them in. Any thread once it is open.
class BundleReader final : public LogReader {
 public:
  static Result<std::unique_ptr<BundleReader>, Fault> open(
      std::shared_ptr<const ByteSource> source);

  /// The first entry that is there of a log: not 0 where the bundle holds only its end. What lies
  /// before is answered as nothing; the tree answers for sizes from there on.
  LeafIndex first_entry(const OrganisationId& organisation) const;
  /// Is the checkpoint signed by the key that is valid at its size, and do the entries lead to its
  /// root? Bodies are not looked at. For a log that begins later, what lies before is believed to
  /// be what the bundle says.
  Result<Done, Fault> check(const OrganisationId& organisation) const;

  // LogReader
  std::vector<OrganisationId> organisations() const override;
  std::optional<LogState> state(const OrganisationId& organisation) const override;
  std::optional<Identity> identity(const OrganisationId& organisation) const override;
  Bytes leaves(const OrganisationId& organisation, LeafIndex first, std::uint64_t count_max,
               std::size_t bytes_max) const override;
  /// Ends at the end of a block at the latest. What cannot be read is answered as nothing.
  Bodies bodies(const OrganisationId& organisation, LeafIndex first, std::uint64_t count_max,
                std::size_t bytes_max, bool with_personal) const override;
  /// Only of a log that is there.
  std::unique_ptr<TileReader> tree(const OrganisationId& organisation) const override;
  /// Reads the log from its end.
  std::optional<LeafIndex> newest_version(const OrganisationId& organisation,
                                          const RecordId& record) const override;
  std::vector<Checkpoint> checkpoints(const OrganisationId& organisation) const override;
  std::vector<Bytes> evidence(const OrganisationId& organisation) const override;

 private:
  friend class BundleOpener;
  friend class BundleTree;
  struct Block {
    std::uint64_t leaves_offset = 0;
    std::uint32_t leaves_bytes = 0;
    std::uint32_t bodies_bytes = 0;  ///< they begin 4 bytes after the leaves
  };
  struct Log {
    LeafIndex first = 0;
    Checkpoint checkpoint;
    Identity identity;
    std::vector<Hash> frontier;  ///< before `first`
    std::vector<Bytes> evidence;
    std::vector<Block> blocks;
    std::vector<Hash> block_hashes;  ///< roots over each block's entries; the last may be ragged
    Hash root{};                     ///< over all entries
  };

  explicit BundleReader(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {}
  const Log* find(const OrganisationId& organisation) const;
  /// The entry bundle of a block.
  Bytes block_leaves(const Log& log, std::size_t block) const;

  std::shared_ptr<const ByteSource> source_;
  std::map<OrganisationId, Log> logs_;
};

}  // namespace moot::log

#pragma once
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "log/entry.hpp"

/// The Merkle tree of RFC 6962 / RFC 9162 with SHA-256.
namespace moot::log {

/// A tree head: how many entries, and the root over them.
struct Head {
  TreeSize size = 0;
  Hash root{};
  bool operator==(const Head&) const = default;
};

Hash empty_root();
Hash hash_leaf(ByteView leaf);                        ///< SHA-256(00 || leaf)
Hash hash_node(const Hash& left, const Hash& right);  ///< SHA-256(01 || left || right)
/// Root of the (possibly ragged) tree over these leaf or subtree hashes; empty_root() for none.
Hash root_over(std::span<const Hash> hashes);

/// The right edge of a growing tree: roots of its perfect subtrees, largest first. Appending costs
/// amortised two hashes.
class Frontier {
 public:
  Frontier() = default;
  /// The hashes must be as many as `size` has bits set.
  Frontier(TreeSize size, std::vector<Hash> hashes);
  TreeSize size() const { return size_; }
  const std::vector<Hash>& hashes() const { return hashes_; }
  void append(const Hash& leaf_hash);
  /// A perfect subtree of 2^level leaves; size() must be a multiple of 2^level.
  void append_subtree(unsigned level, const Hash& root);
  Hash root() const;
  Head head() const { return {size_, root()}; }

 private:
  TreeSize size_ = 0;
  std::vector<Hash> hashes_;
};

/// Reads a stored tree: root of the perfect subtree over leaves [index << level, (index + 1) <<
/// level). Asked only for subtrees that lie within the size given to the algorithm.
class HashReader {
 public:
  virtual ~HashReader() = default;
  virtual Hash subtree(unsigned level, std::uint64_t index) const = 0;
};

Hash root_at(TreeSize size, const HashReader& tree);
Frontier frontier_at(TreeSize size, const HashReader& tree);
/// RFC 9162 section 2.1.3.1. index < size.
std::vector<Hash> inclusion_proof(LeafIndex index, TreeSize size, const HashReader& tree);
/// RFC 9162 section 2.1.4.1. from <= to; empty when from is 0 or equals to.
std::vector<Hash> consistency_proof(TreeSize from, TreeSize to, const HashReader& tree);

/// RFC 9162 section 2.1.3.2: does the proof lead from the leaf's hash to head.root?
Result<Done, Fault> verify_inclusion(LeafIndex index, const Hash& leaf_hash,
                                     std::span<const Hash> proof, const Head& head);
/// RFC 9162 section 2.1.4.2. A `from` of size 0 is refused here, as by the reference library; see
/// extends() for our rule.
Result<Done, Fault> verify_consistency(const Head& from, const Head& to,
                                       std::span<const Hash> proof);
/// As verify_consistency, but from size 0 any head follows with an empty proof (C2SP tlog-witness).
Result<Done, Fault> extends(const Head& from, const Head& to, std::span<const Hash> proof);

// Tiles (C2SP tlog-tiles): level L holds the roots of subtrees of 256^L leaves, 256 to a tile.
inline constexpr unsigned tile_height = 8;
inline constexpr std::uint64_t tile_width = 256;

/// A tree kept as tiles. tile() answers the stored hashes (32 bytes each, at least as many as are
/// needed) of one tile.
class TileReader : public HashReader {
 public:
  /// The tile's hashes, 1 to 256; an absent tile is a defect of the store (MOOT_CHECK by the
  /// caller).
  virtual std::vector<Hash> tile(unsigned tile_level, std::uint64_t index) const = 0;
  Hash subtree(unsigned level, std::uint64_t index) const override;
};

}  // namespace moot::log

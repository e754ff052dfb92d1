#include <algorithm>
#include <bit>

#include "base/check.hpp"
#include "log/tree.hpp"

namespace moot::log {
namespace {

/// Where RFC 9162 splits a tree of `size` > 1: the largest power of two below it.
TreeSize split_of(TreeSize size) { return std::bit_floor(size - 1); }

/// Root over the leaves [first, first + count), a subtree of the kind that the splits give: `first`
/// is a multiple of each power of two up to `count`.
Hash root_of_range(LeafIndex first, TreeSize count, const HashReader& tree) {
  std::vector<Hash> perfect;
  for (unsigned level = 64; level-- > 0;) {
    if ((count >> level & 1) == 0) continue;
    perfect.push_back(tree.subtree(level, first >> level));
    first += std::uint64_t{1} << level;
  }
  Hash root = perfect.back();
  for (std::size_t i = perfect.size() - 1; i-- > 0;) root = hash_node(perfect[i], root);
  return root;
}

/// Climbs from a node at `index` of a level whose last node is `last`, up to where the next node of
/// the proof is joined, and past it. Answers whether that node comes from the left.
bool climb(std::uint64_t& index, std::uint64_t& last) {
  const bool is_from_left = (index & 1) == 1 || index == last;
  if (is_from_left) {
    while ((index & 1) == 0 && index != 0) {
      index >>= 1;
      last >>= 1;
    }
  }
  index >>= 1;
  last >>= 1;
  return is_from_left;
}

}  // namespace

std::vector<Hash> inclusion_proof(LeafIndex index, TreeSize size, const HashReader& tree) {
  MOOT_CHECK(index < size, index, size);
  std::vector<Hash> path;  // from the root down
  LeafIndex first = 0;
  TreeSize count = size;
  while (count > 1) {
    const TreeSize left = split_of(count);
    if (index - first < left) {
      path.push_back(root_of_range(first + left, count - left, tree));
      count = left;
    } else {
      path.push_back(root_of_range(first, left, tree));
      first += left;
      count -= left;
    }
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<Hash> consistency_proof(TreeSize from, TreeSize to, const HashReader& tree) {
  MOOT_CHECK(from <= to, from, to);
  if (from == 0 || from == to) return {};
  std::vector<Hash> path;  // from the root down
  LeafIndex first = 0;
  TreeSize count = to;
  while (from - first != count) {
    const TreeSize left = split_of(count);
    if (from - first <= left) {
      path.push_back(root_of_range(first + left, count - left, tree));
      count = left;
    } else {
      path.push_back(root_of_range(first, left, tree));
      first += left;
      count -= left;
    }
  }
  // Where the smaller tree is itself a node of the larger one, its root is known to the verifier.
  if (first != 0) path.push_back(root_of_range(first, count, tree));
  std::reverse(path.begin(), path.end());
  return path;
}

Result<Done, Fault> verify_inclusion(LeafIndex index, const Hash& leaf_hash,
                                     std::span<const Hash> proof, const Head& head) {
  if (index >= head.size) return fail(Fault::wrong_size);
  std::uint64_t last = head.size - 1;
  Hash root = leaf_hash;
  for (const Hash& node : proof) {
    if (last == 0) return fail(Fault::wrong_root);
    root = climb(index, last) ? hash_node(node, root) : hash_node(root, node);
  }
  if (last != 0 || root != head.root) return fail(Fault::wrong_root);
  return Done();
}

Result<Done, Fault> verify_consistency(const Head& from, const Head& to,
                                       std::span<const Hash> proof) {
  if (from.size == 0 || from.size > to.size) return fail(Fault::wrong_size);
  if (from.size == to.size) {
    if (!proof.empty() || from.root != to.root) return fail(Fault::wrong_root);
    return Done();
  }
  std::uint64_t index = from.size - 1;
  std::uint64_t last = to.size - 1;
  for (; (index & 1) == 1; index >>= 1) last >>= 1;
  Hash from_root = from.root;
  if (!std::has_single_bit(from.size)) {
    if (proof.empty()) return fail(Fault::wrong_root);
    from_root = proof.front();
    proof = proof.subspan(1);
  }
  Hash to_root = from_root;
  for (const Hash& node : proof) {
    if (last == 0) return fail(Fault::wrong_root);
    if (climb(index, last)) {
      from_root = hash_node(node, from_root);
      to_root = hash_node(node, to_root);
    } else {
      to_root = hash_node(to_root, node);
    }
  }
  if (last != 0 || from_root != from.root || to_root != to.root) return fail(Fault::wrong_root);
  return Done();
}

Result<Done, Fault> extends(const Head& from, const Head& to, std::span<const Hash> proof) {
  if (from.size > 0) return verify_consistency(from, to, proof);
  if (!proof.empty()) return fail(Fault::wrong_root);
  return Done();
}

}  // namespace moot::log

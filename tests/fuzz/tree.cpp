// Hostile proofs against a verifier of another make: u16 index or first size, u16 size, and the
// nodes, 32 bytes each. The recursion of RFC 9162, read backwards, says which root a proof leads
// to; ours must accept that root and no other.
#include "log/tree.hpp"

#include <bit>

#include "base/check.hpp"

namespace {

using namespace moot;
using namespace moot::log;

using Nodes = std::span<const Hash>;

/// The root to which PATH leads, or nothing when it has not the length that index and size demand.
std::optional<Hash> root_by_recursion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                      Nodes path) {
  if (size == 1) return path.empty() ? std::optional(leaf) : std::nullopt;
  if (path.empty()) return std::nullopt;
  const std::uint64_t left = std::bit_floor(size - 1);
  const Hash& sibling = path.back();
  const Nodes rest = path.first(path.size() - 1);
  const bool is_left = index < left;
  const auto inner = is_left ? root_by_recursion(index, left, leaf, rest)
                             : root_by_recursion(index - left, size - left, leaf, rest);
  if (!inner) return std::nullopt;
  return is_left ? hash_node(*inner, sibling) : hash_node(sibling, *inner);
}

struct Roots {
  Hash from;
  Hash to;
};

/// The two roots to which SUBPROOF leads; `whole` is given where the smaller tree is a node.
std::optional<Roots> roots_by_recursion(std::uint64_t from, std::uint64_t to, const Hash* whole,
                                        Nodes path) {
  if (from == to) {
    if (whole != nullptr) return path.empty() ? std::optional(Roots{*whole, *whole}) : std::nullopt;
    return path.size() == 1 ? std::optional(Roots{path[0], path[0]}) : std::nullopt;
  }
  if (path.empty()) return std::nullopt;
  const std::uint64_t left = std::bit_floor(to - 1);
  const Hash& sibling = path.back();
  const Nodes rest = path.first(path.size() - 1);
  if (from <= left) {
    const auto inner = roots_by_recursion(from, left, whole, rest);
    if (!inner) return std::nullopt;
    return Roots{inner->from, hash_node(inner->to, sibling)};
  }
  const auto inner = roots_by_recursion(from - left, to - left, nullptr, rest);
  if (!inner) return std::nullopt;
  return Roots{hash_node(sibling, inner->from), hash_node(sibling, inner->to)};
}

void check_inclusion(std::uint64_t index, std::uint64_t size, Nodes path) {
  const Hash leaf = hash_leaf({});
  const auto root = index < size ? root_by_recursion(index, size, leaf, path) : std::nullopt;
  const Hash claimed = root.value_or(leaf);
  MOOT_CHECK(verify_inclusion(index, leaf, path, {size, claimed}).has_value() == root.has_value(),
             index, size, path.size());
  Hash other = claimed;
  other[31] ^= 1;
  MOOT_CHECK(!verify_inclusion(index, leaf, path, {size, other}));
}

void check_consistency(std::uint64_t from, std::uint64_t to, Nodes path) {
  const Hash given = hash_leaf({});
  const bool is_asked = from > 0 && from <= to;
  const auto roots = is_asked ? roots_by_recursion(from, to, &given, path) : std::nullopt;
  const Roots claimed = roots.value_or(Roots{given, given});
  // From a tree that is no single node, the proof itself says what its root was.
  MOOT_CHECK(verify_consistency({from, claimed.from}, {to, claimed.to}, path).has_value() ==
                 roots.has_value(),
             from, to, path.size());
  Hash other = claimed.to;
  other[31] ^= 1;
  MOOT_CHECK(!verify_consistency({from, claimed.from}, {to, other}, path));
  other = claimed.from;
  other[31] ^= 1;
  MOOT_CHECK(!verify_consistency({from, other}, {to, claimed.to}, path));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader in(ByteView(data, size));
  const std::uint64_t a = in.u16();
  const std::uint64_t b = in.u16();
  std::vector<Hash> path;
  while (in.left() >= 32 && path.size() < 64) path.push_back(in.fixed<32>());
  check_inclusion(a, b, path);
  check_consistency(a, b, path);
  return 0;
}

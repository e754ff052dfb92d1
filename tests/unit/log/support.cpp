#include "support.hpp"

#include <algorithm>
#include <stdexcept>

#include "crypto/secret.hpp"

namespace moot::log::test {
namespace {

class Library : public ::testing::Environment {
 public:
  void SetUp() override { ASSERT_TRUE(crypto::start_library()); }
};

[[maybe_unused]] const auto* const library = ::testing::AddGlobalTestEnvironment(new Library);

constexpr std::uint64_t first_time_s = 1'800'000'000;

}  // namespace

Bytes from_hex(std::string_view text) {
  const auto bytes = crypto::from_hex(text);
  if (!bytes) throw std::invalid_argument("not hexadecimal: " + std::string(text));
  return *bytes;
}

Hash hash_from_hex(std::string_view text) {
  const Bytes bytes = from_hex(text);
  Hash out{};
  if (bytes.size() != out.size()) throw std::invalid_argument("not a hash: " + std::string(text));
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

crypto::SigningKey fixed_key(std::uint8_t seed) {
  FixedBytes<32> bytes;
  bytes.fill(seed);
  return crypto::SigningKey::from_seed(bytes);
}

Salt fixed_salt(std::uint8_t which) {
  Salt out;
  out.fill(which);
  return out;
}

RecordId fixed_record(std::uint8_t which) {
  RecordId out;
  out.fill(which);
  return out;
}

void VectorTree::append(const Hash& leaf_hash) {
  Hash hash = leaf_hash;
  for (std::size_t level = 0;; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    levels_[level].push_back(hash);
    if (levels_[level].size() % tile_width != 0) return;
    hash = root_over(std::span(levels_[level]).last(tile_width));
  }
}

std::vector<Hash> VectorTree::tile(unsigned tile_level, std::uint64_t index) const {
  const auto& level = levels_.at(tile_level);
  const auto first = static_cast<std::ptrdiff_t>(index * tile_width);
  const auto end = std::min(first + static_cast<std::ptrdiff_t>(tile_width), std::ssize(level));
  return {level.begin() + first, level.begin() + end};
}

Bytes fixed_first_establish() {
  FirstEstablish first;
  first.time_s = first_time_s;
  first.node_keys = {fixed_key(2).public_key().bytes()};
  first.threshold_next = 2;
  for (std::uint8_t seed = 3; seed <= 5; ++seed) {
    first.reserve_keys.push_back(fixed_key(seed).public_key().bytes());
  }
  return make_first_establish(first, fixed_key(1));
}

FixedLog::FixedLog() : identity(Identity::begin(fixed_first_establish()).value()) {
  append(fixed_first_establish());
}

LeafIndex FixedLog::append(Bytes leaf) {
  tree.append(hash_leaf(leaf));
  leaves.push_back(std::move(leaf));
  bodies.resize(leaves.size());
  return leaves.size() - 1;
}

RecordLeaf FixedLog::next_leaf(std::uint8_t record) const {
  RecordLeaf leaf;
  leaf.organisation = organisation();
  leaf.epoch = identity.newest().establish.seq;
  leaf.time_ms = first_time_s * 1000 + leaves.size();
  leaf.record = fixed_record(record);
  leaf.kind = "service";
  for (LeafIndex i = 0; i < leaves.size(); ++i) {
    const auto before = decode_record(leaves[i]);
    if (before && before->record == leaf.record) leaf.previous = i + 1;
  }
  return leaf;
}

LeafIndex FixedLog::put(std::uint8_t record, std::string_view public_body,
                        std::string_view personal_body) {
  RecordLeaf leaf = next_leaf(record);
  std::vector<Body> of_leaf = {
      {Part::public_part, fixed_salt(++salts_), to_bytes(view_of(public_body))}};
  if (!personal_body.empty()) {
    of_leaf.push_back(
        {Part::personal_part, fixed_salt(++salts_), to_bytes(view_of(personal_body))});
  }
  for (const Body& body : of_leaf) {
    leaf.parts.push_back({body.part, body_commitment(body.salt, body.part, body.body)});
  }
  const LeafIndex index = append(encode(leaf));
  bodies[index] = std::move(of_leaf);
  return index;
}

Establish FixedLog::next_establish() const {
  const EstablishEvent& before = identity.newest();
  Establish next;
  next.organisation = organisation();
  next.seq = before.establish.seq + 1;
  next.previous = before.id;
  next.time_s = before.establish.time_s + 86'400;
  next.trusted_size = tree.size();
  next.trusted_root = head().root;
  next.log_key = fixed_key(6).public_key().bytes();
  next.node_keys = before.establish.node_keys;
  next.threshold_next = 1;
  next.next_digests = {reserve_digest(fixed_key(7).public_key().bytes())};
  next.revealed = {{0, fixed_key(3).public_key().bytes()}, {2, fixed_key(5).public_key().bytes()}};
  return next;
}

Bytes FixedLog::signed_leaf(Establish event, const std::vector<std::uint8_t>& revealed_seeds,
                            std::uint8_t new_log_key_seed) const {
  const Bytes body = encode_body(event);
  for (std::size_t i = 0; i < revealed_seeds.size(); ++i) {
    event.signatures.push_back({EstablishSignature::Kind::reserve, static_cast<std::uint8_t>(i),
                                fixed_key(revealed_seeds[i]).sign_use("establish", body)});
  }
  event.signatures.push_back({EstablishSignature::Kind::new_log_key, 0,
                              fixed_key(new_log_key_seed).sign_use("establish", body)});
  return encode(event);
}

LeafIndex FixedLog::rotate() {
  Bytes leaf = signed_leaf(next_establish(), {3, 5});
  EXPECT_TRUE(identity.extend(leaf, leaves.size()));
  log_key_seed = 6;
  return append(std::move(leaf));
}

std::string FixedLog::checkpoint() const {
  return sign_checkpoint(organisation(), head(), fixed_key(log_key_seed));
}

Bytes FixedLog::leaves_of(LeafIndex first, LeafIndex end) const {
  Bytes out;
  for (LeafIndex i = first; i < end; ++i) append_leaf(out, leaves.at(i));
  return out;
}

Bytes FixedLog::bodies_of(LeafIndex first, LeafIndex end) const {
  Bytes out;
  for (LeafIndex i = first; i < end; ++i) {
    for (const Body& body : bodies.at(i)) append_body(out, body.salt, body.body);
  }
  return out;
}

ProofParts FixedLog::proof_parts(LeafIndex index) const {
  ProofParts out;
  out.leaf = leaves.at(index);
  for (const Body& body : bodies.at(index)) out.bodies.push_back({body.part, body.salt, body.body});
  for (const EstablishEvent& event : identity.events()) {
    out.events.push_back({event.position, event.leaf,
                          inclusion_proof(event.position, tree.size(), tree), event.rival_leaf});
  }
  return out;
}

std::string FixedLog::proof_text(LeafIndex index) const {
  TlogProof proof;
  proof.extra = encode(proof_parts(index));
  proof.index = index;
  proof.hashes = inclusion_proof(index, tree.size(), tree);
  proof.checkpoint = checkpoint();
  return to_text(proof);
}

}  // namespace moot::log::test

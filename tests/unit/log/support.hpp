#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "crypto/encoding.hpp"
#include "log/block.hpp"
#include "log/checkpoint.hpp"
#include "log/identity.hpp"
#include "log/proof.hpp"

namespace moot::log {

/// How GoogleTest prints a fault.
inline void PrintTo(Fault fault, std::ostream* out) { *out << word_of(fault); }

namespace test {

template <class T>
::testing::AssertionResult failed_with(const Result<T, Fault>& result, Fault fault) {
  if (result) return ::testing::AssertionFailure() << "it was accepted";
  if (result.error() == fault) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "it was refused as " << word_of(result.error()) << ", not as " << word_of(fault);
}
#define EXPECT_FAULT(result, fault) EXPECT_TRUE(::moot::log::test::failed_with(result, fault))

Bytes from_hex(std::string_view text);
Hash hash_from_hex(std::string_view text);

/// The same key in every run: its seed is this byte, 32 times.
crypto::SigningKey fixed_key(std::uint8_t seed);
/// Bytes that are the same in every run.
Salt fixed_salt(std::uint8_t which);
RecordId fixed_record(std::uint8_t which);

/// Holds each leaf's hash as a tile store would.
class VectorTree final : public TileReader {
 public:
  void append(const Hash& leaf_hash);
  TreeSize size() const { return levels_.empty() ? 0 : levels_.front().size(); }
  std::vector<Hash> tile(unsigned tile_level, std::uint64_t index) const override;

 private:
  std::vector<std::vector<Hash>> levels_;
};

/// A log with keys, salts and times that are the same in every run. Log key seed 1, node key 2,
/// reserve keys 3, 4 and 5, of which two establish the next event.
class FixedLog {
 public:
  FixedLog();

  const OrganisationId& organisation() const { return identity.organisation(); }
  /// Publishes a version of a record; an empty personal body: none.
  LeafIndex put(std::uint8_t record, std::string_view public_body,
                std::string_view personal_body = {});
  LeafIndex append(Bytes leaf);
  RecordLeaf next_leaf(std::uint8_t record) const;
  /// What the next event would be, unsigned: log key seed 6, reserve keys 3 and 5 revealed.
  Establish next_establish() const;
  /// Signed by its new log key and by these of the revealed keys.
  Bytes signed_leaf(Establish event, const std::vector<std::uint8_t>& revealed_seeds,
                    std::uint8_t log_key_seed = 6) const;
  /// Appends next_establish() and takes its log key into use.
  LeafIndex rotate();

  Head head() const { return {tree.size(), root_at(tree.size(), tree)}; }
  std::string checkpoint() const;
  /// Leaves and bodies of [first, end) as bundles.
  Bytes leaves_of(LeafIndex first, LeafIndex end) const;
  Bytes bodies_of(LeafIndex first, LeafIndex end) const;
  ProofParts proof_parts(LeafIndex index) const;
  std::string proof_text(LeafIndex index) const;

  struct Body {
    Part part = Part::public_part;
    Salt salt{};
    Bytes body;
  };
  std::vector<Bytes> leaves;
  std::vector<std::vector<Body>> bodies;
  VectorTree tree;
  Identity identity;
  std::uint8_t log_key_seed = 1;

 private:
  std::uint8_t salts_ = 0;
};

Bytes fixed_first_establish();

}  // namespace test
}  // namespace moot::log

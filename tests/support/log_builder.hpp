#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signing.hpp"
#include "log/block.hpp"
#include "log/checkpoint.hpp"
#include "log/identity.hpp"

namespace moot::test {

/// A record id that tells `number`, spread over all 16 bytes as UUIDs are.
log::RecordId record_id(std::uint64_t number);

/// An organisation that publishes in memory and answers what a peer would send of its log: ranges
/// and checkpoints that went through log's own checks, really signed and hashed.
///
///     LogBuilder builder;
///     builder.put_many(600, 700);
///     store.apply(... builder.identity() ...);
///     store.apply(... builder.ranges(0, builder.size()), builder.checkpoint() ...);
class LogBuilder {
 public:
  /// Founds it with a fresh log key and one reserve key: leaf 0.
  LogBuilder();
  LogBuilder(LogBuilder&&) = default;
  /// Another future of the same log, signed by the same key: what a fork is made of.
  LogBuilder fork() const;

  const log::OrganisationId& organisation() const { return identity_.organisation(); }
  const log::Identity& identity() const { return identity_; }
  /// The newest log key.
  const crypto::SigningKey& log_key() const { return log_keys_.back(); }
  const Bytes& first_leaf() const { return identity_.events().front().leaf; }
  log::TreeSize size() const { return leaves_.size(); }

  /// Appends the next version of a record; `personal` empty: no personal part.
  log::LeafIndex put(const log::RecordId& record, std::string_view body,
                     std::string_view personal = {});
  /// Appends `count` new records with public bodies of `body_bytes`.
  void put_many(std::size_t count, std::size_t body_bytes);
  log::LeafIndex withdraw(const log::RecordId& record);
  /// From now on ranges answer this status in place of the bodies of an entry.
  void set_status(log::LeafIndex entry, log::BodyStatus status);
  /// Introduces a new log key, signed by the reserve key: an establish entry at the log's end.
  log::LeafIndex rotate() { return rotate(size()); }
  /// The same, standing by the head of this size only.
  log::LeafIndex rotate(log::TreeSize trusted_size);
  /// Leaves ascending, at most limits::erase_leaves_max.
  log::LeafIndex erase(std::vector<log::ErasedLeaf> erased,
                       log::EraseReason reason = log::EraseReason::mistake);

  log::Head head(log::TreeSize size) const;
  log::Head head() const { return head(size()); }
  log::Verified<log::Checkpoint> checkpoint(log::TreeSize size) const;
  log::Verified<log::Checkpoint> checkpoint() const { return checkpoint(size()); }

  /// Entries [first, end) as sync brings them: cut at blocks, each checked against its block.
  std::vector<log::Verified<log::EntryRange>> ranges(log::LeafIndex first,
                                                     log::LeafIndex end) const;
  /// Entries [first, end) in one piece, as a tail that came with a checkpoint of size `end`.
  log::Verified<log::EntryRange> tail(log::LeafIndex first, log::LeafIndex end) const;

  const Bytes& leaf(log::LeafIndex entry) const { return leaves_[entry].leaf; }
  /// Bundles of entries, as a holder of all of it would answer them.
  Bytes leaf_bundle(log::LeafIndex first, log::LeafIndex end) const;
  Bytes body_bundle(log::LeafIndex first, log::LeafIndex end) const;

 private:
  struct Leaf {
    Bytes leaf;
    Bytes bodies;  ///< its part of a body bundle
    std::size_t parts = 0;
    Hash hash{};
  };
  LogBuilder(const LogBuilder& other);
  void append(Bytes leaf, Bytes bodies, std::size_t parts);
  log::RecordLeaf next_version(const log::RecordId& record) const;

  std::vector<crypto::SigningKey> log_keys_;  ///< by establish seq
  crypto::SigningKey reserve_key_;
  log::Identity identity_;
  std::vector<Leaf> leaves_;
  std::map<log::RecordId, log::LeafIndex> newest_;
  std::uint64_t numbers_ = 0;
};

}  // namespace moot::test

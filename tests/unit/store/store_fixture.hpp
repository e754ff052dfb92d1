#pragma once
#include <gtest/gtest.h>

#include <optional>

#include "store/store.hpp"
#include "support/log_builder.hpp"
#include "support/shared.hpp"

namespace moot::test {

/// A store in a folder of its own.
class StoreFixture {
 public:
  StoreFixture() { open({.read_only = false, .create = true}); }

  std::filesystem::path folder() const { return temporary_.path() / "store"; }
  store::Store& store() { return *store_; }
  void close() { store_.reset(); }
  void open(const store::OpenOptions& options = {});
  void reopen() {
    close();
    open();
  }
  /// One job alone.
  store::JobResult apply(store::Job job);
  std::vector<store::JobResult> apply_all(std::vector<store::Job> jobs);

 private:
  TemporaryFolder temporary_;
  std::unique_ptr<store::Store> store_;
};

/// An organisation that publishes into a store, with the log key in the test's hand.
class Publisher {
 public:
  Publisher();
  store::Job found() const;
  /// New records with bodies of `body_bytes`, numbered on from those before.
  store::Publish records(std::size_t count, std::size_t body_bytes = 100);
  store::Publish one(const log::RecordId& record, std::string_view body,
                     std::string_view personal = {}) const;
  store::SignHead signer() const;
  /// An event that introduces a new log key and stands by this head of the log (its identity is
  /// that of the store). From now on the signer signs with the new key.
  store::AppendEstablish establish(const log::Identity& identity, const log::Head& trusted,
                                   bool republish);
  log::OrganisationId organisation() const;
  const Bytes& first_leaf() const { return first_leaf_; }

 private:
  std::shared_ptr<crypto::SigningKey> key_;
  std::shared_ptr<crypto::SigningKey> reserve_key_;
  Bytes first_leaf_;
  std::uint64_t numbers_ = 0;
};

/// What a store holds of a log agrees with itself: leaves hash to the head's root, tiles to the
/// same, each body to its leaf's commitment; answers the number of entries held.
void expect_sound(const log::LogReader& reader, const log::OrganisationId& organisation);

/// A store's log is what the builder made, byte for byte, in its first `held` entries.
void expect_same(const log::LogReader& reader, const LogBuilder& builder, log::TreeSize held);

/// What a store answers for each part of one entry.
std::vector<log::BodyItem> items_of(const log::LogReader& reader,
                                    const log::OrganisationId& organisation, log::LeafIndex entry,
                                    Bytes& bundle);
log::BodyStatus status_of(const log::LogReader& reader, const log::OrganisationId& organisation,
                          log::LeafIndex entry, std::size_t item = 0);
/// Is the text in any byte of a file?
bool file_has(const std::filesystem::path& file, std::string_view text);

#define ASSERT_FAULT(result, fault)                                    \
  do {                                                                 \
    const auto& checked = (result);                                    \
    ASSERT_FALSE(checked.has_value());                                 \
    ASSERT_EQ(store::word_of(checked.error()), store::word_of(fault)); \
  } while (false)

}  // namespace moot::test

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
  log::OrganisationId organisation() const;
  const Bytes& first_leaf() const { return first_leaf_; }

 private:
  std::shared_ptr<crypto::SigningKey> key_;
  Bytes first_leaf_;
  std::uint64_t numbers_ = 0;
};

/// What a store holds of a log agrees with itself: leaves hash to the head's root, tiles to the
/// same, each body to its leaf's commitment; answers the number of entries held.
void expect_sound(const log::LogReader& reader, const log::OrganisationId& organisation);

/// A store's log is what the builder made, byte for byte, in its first `held` entries.
void expect_same(const log::LogReader& reader, const LogBuilder& builder, log::TreeSize held);

#define ASSERT_FAULT(result, fault)                                    \
  do {                                                                 \
    const auto& checked = (result);                                    \
    ASSERT_FALSE(checked.has_value());                                 \
    ASSERT_EQ(store::word_of(checked.error()), store::word_of(fault)); \
  } while (false)

}  // namespace moot::test

#pragma once
#include "store/batch.hpp"
#include "store/identity_cache.hpp"
#include "store/version_index.hpp"

namespace moot::store {

/// Carries out jobs, one transaction for all that come together. One thread at a time.
class Writer {
 public:
  Writer(Environment& environment, RecentVersions& recent, IdentityCache& identities,
         const Holds& holds)
      : environment_(environment),
        recent_(recent),
        identities_(identities),
        holds_(holds),
        indexer_(recent) {}

  std::vector<JobResult> apply(std::span<const Job> jobs);

 private:
  struct Attempt {
    int error = 0;  ///< 0, or why nothing was written
    std::vector<JobResult> results;
  };
  Attempt attempt(std::span<const Job> jobs);
  void forget();
  std::vector<JobResult> do_jobs(Batch& batch, std::span<const Job> jobs);
  void publish_to_caches(Batch& batch);

  Environment& environment_;
  RecentVersions& recent_;
  IdentityCache& identities_;
  Holds holds_;
  SlotCache slots_;
  VersionIndexer indexer_;
  std::uint64_t transactions_ = 0;
};

}  // namespace moot::store

#pragma once
#include <filesystem>
#include <memory>

#include "store/jobs.hpp"

namespace moot::store {

struct OpenOptions {
  bool read_only = false;  ///< for audit of a home, beside a running node too
  bool create = false;     ///< make it when it is not there (init)
  /// How long an erased part is hidden before it is destroyed.
  std::int64_t personal_hold_ms = limits::personal_hold_ms;
  std::int64_t public_hold_ms = limits::public_hold_ms;
};

/// One LMDB environment that holds everything a node keeps: entries, bodies, tree, checkpoints,
/// identities, follows, peers.
///
/// It resists crashes at any instruction (LMDB with its syncs on), full disks (a failed transaction
/// changes nothing and every job in it says so; reading goes on) and its own defects (sizes and
/// roots are compared before writing and again when read). Reads (LogReader) from any thread: each
/// is one snapshot of milliseconds. apply() from one thread at a time. Layout: docs/protocol.md
/// does not concern it; docs/architecture.md has the tables.
class Store final : public log::LogReader {
 public:
  static Result<std::unique_ptr<Store>, Fault> open(const std::filesystem::path& folder,
                                                    const OpenOptions& options);
  ~Store() override;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Does all jobs in one transaction and one sync; durable when it returns. A job that is refused
  /// (not_contiguous, contradiction, unknown_log, …) fails alone; a fault of the disk fails every
  /// job of the call and changes nothing.
  std::vector<JobResult> apply(std::span<const Job> jobs);

  /// The node's own organisation; nullopt before Found.
  std::optional<log::OrganisationId> own_organisation() const;
  std::vector<Follow> follows() const;
  std::vector<PeerSeen> peers() const;
  /// Publishes that wait, by number.
  struct Queued {
    std::uint64_t number = 0;
    std::uint64_t time_ms = 0;
    std::vector<NewRecord> records;
  };
  std::vector<Queued> queued() const;
  std::optional<std::string> value(std::string_view name) const;
  /// When the next destruction is due (Unix ms); nullopt: nothing is hidden that waits for a time.
  std::optional<std::uint64_t> next_destruction_ms() const;
  /// Writes all rows into a new file and puts it in the place of the old, so that nothing of what
  /// was destroyed is left in freed pages. Needs free room of the store's size; a fault of the disk
  /// changes nothing. Waits for reads under way. Not from within apply(); one thread at a time with
  /// apply().
  Result<Done, Fault> compact();
  /// Copies the store, as of now and without freed pages, into a new folder (moot backup).
  Result<Done, Fault> copy_to(const std::filesystem::path& folder) const;
  /// Bytes that the environment's file takes on disk.
  std::uint64_t bytes_on_disk() const;

  // LogReader
  std::vector<log::OrganisationId> organisations() const override;
  std::optional<log::LogState> state(const log::OrganisationId& organisation) const override;
  std::optional<log::Identity> identity(const log::OrganisationId& organisation) const override;
  Bytes leaves(const log::OrganisationId& organisation, log::LeafIndex first,
               std::uint64_t count_max, std::size_t bytes_max) const override;
  Bodies bodies(const log::OrganisationId& organisation, log::LeafIndex first,
                std::uint64_t count_max, std::size_t bytes_max, bool with_personal) const override;
  std::unique_ptr<log::TileReader> tree(const log::OrganisationId& organisation) const override;
  std::optional<log::LeafIndex> newest_version(const log::OrganisationId& organisation,
                                               const log::RecordId& record) const override;
  std::vector<log::Checkpoint> checkpoints(const log::OrganisationId& organisation) const override;
  std::vector<log::Erasure> erasures(const log::OrganisationId& organisation, log::LeafIndex first,
                                     std::size_t count_max) const override;
  std::vector<log::WitnessRow> witnesses(const log::OrganisationId& organisation) const override;
  std::vector<Bytes> evidence(const log::OrganisationId& organisation) const override;
  std::vector<log::Abandoned> abandoned(const log::OrganisationId& organisation) const override;
  Bytes abandoned_leaves(const log::OrganisationId& organisation, std::uint32_t epoch,
                         log::LeafIndex first, std::uint64_t count_max,
                         std::size_t bytes_max) const override;
  std::vector<log::HiddenHere> hidden_here(const log::OrganisationId& organisation) const override;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace moot::store

#pragma once
#include "store/batch.hpp"
#include "store/jobs.hpp"

/// Internal: entries of the own log that are not yet written.
namespace moot::store {

/// Are these records such as may be published, by themselves and together?
bool are_acceptable(std::span<const NewRecord> records);

class Draft {
 public:
  /// Records are written under establish event `epoch`.
  Draft(Batch& batch, StagedLog& log, const log::OrganisationId& own, std::uint32_t epoch);

  log::LeafIndex next() const { return log_.slot.row.held + entries_.size(); }
  bool has_room(std::uint64_t entries) const { return next() + entries < limits::log_entries_max; }
  void add(std::span<const NewRecord> records, std::uint64_t time_ms);
  /// An entry without record: erase or establish.
  void add_leaf(ByteView leaf);
  const log::OrganisationId& own() const { return leaf_.organisation; }
  std::uint32_t epoch() const { return leaf_.epoch; }

  /// What is to be appended; views into this.
  Append append() const;
  const NewestInBatch& written() const { return written_; }

 private:
  void add(const NewRecord& record, std::uint64_t time_ms, std::optional<log::LeafIndex> stored);
  std::optional<log::LeafIndex> newest(const log::RecordId& record,
                                       std::optional<log::LeafIndex> stored) const;
  NewEntry& add_entry(ByteView leaf);

  Batch& batch_;
  StagedLog& log_;
  log::RecordLeaf leaf_;
  Bytes leaves_;
  Bytes bodies_;
  std::vector<Hash> hashes_;
  std::vector<NewEntry> entries_;
  NewestInBatch written_;
};

/// A draft whose new head is signed. Holds views into the draft.
struct SignedDraft {
  Append append;
  StoredHead stored;
};
/// Has the head after the draft signed, which must not contradict any that was signed before.
/// Writes nothing. contradiction, or bad_job when the signer gives no note.
Result<SignedDraft, Fault> sign(Batch& batch, const StagedLog& log, const Draft& draft,
                                const SignHead& sign_head);
/// Writes it and keeps the checkpoint.
void write(Batch& batch, StagedLog& log, const Draft& draft, SignedDraft made,
           std::uint64_t time_ms);
/// What is answered then.
Outcome outcome_of(const StagedLog& log, const Draft& draft, log::LeafIndex first);

}  // namespace moot::store

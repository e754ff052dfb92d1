#include <algorithm>

#include "store/job_work.hpp"
#include "store/version_index.hpp"

namespace moot::store {

namespace {

bool is_kind(std::string_view kind) {
  return !kind.empty() && kind.size() <= limits::kind_bytes_max &&
         std::ranges::all_of(kind, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

bool is_acceptable(const NewRecord& record) {
  if (!is_kind(record.kind) || record.parts.size() > limits::parts_max) return false;
  if (record.operation != log::Operation::put && record.operation != log::Operation::withdraw) {
    return false;
  }
  // What is put has a body, and what is withdrawn has none.
  if ((record.operation == log::Operation::withdraw) != record.parts.empty()) return false;
  unsigned before = 0;
  for (const NewPart& part : record.parts) {
    const auto number = static_cast<unsigned>(part.part);
    if (number <= before || number > static_cast<unsigned>(log::Part::personal_part)) return false;
    if (part.body.size() > limits::body_bytes_max) return false;
    before = number;
  }
  return true;
}

bool is_acceptable(const Publish& job) {
  if (job.records.empty() || job.records.size() > limits::publish_records_max || !job.sign) {
    return false;
  }
  std::uint64_t body_bytes = 0;
  for (const NewRecord& record : job.records) {
    if (!is_acceptable(record)) return false;
    for (const NewPart& part : record.parts) body_bytes += part.body.size();
  }
  return body_bytes <= limits::publish_bytes_max;
}

/// The records of one or more jobs as entries of the own log, not yet written.
class Draft {
 public:
  Draft(Batch& batch, StagedLog& log, const log::OrganisationId& own) : batch_(batch), log_(log) {
    leaf_.organisation = own;
    leaf_.epoch = log.slot.row.events - 1;
  }

  log::LeafIndex next() const { return log_.slot.row.held + entries_.size(); }

  void add(const Publish& job) {
    std::vector<log::RecordId> ids;
    ids.reserve(job.records.size());
    for (const NewRecord& record : job.records) ids.push_back(record.record);
    const auto stored = find_newest(batch_.transaction, batch_.recent, log_.committed, ids);
    for (std::size_t i = 0; i < ids.size(); ++i) add(job.records[i], job.time_ms, stored[i]);
  }

  /// What is to be appended; views into this.
  Append append() const {
    Append out;
    out.tree = log_.slot.tree;
    out.tree.append(hashes_, out.upper);
    out.ranges.push_back({.first = log_.slot.row.held,
                          .leaves = leaves_,
                          .bodies = bodies_,
                          .leaf_hashes = hashes_,
                          .entries = entries_});
    return out;
  }
  const NewestInBatch& written() const { return written_; }

 private:
  void add(const NewRecord& record, std::uint64_t time_ms, std::optional<log::LeafIndex> stored) {
    leaf_.operation = record.operation;
    leaf_.time_ms = time_ms;
    leaf_.record = record.record;
    leaf_.kind = record.kind;
    const auto before = newest(record.record, stored);
    leaf_.previous = before ? *before + 1 : 0;
    leaf_.parts.clear();
    NewEntry& entry = entries_.emplace_back();
    const std::size_t bodies_before = bodies_.size();
    for (const NewPart& part : record.parts) {
      leaf_.parts.push_back({.part = part.part, .commitment = part.commitment});
      entry.parts |= part_bit(part.part);
      log::append_body(bodies_, part.salt, part.body);
    }
    const Bytes leaf = log::encode(leaf_);
    log::append_leaf(leaves_, leaf);
    hashes_.push_back(log::hash_leaf(leaf));
    entry.leaf_bytes = static_cast<std::uint32_t>(2 + leaf.size());
    entry.body_bytes = static_cast<std::uint32_t>(bodies_.size() - bodies_before);
    entry.record = record.record;
    written_[record.record] = next() - 1;
  }

  /// In the jobs before, or where the store has it.
  std::optional<log::LeafIndex> newest(const log::RecordId& record,
                                       std::optional<log::LeafIndex> stored) const {
    const NewestInBatch* const both[] = {&written_, &log_.newest};
    for (const NewestInBatch* versions : both) {
      const auto found = versions->find(record);
      if (found != versions->end()) return found->second;
    }
    return stored;
  }

  Batch& batch_;
  StagedLog& log_;
  log::RecordLeaf leaf_;
  Bytes leaves_;
  Bytes bodies_;
  std::vector<Hash> hashes_;
  std::vector<NewEntry> entries_;
  NewestInBatch written_;
};

}  // namespace

std::vector<JobResult> do_publishes(Batch& batch, std::span<const Publish* const> jobs) {
  std::vector<JobResult> results(jobs.size(), JobResult(fail(Fault::bad_job)));
  const auto refuse_all = [&](Fault fault) {
    std::ranges::fill(results, JobResult(fail(fault)));
    return results;
  };
  if (!batch.own) return refuse_all(Fault::not_founded);
  const auto found = batch.find(*batch.own);
  if (!found) return refuse_all(found.error());
  StagedLog& log = **found;

  Draft draft(batch, log, *batch.own);
  const Publish* last = nullptr;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Publish& job = *jobs[i];
    const bool fits = draft.next() + job.records.size() < limits::log_entries_max;
    if (!fits || !is_acceptable(job)) continue;
    Outcome outcome;
    outcome.first = draft.next();
    draft.add(job);
    results[i] = outcome;
    last = &job;
  }
  if (last == nullptr) return results;

  Append append = draft.append();
  StoredHead stored{.head = {.size = append.tree.size(), .root = append.tree.root()}, .note = {}};
  Fault refusal = Fault::bad_job;
  if (contradicts_kept(batch.transaction, log.slot.row.number, stored.head)) {
    refusal = Fault::contradiction;
  } else {
    stored.note = last->sign(stored.head);
  }
  if (stored.note.empty() || stored.note.size() > limits::note_bytes_max) {
    for (JobResult& result : results) {
      if (result) result = fail(refusal);
    }
    return results;
  }

  batch.write(log, std::move(append));
  keep_checkpoint(batch.transaction, log.slot.row, stored, last->time_ms);
  for (const auto& [record, entry] : draft.written()) log.newest[record] = entry;
  const log::LogState state = state_of(*batch.own, log.slot.row);
  for (JobResult& result : results) {
    if (!result) continue;
    result->checkpoint = state.head;
    result->state = state;
  }
  return results;
}

}  // namespace moot::store

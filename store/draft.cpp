#include "store/draft.hpp"

#include <algorithm>

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

}  // namespace

bool are_acceptable(std::span<const NewRecord> records) {
  if (records.empty() || records.size() > limits::publish_records_max) return false;
  std::uint64_t body_bytes = 0;
  for (const NewRecord& record : records) {
    if (!is_acceptable(record)) return false;
    for (const NewPart& part : record.parts) body_bytes += part.body.size();
  }
  return body_bytes <= limits::publish_bytes_max;
}

Draft::Draft(Batch& batch, StagedLog& log, const log::OrganisationId& own, std::uint32_t epoch)
    : batch_(batch), log_(log) {
  leaf_.organisation = own;
  leaf_.epoch = epoch;
}

void Draft::add(std::span<const NewRecord> records, std::uint64_t time_ms) {
  std::vector<log::RecordId> ids;
  ids.reserve(records.size());
  for (const NewRecord& record : records) ids.push_back(record.record);
  const auto stored = find_newest(batch_.transaction, batch_.recent, log_.committed, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) add(records[i], time_ms, stored[i]);
}

void Draft::add_leaf(ByteView leaf) { add_entry(leaf); }

Append Draft::append() const {
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

NewEntry& Draft::add_entry(ByteView leaf) {
  log::append_leaf(leaves_, leaf);
  hashes_.push_back(log::hash_leaf(leaf));
  NewEntry& entry = entries_.emplace_back();
  entry.leaf_bytes = static_cast<std::uint32_t>(2 + leaf.size());
  return entry;
}

void Draft::add(const NewRecord& record, std::uint64_t time_ms,
                std::optional<log::LeafIndex> stored) {
  leaf_.operation = record.operation;
  leaf_.time_ms = time_ms;
  leaf_.record = record.record;
  leaf_.kind = record.kind;
  const auto before = newest(record.record, stored);
  leaf_.previous = before ? *before + 1 : 0;
  leaf_.parts.clear();
  std::uint8_t parts = 0;
  const std::size_t bodies_before = bodies_.size();
  for (const NewPart& part : record.parts) {
    leaf_.parts.push_back({.part = part.part, .commitment = part.commitment});
    parts |= part_bit(part.part);
    log::append_body(bodies_, part.salt, part.body);
  }
  NewEntry& entry = add_entry(log::encode(leaf_));
  entry.body_bytes = static_cast<std::uint32_t>(bodies_.size() - bodies_before);
  entry.parts = parts;
  entry.record = record.record;
  written_[record.record] = next() - 1;
}

/// In the jobs before, or where the store has it.
std::optional<log::LeafIndex> Draft::newest(const log::RecordId& record,
                                            std::optional<log::LeafIndex> stored) const {
  const NewestInBatch* const both[] = {&written_, &log_.newest};
  for (const NewestInBatch* versions : both) {
    const auto found = versions->find(record);
    if (found != versions->end()) return found->second;
  }
  return stored;
}

Result<SignedDraft, Fault> sign(Batch& batch, const StagedLog& log, const Draft& draft,
                                const SignHead& sign_head) {
  SignedDraft made;
  made.append = draft.append();
  made.stored.head = {.size = made.append.tree.size(), .root = made.append.tree.root()};
  if (contradicts_kept(batch.transaction, log.slot.row.number, made.stored.head)) {
    return fail(Fault::contradiction);
  }
  made.stored.note = sign_head(made.stored.head);
  if (made.stored.note.empty() || made.stored.note.size() > limits::note_bytes_max) {
    return fail(Fault::bad_job);
  }
  return made;
}

void write(Batch& batch, StagedLog& log, const Draft& draft, SignedDraft made,
           std::uint64_t time_ms) {
  batch.write(log, std::move(made.append));
  keep_checkpoint(batch.transaction, log.slot.row, made.stored, time_ms);
  for (const auto& [record, entry] : draft.written()) log.newest[record] = entry;
}

Outcome outcome_of(const StagedLog& log, const Draft& draft, log::LeafIndex first) {
  Outcome outcome;
  outcome.first = first;
  outcome.state = state_of(draft.own(), log.slot.row);
  outcome.checkpoint = outcome.state.head;
  return outcome;
}

}  // namespace moot::store

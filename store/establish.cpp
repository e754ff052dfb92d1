#include <algorithm>

#include "crypto/secret.hpp"
#include "store/body_rows.hpp"
#include "store/draft.hpp"
#include "store/entry_table.hpp"
#include "store/erasing.hpp"
#include "store/job_work.hpp"
#include "store/tile_table.hpp"

namespace moot::store {

namespace {

/// What is appended again of the entries that an event disowns.
class Republished {
 public:
  Republished(Batch& batch, const LogRow& row, Draft& draft)
      : batch_(batch), row_(row), draft_(draft) {}

  /// Adds all from `first` on to the draft.
  void add_from(log::LeafIndex first) {
    for (log::LeafIndex entry = first; entry < row_.held;) {
      const log::LeafIndex end = std::min(row_.held, entry + limits::block_entries);
      add_some(entry, end);
      entry = end;
    }
  }
  /// Where its erase entries will be.
  const std::vector<log::LeafIndex>& erases() const { return erases_; }

 private:
  void add_some(log::LeafIndex first, log::LeafIndex end) {
    const Bytes bundle = read_leaves(batch_.transaction, row_.number, first, end, SIZE_MAX);
    HiddenParts hidden(batch_.transaction, row_.number, first);
    const auto bodies = read_bodies(batch_.transaction, row_.number, first, end, SIZE_MAX, true,
                                    row_.erasures > 0 ? &hidden : nullptr);
    const auto leaves = log::split_leaves(bundle, end - first);
    if (!leaves) return;
    const auto items = log::split_bodies(bodies.bundle, first, *leaves);
    if (!items) return;
    for (log::LeafIndex entry = first; entry < first + leaves->size(); ++entry) {
      const auto of_entry = std::ranges::equal_range(*items, entry, {}, &log::BodyItem::entry);
      add((*leaves)[entry - first], std::span(of_entry.begin(), of_entry.end()));
    }
  }

  void add(ByteView leaf, std::span<const log::BodyItem> items) {
    auto entry = log::decode_entry(leaf);
    if (!entry) return;
    if (auto* erase = std::get_if<log::EraseLeaf>(&*entry)) {
      erase->epoch = draft_.epoch();
      erases_.push_back(draft_.next());
      draft_.add_leaf(log::encode(*erase));
    } else if (const auto* record = std::get_if<log::RecordLeaf>(&*entry)) {
      add(*record, items);
    }
  }

  void add(const log::RecordLeaf& leaf, std::span<const log::BodyItem> items) {
    NewRecord record{
        .operation = leaf.operation, .record = leaf.record, .kind = leaf.kind, .parts = {}};
    for (const log::BodyItem& item : items) {
      if (item.status != log::BodyStatus::held) continue;
      NewPart part{.part = item.part, .salt = {}, .body = to_bytes(item.body), .commitment = {}};
      crypto::random_bytes(part.salt);
      part.commitment = log::body_commitment(part.salt, part.part, part.body);
      record.parts.push_back(std::move(part));
    }
    // Of a record whose bodies are gone there is nothing to publish.
    if (leaf.operation == log::Operation::put && record.parts.empty()) return;
    draft_.add(std::span(&record, 1), leaf.time_ms);
  }

  Batch& batch_;
  const LogRow& row_;
  Draft& draft_;
  std::vector<log::LeafIndex> erases_;
};

/// Our identity with the event at the end of what is held; contradiction when it does not follow,
/// or stands by a head that is not one of this log's.
Result<log::Identity, Fault> extended(Batch& batch, const StagedLog& log,
                                      const AppendEstablish& job) {
  const LogRow& row = log.slot.row;
  auto identity = identity_of(read_events(batch.transaction, row.number));
  if (!identity) return fail(Fault::corrupt);
  if (!identity->extend(job.leaf, row.held, job.rival_leaf)) return fail(Fault::contradiction);
  const log::Establish& event = identity->newest().establish;
  const TransactionTree tree(batch.transaction, row.number);
  const Hash root = event.trusted_size == row.held ? log.slot.tree.root()
                                                   : log::root_at(event.trusted_size, tree);
  if (root != event.trusted_root) return fail(Fault::contradiction);
  return std::move(*identity);
}

}  // namespace

JobResult do_job(Batch& batch, const AppendEstablish& job) {
  if (!batch.own) return fail(Fault::not_founded);
  if (!job.sign) return fail(Fault::bad_job);
  const auto found = batch.find(*batch.own);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  LogRow& row = log.slot.row;
  auto identity = extended(batch, log, job);
  if (!identity) return fail(identity.error());
  const log::EstablishEvent& event = identity->newest();

  Draft draft(batch, log, *batch.own, event.establish.seq);
  draft.add_leaf(job.leaf);
  Republished republished(batch, row, draft);
  if (job.republish) {
    republished.add_from(std::max(event.establish.trusted_size, job.republish_from));
  }
  if (!draft.has_room(0)) return fail(Fault::bad_job);
  auto made = sign(batch, log, draft, job.sign);
  if (!made) return fail(made.error());

  put_event(batch.transaction, row.number, event.establish.seq, event.position, event.leaf,
            job.rival_leaf);
  ++row.events;
  write(batch, log, draft, std::move(*made), job.time_ms);
  Erasing erasing(batch, log, job.time_ms);
  erasing.settle();
  erasing.take(republished.erases(), false);
  const log::LeafIndex position = event.position;
  batch.identities.push_back(std::move(*identity));
  return outcome_of(log, draft, position);
}

}  // namespace moot::store

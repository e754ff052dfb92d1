#include "store/queue.hpp"

#include "store/draft.hpp"
#include "store/job_work.hpp"
#include "store/state.hpp"

namespace moot::store {

namespace {

Key queue_key(std::uint64_t number) { return Key().u64(number); }

/// The row "queue" of `meta`.
struct Counts {
  std::uint64_t next = 1;
  std::uint64_t publishes = 0;
  std::uint64_t bytes = 0;
};

Counts read_counts(Transaction& transaction) {
  Counts counts;
  const auto value = transaction.get(Table::meta, Key("queue"));
  if (!value) return counts;
  Reader in(*value);
  counts.next = in.u64();
  counts.publishes = in.u64();
  counts.bytes = in.u64();
  return counts;
}

void put_counts(WriteTransaction& transaction, const Counts& counts) {
  transaction.put(Table::meta, Key("queue"),
                  moot::Writer(24).u64(counts.next).u64(counts.publishes).u64(counts.bytes).view());
}

Bytes encode(const Enqueue& job) {
  moot::Writer out;
  out.u64(job.time_ms).u32(static_cast<std::uint32_t>(job.records.size()));
  for (const NewRecord& record : job.records) {
    out.u8(static_cast<std::uint8_t>(record.operation)).bytes(record.record);
    out.u8(static_cast<std::uint8_t>(record.kind.size())).bytes(view_of(record.kind));
    out.u8(static_cast<std::uint8_t>(record.parts.size()));
    for (const NewPart& part : record.parts) {
      out.u8(static_cast<std::uint8_t>(part.part)).bytes(part.salt).bytes(part.commitment);
      out.u32(static_cast<std::uint32_t>(part.body.size())).bytes(part.body);
    }
  }
  return out.take();
}

NewRecord read_record(Reader& in) {
  NewRecord record;
  record.operation = static_cast<log::Operation>(in.u8());
  record.record = in.fixed<16>();
  record.kind = std::string(text_of(in.bytes(in.u8())));
  const std::size_t parts = in.u8();
  for (std::size_t i = 0; i < parts && in.ok(); ++i) {
    NewPart& part = record.parts.emplace_back();
    part.part = static_cast<log::Part>(in.u8());
    part.salt = in.fixed<limits::salt_bytes>();
    part.commitment = in.fixed<32>();
    part.body = to_bytes(in.bytes(in.u32()));
  }
  return record;
}

std::optional<Store::Queued> decode(const Row& row) {
  Store::Queued queued;
  queued.number = Reader(row.key).u64();
  Reader in(row.value);
  queued.time_ms = in.u64();
  const std::uint32_t records = in.u32();
  for (std::uint32_t i = 0; i < records && in.ok(); ++i) {
    queued.records.push_back(read_record(in));
  }
  if (!in.finished()) return std::nullopt;
  return queued;
}

}  // namespace

bool is_queued(Transaction& transaction, std::uint64_t number) {
  return transaction.get(Table::queue, queue_key(number)).has_value();
}

void remove_queued(WriteTransaction& transaction, std::uint64_t number) {
  const auto value = transaction.get(Table::queue, queue_key(number));
  if (!value) return;
  Counts counts = read_counts(transaction);
  --counts.publishes;
  counts.bytes -= value->size();
  put_counts(transaction, counts);
  transaction.remove(Table::queue, queue_key(number));
}

JobResult do_job(Batch& batch, const Enqueue& job) {
  if (!batch.own) return fail(Fault::not_founded);
  if (!are_acceptable(job.records)) return fail(Fault::bad_job);
  const Bytes row = encode(job);
  Counts counts = read_counts(batch.transaction);
  if (counts.publishes >= limits::queued_publishes_max ||
      counts.bytes + row.size() > limits::queued_bytes_max) {
    return fail(Fault::queue_full);
  }
  Outcome outcome;
  outcome.first = counts.next;
  batch.transaction.put(Table::queue, queue_key(counts.next), row);
  ++counts.next;
  ++counts.publishes;
  counts.bytes += row.size();
  put_counts(batch.transaction, counts);
  return outcome;
}

JobResult do_job(Batch& batch, const DropQueued& job) {
  if (!is_queued(batch.transaction, job.queued)) return fail(Fault::unknown_log);
  remove_queued(batch.transaction, job.queued);
  return Outcome{};
}

std::vector<Store::Queued> Store::queued() const {
  std::vector<Queued> queued;
  ReadTransaction transaction(*state_->environment);
  Cursor cursor(transaction, Table::queue);
  for (auto row = cursor.first(); row; row = cursor.next()) {
    if (auto waiting = decode(*row)) queued.push_back(std::move(*waiting));
  }
  return queued;
}

}  // namespace moot::store

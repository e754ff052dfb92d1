#include "store/job_work.hpp"
#include "store/state.hpp"

/// The daemon's small named values, in `meta`.
namespace moot::store {

namespace {

constexpr std::string_view prefix = "value/";
constexpr std::size_t name_bytes_max = 48;  // fits a Key with the prefix

std::optional<Key> value_key(std::string_view name) {
  if (name.empty() || name.size() > name_bytes_max) return std::nullopt;
  return Key(prefix).bytes(view_of(name));
}

}  // namespace

JobResult do_job(Batch& batch, const PutValue& job) {
  const auto key = value_key(job.name);
  if (!key || job.value.size() > limits::KiB) return fail(Fault::bad_job);
  batch.transaction.put(Table::meta, *key, view_of(job.value));
  return Outcome{};
}

std::optional<std::string> Store::value(std::string_view name) const {
  const auto key = value_key(name);
  if (!key) return std::nullopt;
  ReadTransaction transaction(*state_->environment);
  const auto stored = transaction.get(Table::meta, *key);
  if (!stored) return std::nullopt;
  return std::string(text_of(*stored));
}

}  // namespace moot::store

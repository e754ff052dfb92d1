#include "store/recent_versions.hpp"

#include <algorithm>

#include "log/record_fields.hpp"
#include "store/entry_table.hpp"

namespace moot::store {

namespace {

/// Pairs kept for all logs together: 8 bytes each in a table at most half full.
constexpr std::size_t pairs_max = std::size_t{1} << 18;

/// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
  value = (value ^ value >> 27) * 0x94d049bb133111ebU;
  return value ^ value >> 31;
}

}  // namespace

void PairTable::reserve(std::size_t count) {
  if (slots_.size() >= 2 * count) return;
  const std::vector<VersionPair> old = all();
  slots_.assign(std::max<std::size_t>(64, 2 * count), {});
  size_ = 0;
  for (const VersionPair& moved : old) insert(moved);
}

void PairTable::insert(VersionPair pair) {
  if (slots_.size() < 2 * (size_ + 1)) reserve(2 * (size_ + 1));
  std::size_t slot = std::uint64_t{pair.hash} * slots_.size() >> 32;
  while (slots_[slot] != VersionPair{}) slot = slot + 1 == slots_.size() ? 0 : slot + 1;
  slots_[slot] = pair;
  ++size_;
}

void PairTable::find(std::uint32_t hash, std::vector<std::uint32_t>& entries) const {
  if (slots_.empty()) return;
  std::size_t slot = std::uint64_t{hash} * slots_.size() >> 32;
  for (; slots_[slot] != VersionPair{}; slot = slot + 1 == slots_.size() ? 0 : slot + 1) {
    if (slots_[slot].hash == hash) entries.push_back(slots_[slot].entry);
  }
}

std::vector<VersionPair> PairTable::all() const {
  std::vector<VersionPair> pairs;
  pairs.reserve(size_);
  for (const VersionPair& pair : slots_) {
    if (pair != VersionPair{}) pairs.push_back(pair);
  }
  return pairs;
}

RecentVersions::RecentVersions(const FixedBytes<16>& salt) {
  Reader in(salt);
  salt_low_ = in.u64();
  salt_high_ = in.u64();
}

std::uint32_t RecentVersions::hash_of(const log::RecordId& record) const {
  Reader in(record);
  const std::uint64_t first = mix(in.u64() ^ salt_low_);
  const std::uint64_t both = mix((first ^ in.u64()) + salt_high_);
  return static_cast<std::uint32_t>(mix(both ^ salt_low_) >> 32);
}

void RecentVersions::scan(Transaction& transaction, std::uint32_t number, log::LeafIndex first,
                          log::LeafIndex end, std::vector<VersionPair>& pairs) const {
  visit_leaves(transaction, number, first, end, [&](log::LeafIndex entry, ByteView leaf) {
    const auto record = log::read_record_fields(leaf);
    if (record) {
      pairs.push_back(
          {.hash = hash_of(record->record), .entry = static_cast<std::uint32_t>(entry)});
    }
    return true;
  });
}

RecentVersions::Log* RecentVersions::bring_up(Transaction& transaction, const LogExtent& extent) {
  Log& log = logs_[extent.number];
  log.used = ++clock_;
  const bool is_void = log.rewinds < extent.rewinds;
  if (!is_void && (log.begin > extent.indexed || log.rewinds > extent.rewinds)) return nullptr;
  if (is_void || log.end < extent.indexed) {  // nothing of use in it
    log = {.begin = extent.indexed,
           .end = extent.indexed,
           .pairs = {},
           .used = clock_,
           .rewinds = extent.rewinds};
  }
  if (log.begin < extent.indexed) {
    std::vector<VersionPair> pairs = log.pairs.all();
    std::erase_if(pairs, [&](const VersionPair& pair) { return pair.entry < extent.indexed; });
    PairTable kept;
    kept.reserve(pairs.size());
    for (const VersionPair& pair : pairs) kept.insert(pair);
    log.pairs = std::move(kept);
    log.begin = extent.indexed;
  }
  if (log.end < extent.held) {
    std::vector<VersionPair> added;
    scan(transaction, extent.number, log.end, extent.held, added);
    for (const VersionPair& pair : added) log.pairs.insert(pair);
    log.end = extent.held;
    evict(extent.number);
  }
  return &log;
}

void RecentVersions::evict(std::uint32_t except) {
  std::size_t total = 0;
  for (const auto& [number, log] : logs_) total += log.pairs.size() + 1;
  while (total > pairs_max && logs_.size() > 1) {
    auto oldest = logs_.end();
    for (auto it = logs_.begin(); it != logs_.end(); ++it) {
      const bool is_older = oldest == logs_.end() || it->second.used < oldest->second.used;
      if (it->first != except && is_older) oldest = it;
    }
    total -= oldest->second.pairs.size() + 1;
    logs_.erase(oldest);
  }
}

void RecentVersions::find(Transaction& transaction, const LogExtent& extent,
                          std::span<const WantedHash> wanted, std::vector<Candidate>& candidates) {
  if (extent.indexed == extent.held) return;
  {
    const MutexLock lock(mutex_);
    if (const Log* log = bring_up(transaction, extent)) {
      std::vector<std::uint32_t> entries;
      for (const WantedHash& one : wanted) {
        entries.clear();
        log->pairs.find(one.hash, entries);
        for (const std::uint32_t entry : entries) candidates.push_back({one.position, entry});
      }
      return;
    }
  }
  std::vector<VersionPair> pairs;
  scan(transaction, extent.number, extent.indexed, extent.held, pairs);
  for (const VersionPair& pair : pairs) {
    const auto at_hash = std::ranges::equal_range(wanted, pair.hash, {}, &WantedHash::hash);
    for (const WantedHash& one : at_hash) candidates.push_back({one.position, pair.entry});
  }
}

std::vector<VersionPair> RecentVersions::pairs(Transaction& transaction, const LogExtent& extent) {
  std::vector<VersionPair> pairs;
  {
    const MutexLock lock(mutex_);
    if (const Log* log = bring_up(transaction, extent)) pairs = log->pairs.all();
  }
  if (pairs.empty()) scan(transaction, extent.number, extent.indexed, extent.held, pairs);
  std::erase_if(pairs, [&](const VersionPair& pair) { return pair.entry >= extent.held; });
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

void RecentVersions::add(const LogExtent& extent, log::LeafIndex end,
                         std::span<const VersionPair> pairs) {
  const MutexLock lock(mutex_);
  const auto found = logs_.find(extent.number);
  // A reader may have been faster and have read some of them already.
  if (found == logs_.end() || found->second.end != extent.held ||
      found->second.rewinds != extent.rewinds) {
    return;
  }
  for (const VersionPair& pair : pairs) found->second.pairs.insert(pair);
  found->second.end = end;
  evict(extent.number);
}

void RecentVersions::forget() {
  const MutexLock lock(mutex_);
  logs_.clear();
}

}  // namespace moot::store

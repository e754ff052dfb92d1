#include "store/version_index.hpp"

#include <algorithm>

#include "log/record_fields.hpp"
#include "store/entry_table.hpp"

namespace moot::store {

namespace {

constexpr std::size_t pair_bytes = 8;
/// A row of so many pairs still shares its page with another one.
constexpr std::size_t row_pairs_max = 240;
constexpr std::size_t row_pairs_split = 160;
constexpr std::uint64_t batch_min = 1024;
constexpr std::uint64_t batch_share = 8;

std::vector<VersionPair> pairs_of(ByteView value) {
  std::vector<VersionPair> pairs;
  pairs.reserve(value.size() / pair_bytes);
  Reader in(value);
  while (in.left() >= pair_bytes) {
    const std::uint32_t hash = in.u32();
    pairs.push_back({.hash = hash, .entry = in.u32()});
  }
  return pairs;
}

Bytes encode(std::span<const VersionPair> pairs) {
  Writer out(pairs.size() * pair_bytes);
  for (const VersionPair& pair : pairs) out.u32(pair.hash).u32(pair.entry);
  return out.take();
}

std::optional<log::RecordId> record_at(Transaction& transaction, std::uint32_t number,
                                       std::uint32_t entry) {
  const auto leaf = read_leaf(transaction, number, entry);
  if (!leaf) return std::nullopt;
  const auto record = log::read_record_fields(*leaf);
  if (!record) return std::nullopt;
  return record->record;
}

/// Of pairs with one hash, which are nearly always versions of one record, keeps the newest of each
/// record.
void drop_older_versions(Transaction& transaction, std::uint32_t number,
                         std::vector<VersionPair>& pairs) {
  std::vector<VersionPair> kept;
  kept.reserve(pairs.size());
  for (std::size_t begin = 0; begin < pairs.size();) {
    std::size_t end = begin + 1;
    while (end < pairs.size() && pairs[end].hash == pairs[begin].hash) ++end;
    if (end - begin == 1) {
      kept.push_back(pairs[begin]);
    } else {
      std::map<log::RecordId, std::uint32_t> newest;
      for (std::size_t i = begin; i < end; ++i) {
        const auto record = record_at(transaction, number, pairs[i].entry);
        if (record) newest[*record] = pairs[i].entry;  // entries ascend
      }
      std::vector<std::uint32_t> entries;
      for (const auto& [record, entry] : newest) entries.push_back(entry);
      std::sort(entries.begin(), entries.end());
      for (const std::uint32_t entry : entries) {
        kept.push_back({.hash = pairs[begin].hash, .entry = entry});
      }
    }
    begin = end;
  }
  pairs = std::move(kept);
}

struct IndexRow {
  std::uint32_t lowest = 0;                    ///< in its key
  std::uint64_t end = std::uint64_t{1} << 32;  ///< hash at which the next row begins
  std::vector<VersionPair> pairs;
};

/// The row in which a hash belongs. The first row of a log begins at hash 0.
IndexRow row_for(Transaction& transaction, std::uint32_t number, std::uint32_t hash) {
  IndexRow row;
  Cursor cursor(transaction, Table::versions);
  const auto found = cursor.seek_back(version_key(number, hash));
  if (found && belongs_to(found->key, number)) {
    row.lowest = Reader(found->key.subspan(4)).u32();
    row.pairs = pairs_of(found->value);
  }
  const auto after = found ? cursor.next() : cursor.seek(version_key(number, hash));
  if (after && belongs_to(after->key, number)) row.end = Reader(after->key.subspan(4)).u32();
  return row;
}

/// Writes a row, or several where it has become too long.
void put_row(WriteTransaction& transaction, std::uint32_t number, std::uint32_t lowest,
             std::span<const VersionPair> pairs) {
  while (pairs.size() > row_pairs_max) {
    std::size_t count = row_pairs_split;
    // Pairs of one hash stay in one row.
    while (count < pairs.size() && pairs[count].hash == pairs[count - 1].hash) ++count;
    if (count == pairs.size()) break;
    transaction.put(Table::versions, version_key(number, lowest), encode(pairs.first(count)));
    pairs = pairs.subspan(count);
    lowest = pairs.front().hash;
  }
  transaction.put(Table::versions, version_key(number, lowest), encode(pairs));
}

std::uint32_t hash_at(ByteView row, std::size_t i) {
  return Reader(row.subspan(i * pair_bytes)).u32();
}

/// The first pair of a row that is not below the hash. Hashes are spread evenly, so where one
/// should be is close to where it is: two steps find it, and touch less of the page than halving
/// does.
std::size_t place_of(ByteView row, std::uint32_t lowest, std::uint32_t hash) {
  const std::size_t count = row.size() / pair_bytes;
  if (count == 0 || hash_at(row, count - 1) < hash) return count;
  const std::uint64_t width = std::uint64_t{hash_at(row, count - 1)} - lowest + 1;
  std::size_t at = static_cast<std::size_t>((std::uint64_t{hash} - lowest) * (count - 1) / width);
  std::size_t step = 1;
  // Away from the guess in steps that double, so that a bad one costs no more than halving.
  std::size_t low = at;
  std::size_t high = at;
  if (hash_at(row, at) < hash) {
    while (hash_at(row, high) < hash) {
      low = high + 1;
      high = std::min(high + step, count - 1);
      step *= 2;
    }
  } else {
    while (low > 0 && hash_at(row, low - 1) >= hash) {
      high = low - 1;
      low = low > step ? low - step : 0;
      step *= 2;
      if (hash_at(row, low) < hash) {
        ++low;
        break;
      }
    }
  }
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (hash_at(row, middle) < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Entries of the index whose record may be one of those wanted, which ascend.
void find_in_index(Transaction& transaction, std::uint32_t number,
                   std::span<const WantedHash> wanted, std::vector<Candidate>& candidates) {
  Cursor cursor(transaction, Table::versions);
  for (const WantedHash& one : wanted) {
    const auto row = cursor.seek_back(version_key(number, one.hash));
    if (!row || !belongs_to(row->key, number)) continue;
    const std::size_t count = row->value.size() / pair_bytes;
    const std::uint32_t lowest = Reader(row->key.subspan(4)).u32();
    std::size_t at = place_of(row->value, lowest, one.hash);
    for (; at < count && hash_at(row->value, at) == one.hash; ++at) {
      const std::uint32_t entry = Reader(row->value.subspan(at * pair_bytes + 4)).u32();
      candidates.push_back({one.position, entry});
    }
  }
}

}  // namespace

std::vector<std::optional<log::LeafIndex>> find_newest(Transaction& transaction,
                                                       RecentVersions& recent,
                                                       const LogExtent& extent,
                                                       std::span<const log::RecordId> records) {
  std::vector<WantedHash> wanted;
  wanted.reserve(records.size());
  for (const log::RecordId& record : records) {
    wanted.push_back({recent.hash_of(record), static_cast<std::uint32_t>(wanted.size())});
  }
  std::sort(wanted.begin(), wanted.end());
  std::vector<Candidate> candidates;
  recent.find(transaction, extent, wanted, candidates);
  find_in_index(transaction, extent.number, wanted, candidates);
  // The newest candidate first; nearly always it is the right one.
  std::sort(candidates.rbegin(), candidates.rend());
  std::vector<std::optional<log::LeafIndex>> newest(records.size());
  for (const Candidate& candidate : candidates) {
    auto& found = newest[candidate.position];
    if (found || candidate.entry >= extent.held) continue;
    if (record_at(transaction, extent.number, candidate.entry) == records[candidate.position]) {
      found = candidate.entry;
    }
  }
  return newest;
}

void take_back(WriteTransaction& transaction, const RecentVersions& recent, std::uint32_t number,
               log::TreeSize size, log::TreeSize held) {
  std::vector<VersionPair> pairs;
  const auto visit_records = [&](log::LeafIndex first, log::LeafIndex end, const auto& visit) {
    visit_leaves(transaction, number, first, end, [&](log::LeafIndex entry, ByteView leaf) {
      const auto record = log::read_record_fields(leaf);
      if (record) visit(recent.hash_of(record->record), static_cast<std::uint32_t>(entry));
      return true;
    });
  };
  std::vector<std::uint32_t> hashes;
  visit_records(size, held, [&](std::uint32_t hash, std::uint32_t) { hashes.push_back(hash); });
  if (hashes.empty()) return;
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  visit_records(0, size, [&](std::uint32_t hash, std::uint32_t entry) {
    if (std::ranges::binary_search(hashes, hash)) pairs.push_back({.hash = hash, .entry = entry});
  });
  std::ranges::sort(pairs);

  std::vector<VersionPair> merged;
  for (auto hash = hashes.begin(); hash != hashes.end();) {
    IndexRow row = row_for(transaction, number, *hash);
    const auto before = row.pairs;
    std::erase_if(row.pairs, [&](const VersionPair& pair) { return pair.entry >= size; });
    const auto begin = std::ranges::lower_bound(pairs, *hash, {}, &VersionPair::hash);
    const auto end = std::find_if(begin, pairs.end(),
                                  [&](const VersionPair& pair) { return pair.hash >= row.end; });
    merged.clear();
    std::set_union(row.pairs.begin(), row.pairs.end(), begin, end, std::back_inserter(merged));
    drop_older_versions(transaction, number, merged);
    if (merged != before) put_row(transaction, number, row.lowest, merged);
    hash = std::find_if(hash, hashes.end(), [&](std::uint32_t next) { return next >= row.end; });
  }
}

log::LeafIndex VersionIndexer::advance(WriteTransaction& transaction, const LogExtent& extent,
                                       std::size_t entries) {
  auto found = under_way_.find(extent.number);
  if (found == under_way_.end()) {
    const std::uint64_t due = std::max(batch_min, extent.indexed / batch_share);
    if (extent.held - extent.indexed < due) return extent.indexed;
    Batch batch;
    batch.pairs = recent_.pairs(transaction, extent);
    batch.end = extent.held;
    found = under_way_.emplace(extent.number, std::move(batch)).first;
  }
  Batch& batch = found->second;
  // A batch of 1/8 of the log meets about 1/20 row per entry: it ends long before the next is due.
  std::size_t rows = 8 + entries / 4;
  std::vector<VersionPair> merged;
  while (batch.done < batch.pairs.size() && rows-- > 0) {
    const IndexRow row = row_for(transaction, extent.number, batch.pairs[batch.done].hash);
    std::size_t end = batch.done;
    while (end < batch.pairs.size() && batch.pairs[end].hash < row.end) ++end;
    merged.clear();
    std::set_union(row.pairs.begin(), row.pairs.end(),
                   batch.pairs.begin() + std::ptrdiff_t(batch.done),
                   batch.pairs.begin() + std::ptrdiff_t(end), std::back_inserter(merged));
    drop_older_versions(transaction, extent.number, merged);
    if (merged != row.pairs) put_row(transaction, extent.number, row.lowest, merged);
    batch.done = end;
  }
  if (batch.done < batch.pairs.size()) return extent.indexed;
  const log::LeafIndex indexed = batch.end;
  under_way_.erase(found);
  return indexed;
}

}  // namespace moot::store

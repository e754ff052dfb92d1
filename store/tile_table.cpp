#include "store/tile_table.hpp"

#include <algorithm>

namespace moot::store {

namespace {

constexpr std::size_t hash_bytes = sizeof(Hash);
constexpr std::uint64_t rows_per_tile = log::tile_width / tile_row_hashes;

}  // namespace

void append_tile_hashes(WriteTransaction& transaction, std::uint32_t number, unsigned level,
                        std::uint64_t first, std::span<const Hash> hashes) {
  while (!hashes.empty()) {
    const std::uint64_t row = first / tile_row_hashes;
    const std::size_t present = first % tile_row_hashes;
    const std::size_t count = std::min(tile_row_hashes - present, hashes.size());
    const Key key = tile_key(number, level, row);
    FixedBytes<tile_row_hashes * hash_bytes> value{};
    if (present > 0) {
      const std::optional<ByteView> stored = transaction.get(Table::tiles, key);
      if (stored && stored->size() >= present * hash_bytes) {
        std::copy_n(stored->begin(), present * hash_bytes, value.begin());
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      std::copy(hashes[i].begin(), hashes[i].end(), value.data() + (present + i) * hash_bytes);
    }
    transaction.put(Table::tiles, key, ByteView(value).first((present + count) * hash_bytes));
    first += count;
    hashes = hashes.subspan(count);
  }
}

std::vector<Hash> read_tile(Transaction& transaction, std::uint32_t number, unsigned level,
                            std::uint64_t index) {
  std::vector<Hash> hashes;
  Cursor cursor(transaction, Table::tiles);
  const std::uint64_t first_row = index * rows_per_tile;
  std::optional<Row> row = cursor.seek(tile_key(number, level, first_row));
  for (std::uint64_t i = 0; i < rows_per_tile && row; ++i) {
    const Key expected = tile_key(number, level, first_row + i);
    if (!std::ranges::equal(row->key, expected.view())) break;
    hashes.reserve(log::tile_width);
    Reader in(row->value);
    while (in.left() >= hash_bytes) hashes.push_back(in.fixed<hash_bytes>());
    row = cursor.next();
  }
  return hashes;
}

TileFrontier read_frontier(Transaction& transaction, std::uint32_t number, log::TreeSize size) {
  TileFrontier frontier;
  for (unsigned level = 0; level < 8 && (size >> (level * log::tile_height)) > 0; ++level) {
    const std::uint64_t count = size >> (level * log::tile_height);
    const std::size_t in_tile = count % log::tile_width;
    std::vector<Hash> hashes;
    if (in_tile > 0) hashes = read_tile(transaction, number, level, count / log::tile_width);
    hashes.resize(std::min(in_tile, hashes.size()));
    frontier.restore(size, level, hashes);
  }
  return frontier;
}

}  // namespace moot::store

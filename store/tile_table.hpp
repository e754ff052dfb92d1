#pragma once
#include "store/environment.hpp"
#include "store/tile_frontier.hpp"

/// Internal: the rows of `tiles`.
namespace moot::store {

/// Stores hashes of one level from `first` on, which is the number of hashes that the level has.
void append_tile_hashes(WriteTransaction& transaction, std::uint32_t number, unsigned level,
                        std::uint64_t first, std::span<const Hash> hashes);
/// The stored hashes of one tile, 0 to 256.
std::vector<Hash> read_tile(Transaction& transaction, std::uint32_t number, unsigned level,
                            std::uint64_t index);
/// The right edge of the tree over the first `size` entries.
TileFrontier read_frontier(Transaction& transaction, std::uint32_t number, log::TreeSize size);

/// The stored tree inside a transaction; the caller keeps the transaction open.
class TransactionTree final : public log::TileReader {
 public:
  TransactionTree(Transaction& transaction, std::uint32_t number)
      : transaction_(transaction), number_(number) {}
  std::vector<Hash> tile(unsigned tile_level, std::uint64_t index) const override {
    return read_tile(transaction_, number_, tile_level, index);
  }

 private:
  Transaction& transaction_;
  std::uint32_t number_;
};

}  // namespace moot::store

#pragma once
#include "store/batch.hpp"
#include "store/erasure_table.hpp"

/// Internal: what the erase entries of a log do to its bodies.
namespace moot::store {

/// A later establish event of a log, as far as its own tree bears it out.
struct Stand {
  log::LeafIndex position = 0;
  log::TreeSize trusted_size = 0;
};
/// Those whose leaf is held at their position.
std::vector<Stand> read_stands(Transaction& transaction, const LogRow& row);
/// Those that the stored events claim.
std::vector<Stand> claimed_stands(Transaction& transaction, const LogRow& row);
/// Has an event disowned the entry?
bool is_disowned(log::LeafIndex entry, std::span<const Stand> stands);

/// Applies erase entries of one log: which of them count is decided by its establish events. Parts
/// that are hidden stay stored until they are due. Our clock counts, never that of an entry: who
/// has stolen a log key writes any time there.
class Erasing {
 public:
  Erasing(Batch& batch, StagedLog& log, std::uint64_t now_ms);
  /// Takes in the erase entries at these places, which are stored and new; ascending. `at_once`:
  /// our own, whose hold is over.
  void take(std::span<const log::LeafIndex> entries, bool at_once);
  /// Brings all erase entries in line with the establish events: lifts what is disowned, hides
  /// again what is not, releases mass erases that an event stands by.
  void settle();
  /// Undoes and forgets the erase entries from `size` on, which are about to be taken back.
  void forget_from(log::TreeSize size);

 private:
  void activate(Eraser& eraser);
  void lift(Eraser& eraser);
  void hold_back(Eraser& eraser);
  void release(Eraser& eraser);
  /// What the entry names and is there to be named.
  std::vector<log::ErasedLeaf> named_parts(log::LeafIndex by, log::EraseReason* reason);
  void check_mass();
  bool is_stood_by(log::LeafIndex by) const;
  std::array<std::uint64_t, limits::parts_max> due_of(const EraserRow& row,
                                                      std::uint8_t part_mask) const;
  void put(const Eraser& eraser);

  Batch& batch_;
  StagedLog& log_;
  std::uint64_t now_ms_;
  std::vector<Stand> stands_;
};

}  // namespace moot::store

#pragma once
#include <optional>

#include "store/environment.hpp"
#include "store/new_range.hpp"

/// Internal: the rows of `erasures`, `erasers` and `due`.
namespace moot::store {

/// One leaf that one erase entry names. Several entries may name one leaf.
struct ErasureRow {
  std::uint8_t part_mask = 0;  ///< parts that the leaf has and the entry names
  std::uint8_t destroyed_mask = 0;
  log::EraseReason reason = log::EraseReason::mistake;
  std::uint64_t hidden_ms = 0;
  /// When each part is destroyed, public first; 0: not its part, or it waits for an establish.
  std::array<std::uint64_t, limits::parts_max> due_ms{};
};
struct ErasurePlace {
  log::LeafIndex leaf = 0;
  log::LeafIndex by = 0;
};
inline Key erasure_key(std::uint32_t number, const ErasurePlace& place) {
  return Key().u32(number).u64(place.leaf).u64(place.by);
}
std::optional<ErasureRow> read_erasure(Transaction& transaction, std::uint32_t number,
                                       const ErasurePlace& place);
void put_erasure(WriteTransaction& transaction, std::uint32_t number, const ErasurePlace& place,
                 const ErasureRow& row);
/// The rows of `due` that belong to an erasure: what is not destroyed and has its time.
void put_due(WriteTransaction& transaction, std::uint32_t number, const ErasurePlace& place,
             const ErasureRow& row);
void remove_due(WriteTransaction& transaction, std::uint32_t number, const ErasurePlace& place,
                const ErasureRow& row);

struct DueRow {
  std::uint64_t due_ms = 0;
  std::uint32_t number = 0;
  ErasurePlace place;
  std::uint8_t part_mask = 0;
};
std::optional<DueRow> decode_due(const Row& row);

/// One erase entry.
struct EraserRow {
  std::uint64_t hidden_ms = 0;
  std::uint32_t leaves = 0;  ///< rows of `erasures` that are its
  bool is_active = false;    ///< no: an establish has disowned it, and it hides nothing
  bool waits = false;        ///< one of a mass erase: destroyed once an establish stands by it
  bool is_at_once = false;   ///< our own hold was over at once
};
inline Key eraser_key(std::uint32_t number, log::LeafIndex by) { return Key().u32(number).u64(by); }
void put_eraser(WriteTransaction& transaction, std::uint32_t number, log::LeafIndex by,
                const EraserRow& row);
struct Eraser {
  log::LeafIndex by = 0;
  EraserRow row;
};
std::optional<Eraser> decode_eraser(const Row& row);
/// Those from entry `first` on, ascending.
std::vector<Eraser> read_erasers(Transaction& transaction, std::uint32_t number,
                                 log::LeafIndex first);

/// As LogReader says: one item a leaf, whatever number of entries name it.
std::vector<log::Erasure> read_erasures(Transaction& transaction, std::uint32_t number,
                                        log::LeafIndex first, std::size_t count_max);
/// The parts of a leaf that erase entries other than `except` hide.
std::uint8_t hidden_mask(Transaction& transaction, std::uint32_t number, log::LeafIndex leaf,
                         std::optional<log::LeafIndex> except = std::nullopt);

/// Walks along a log and answers which parts of each entry are hidden by erase entries.
class HiddenParts {
 public:
  HiddenParts(Transaction& transaction, std::uint32_t number, log::LeafIndex first);
  /// Entries must ascend, from `first` on.
  std::uint8_t mask_at(log::LeafIndex leaf);

 private:
  void take(const std::optional<Row>& row);
  Cursor cursor_;
  std::uint32_t number_;
  std::optional<log::LeafIndex> at_;  ///< of the row that the cursor stands on
  std::uint8_t mask_ = 0;
};

}  // namespace moot::store

#pragma once
#include <functional>

#include "store/environment.hpp"
#include "store/erasure_table.hpp"
#include "store/new_range.hpp"

/// Internal: the rows of `entries` and `bodies`.
namespace moot::store {

/// Stores a range's leaves and bodies. range.first is the number of entries held.
void append_entries(WriteTransaction& transaction, std::uint32_t number, const NewRange& range);
/// Joins the small rows of a block that is complete.
void join_rows(WriteTransaction& transaction, std::uint32_t number, std::uint64_t block);

/// One leaf, or nothing when it is not stored.
std::optional<ByteView> read_leaf(Transaction& transaction, std::uint32_t number,
                                  log::LeafIndex entry);
/// Each leaf from `first` to `end`, in order, as long as `visit` answers true.
void visit_leaves(Transaction& transaction, std::uint32_t number, log::LeafIndex first,
                  log::LeafIndex end, const std::function<bool(log::LeafIndex, ByteView)>& visit);
/// As LogReader says, for entries below `end`.
Bytes read_leaves(Transaction& transaction, std::uint32_t number, log::LeafIndex first,
                  log::LeafIndex end, std::size_t bytes_max);
/// `hidden`: from erasure_table.hpp, for a log that has erasures; nullptr for one that has none.
log::LogReader::Bodies read_bodies(Transaction& transaction, std::uint32_t number,
                                   log::LeafIndex first, log::LeafIndex end, std::size_t bytes_max,
                                   bool with_personal, HiddenParts* hidden);

}  // namespace moot::store

#pragma once
#include "store/log_table.hpp"

/// Internal: taking a log's entries back.
namespace moot::store {

/// Removes entries, bodies, tree, checkpoints and marks from `size` on, and brings the row to it:
/// held, bodies_missing, head, target, indexed. The version index must have been told before
/// (take_back), erase entries undone (Erasing::forget_from).
void truncate(WriteTransaction& transaction, LogRow& row, log::TreeSize size);

}  // namespace moot::store

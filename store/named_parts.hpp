#pragma once
#include "store/log_table.hpp"

namespace moot::store {

/// Do the leaves ascend, and is each a held record that has the parts which are named (at least
/// one)?
bool are_parts(Transaction& transaction, const LogRow& row, std::span<const log::ErasedLeaf> named);

/// The parts of a record leaf, as bits; 0 for any other.
std::uint8_t parts_of(ByteView leaf);

}  // namespace moot::store

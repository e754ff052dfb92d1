#pragma once
#include "store/environment.hpp"

/// Internal: the rows of `queue`: publishes that wait until this node may sign.
namespace moot::store {

bool is_queued(Transaction& transaction, std::uint64_t number);
void remove_queued(WriteTransaction& transaction, std::uint64_t number);

}  // namespace moot::store

#pragma once
#include "store/log_table.hpp"

/// Internal: the side store: leaves that an establish event has rewound. Their bodies are not kept.
namespace moot::store {

/// Copies the entries from `size` to row.held there, with the newest kept checkpoint beyond `size`.
/// Under one epoch the first branch that was abandoned stays; one abandoned later gives it what
/// both have in common.
void abandon(WriteTransaction& transaction, const LogRow& row, std::uint32_t epoch,
             log::TreeSize size);

}  // namespace moot::store

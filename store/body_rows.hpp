#pragma once
#include <functional>
#include <optional>

#include "log/block.hpp"
#include "store/environment.hpp"

/// Internal: rows of `bodies`, taken apart, put together and changed.
namespace moot::store {

struct BodyRow {
  ByteView parts;  ///< one byte for each entry
  ByteView items;  ///< their body bundle
};
std::optional<BodyRow> body_row_of(ByteView value);

void put_body_row(WriteTransaction& transaction, std::uint32_t number, log::LeafIndex first,
                  ByteView parts, ByteView items);

/// The parts of an entry, as its byte in the row names them, ascending.
template <class Visit>
void for_each_part(std::uint8_t parts, Visit visit) {
  for (unsigned part = 1; part <= limits::parts_max; ++part) {
    if ((parts >> (part - 1) & 1U) != 0) visit(static_cast<log::Part>(part));
  }
}

/// What shall stand for one part of one entry from now on (an item of a body bundle), given what it
/// was; nothing: it stays. Must not write to the transaction. The answer must last until all is
/// done.
using BodyChange =
    std::function<std::optional<ByteView>(log::LeafIndex, log::Part, log::BodyStatus)>;

/// An item of a body bundle without a body.
ByteView bare_item(log::BodyStatus status);

/// Asks `change` about the named parts that are stored, and rewrites what it changes; `leaves`
/// ascend. A row is written anew in one piece, or in several where it has grown. Answers by how
/// many there are more missing bodies than before.
std::int64_t change_bodies(WriteTransaction& transaction, std::uint32_t number,
                           std::span<const log::ErasedLeaf> leaves, const BodyChange& change);

}  // namespace moot::store

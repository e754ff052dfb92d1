#pragma once
#include "log/entry.hpp"

namespace moot::log {

/// An establish leaf taken apart: the fields, and how many of its bytes are the body, which is what
/// its signatures and its id are over.
struct EstablishLayout {
  Establish establish;
  std::size_t body_bytes = 0;
};

/// Strict, as decode_entry. The leaf must begin with version and type of an establish, else
/// bad_value.
Result<EstablishLayout, Fault> read_establish(ByteView leaf);

}  // namespace moot::log

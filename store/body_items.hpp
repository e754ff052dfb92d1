#pragma once
#include "log/block.hpp"

namespace moot::store {

inline constexpr std::size_t item_head_bytes = 1 + limits::salt_bytes + 4;

/// Length of the first item of a body bundle; 0 when the bytes do not hold one.
inline std::size_t item_bytes(ByteView bundle) {
  Reader in(bundle);
  const std::uint8_t status = in.u8();
  if (!in.ok() || status > static_cast<std::uint8_t>(log::BodyStatus::missing)) return 0;
  if (status != static_cast<std::uint8_t>(log::BodyStatus::held)) return 1;
  in.bytes(limits::salt_bytes);
  const std::uint32_t body = in.u32();
  if (!in.ok() || in.left() < body) return 0;
  return item_head_bytes + body;
}

}  // namespace moot::store

#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace moot {

using Bytes = std::vector<std::uint8_t>;
/// A view is a parameter or lives in one function; it is never a member.
using ByteView = std::span<const std::uint8_t>;
template <std::size_t N>
using FixedBytes = std::array<std::uint8_t, N>;
/// A SHA-256 digest.
using Hash = FixedBytes<32>;

inline ByteView view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
inline void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

/// Reads big-endian fields from front to back and cannot overrun: after one read past the end every
/// further read answers nullopt, so a decoder may read all and ask ok() once.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  /// Nothing left and nothing went wrong: every decoder ends by asking this, so trailing bytes are
  /// refused.
  bool finished() const { return ok_ && rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(unsigned_of<1>()); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(unsigned_of<2>()); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(unsigned_of<4>()); }
  std::uint64_t u64() { return unsigned_of<8>(); }

  /// The next `count` bytes, or an empty view (and ok() false) when there are fewer.
  ByteView bytes(std::size_t count) {
    if (!ok_ || rest_.size() < count) {
      ok_ = false;
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  template <std::size_t N>
  FixedBytes<N> fixed() {
    FixedBytes<N> out{};
    const ByteView taken = bytes(N);
    if (taken.size() == N) std::memcpy(out.data(), taken.data(), N);
    return out;
  }

 private:
  template <std::size_t N>
  std::uint64_t unsigned_of() {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(N)) value = value << 8 | byte;
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

/// Appends big-endian fields.
class Writer {
 public:
  Writer() = default;
  explicit Writer(std::size_t reserve) { out_.reserve(reserve); }

  Writer& u8(std::uint8_t value) { return unsigned_of<1>(value); }
  Writer& u16(std::uint16_t value) { return unsigned_of<2>(value); }
  Writer& u32(std::uint32_t value) { return unsigned_of<4>(value); }
  Writer& u64(std::uint64_t value) { return unsigned_of<8>(value); }
  Writer& bytes(ByteView value) {
    append(out_, value);
    return *this;
  }
  const Bytes& view() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  template <std::size_t N>
  Writer& unsigned_of(std::uint64_t value) {
    for (std::size_t i = N; i-- > 0;) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }

  Bytes out_;
};

}  // namespace moot

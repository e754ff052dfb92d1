#pragma once
#include <algorithm>
#include <memory>
#include <span>

#include "base/bytes.hpp"

namespace moot::log {

/// Bytes of which any piece can be read: a file that is too long for memory, or a test's. Does not
/// change while it is read. Any thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset` on; false when there are fewer bytes, or they cannot be read.
  virtual bool read(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  bool read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    if (offset > bytes_.size() || bytes_.size() - offset < out.size()) return false;
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return true;
  }

 private:
  Bytes bytes_;
};

/// Reads big-endian fields of a stretch of a source from front to back, in windows, so that small
/// fields cost no call each. After one read past the end every further read fails. One thread; the
/// source must outlive it.
class SourceCursor {
 public:
  SourceCursor(const ByteSource& source, std::uint64_t offset, std::uint64_t end)
      : source_(source), offset_(offset), end_(end) {}

  bool ok() const { return ok_; }
  std::uint64_t offset() const { return offset_; }
  std::uint64_t left() const { return ok_ ? end_ - offset_ : 0; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  /// Empty, and ok() false, when there are fewer.
  Bytes bytes(std::size_t count) {
    Bytes out(left() < count ? 0 : count);
    if (!fill(out, count)) out.clear();
    return out;
  }
  void skip(std::uint64_t count) {
    if (left() < count) ok_ = false;
    if (ok_) offset_ += count;
  }

 private:
  static constexpr std::size_t window_bytes = std::size_t{64} * 1024;

  std::uint64_t number(std::size_t count) {
    std::array<std::uint8_t, 8> field{};
    const std::span<std::uint8_t> out = std::span(field).first(count);
    if (!fill(out, count)) return 0;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : out) value = value << 8 | byte;
    return value;
  }

  bool fill(std::span<std::uint8_t> out, std::size_t count) {
    if (left() < count) ok_ = false;
    if (!ok_) return false;
    const bool is_in_window =
        offset_ >= window_offset_ && offset_ + count <= window_offset_ + window_.size();
    if (!is_in_window && count >= window_bytes) {
      ok_ = source_.read(offset_, out);
    } else {
      if (!is_in_window) read_window();
      if (!ok_) return false;
      const auto from = static_cast<std::ptrdiff_t>(offset_ - window_offset_);
      std::copy_n(window_.begin() + from, count, out.begin());
    }
    if (ok_) offset_ += count;
    return ok_;
  }

  void read_window() {
    window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(window_bytes, end_ - offset_)));
    window_offset_ = offset_;
    ok_ = source_.read(offset_, window_);
    if (!ok_) window_.clear();
  }

  const ByteSource& source_;
  std::uint64_t offset_;
  std::uint64_t end_;
  std::uint64_t window_offset_ = 0;
  Bytes window_;
  bool ok_ = true;
};

}  // namespace moot::log

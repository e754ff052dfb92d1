#include "command/qr.hpp"

#include <qrencode.h>

#include <memory>
#include <vector>

#include "base/check.hpp"

namespace moot::command {
namespace {

constexpr std::size_t quiet_zone = 4;

/// The squares, quiet zone included.
class Squares {
 public:
  explicit Squares(std::string_view text) {
    const std::string copy(text);  // for its ending zero
    const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
        QRcode_encodeString(copy.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), QRcode_free);
    // What we encode has tens of characters, where a code holds thousands.
    MOOT_CHECK(code != nullptr, copy.size());
    const auto inner = static_cast<std::size_t>(code->width);
    width_ = inner + 2 * quiet_zone;
    dark_.resize(width_ * width_);
    for (std::size_t y = 0; y < inner; ++y) {
      for (std::size_t x = 0; x < inner; ++x) {
        dark_[(y + quiet_zone) * width_ + x + quiet_zone] = (code->data[y * inner + x] & 1) != 0;
      }
    }
  }
  std::size_t width() const { return width_; }
  /// Below the last row everything is dark: nothing is drawn there.
  bool is_dark(std::size_t x, std::size_t y) const { return y >= width_ || dark_[y * width_ + x]; }

 private:
  std::size_t width_ = 0;
  std::vector<bool> dark_;
};

}  // namespace

std::string terminal_qr(std::string_view text) {
  const Squares squares(text);
  std::string out;
  for (std::size_t y = 0; y < squares.width(); y += 2) {
    for (std::size_t x = 0; x < squares.width(); ++x) {
      const bool is_upper_light = !squares.is_dark(x, y);
      const bool is_lower_light = !squares.is_dark(x, y + 1);
      out += is_upper_light ? (is_lower_light ? "█" : "▀") : (is_lower_light ? "▄" : " ");
    }
    out += '\n';
  }
  return out;
}

QrPath qr_path(std::string_view text) {
  const Squares squares(text);
  QrPath out{.width = squares.width(), .path = {}};
  for (std::size_t y = 0; y < squares.width(); ++y) {
    for (std::size_t x = 0; x < squares.width(); ++x) {
      if (!squares.is_dark(x, y)) continue;
      std::size_t end = x;
      while (end < squares.width() && squares.is_dark(end, y)) ++end;
      const std::string run = std::to_string(end - x);
      out.path +=
          "M" + std::to_string(x) + " " + std::to_string(y) + "h" + run + "v1h-" + run + "z";
      x = end;
    }
  }
  return out;
}

}  // namespace moot::command

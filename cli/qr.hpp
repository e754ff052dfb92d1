#pragma once
#include <string>
#include <string_view>

/// QR codes (ISO/IEC 18004) of keys and addresses, error correction M, with the quiet zone of four
/// squares that the standard asks for. Any thread.
namespace moot::command {

/// For a terminal: two squares a character, light ones drawn, as a dark terminal shows them right.
/// Lines end in a line feed.
std::string terminal_qr(std::string_view text);

/// How many squares wide the code is, its quiet zone included, and the path (SVG 1.1, the `d` of a
/// <path>) that fills the dark ones in units of a square.
struct QrPath {
  std::size_t width = 0;
  std::string path;
};
QrPath qr_path(std::string_view text);

}  // namespace moot::command

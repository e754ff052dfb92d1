#include "node/in_quotes.hpp"

namespace moot::node {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown_max = 400;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, shown_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\') {
      out += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
    } else {
      out += c;
    }
  }
  if (text.size() > shown_max) out += "...";
  return out + "\"";
}

}  // namespace moot::node

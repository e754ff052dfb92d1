#include "audit/json_text.hpp"

namespace moot::audit {

JsonText& JsonText::text(std::string_view key, std::string_view value) {
  begin_member(key);
  quote(value);
  needs_comma_ = true;
  return *this;
}

JsonText& JsonText::number(std::string_view key, std::uint64_t value) {
  begin_member(key);
  out_ += std::to_string(value);
  needs_comma_ = true;
  return *this;
}

JsonText& JsonText::flag(std::string_view key, bool value) {
  begin_member(key);
  out_ += value ? "true" : "false";
  needs_comma_ = true;
  return *this;
}

JsonText& JsonText::open(std::string_view key, char bracket) {
  begin_member(key);
  out_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonText& JsonText::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
  return *this;
}

void JsonText::begin_member(std::string_view key) {
  if (needs_comma_) out_ += ',';
  if (key.empty()) return;
  quote(key);
  out_ += ':';
}

void JsonText::quote(std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  out_ += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out_ += {'\\', c};
    } else if (byte < 0x20) {
      out_ += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

}  // namespace moot::audit

#include "config/host_port.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace moot::config {
namespace {

// RFC 1035 section 2.3.4: a name has at most 253 characters in its text form, a label 63.
constexpr std::size_t name_chars_max = 253;
constexpr std::size_t label_chars_max = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_label_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool is_address(int family, std::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  return inet_pton(family, std::string(text).c_str(), address) == 1;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > name_chars_max) return false;
  std::size_t label_chars = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label_chars == 0) return false;
      label_chars = 0;
    } else if (!is_label_char(c) || ++label_chars > label_chars_max) {
      return false;
    }
  }
  return label_chars > 0;
}

bool is_host(std::string_view text) {
  const bool numeric =
      std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
  return numeric ? is_address(AF_INET, text) : is_name(text);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return port;
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (!is_address(AF_INET6, host)) return std::nullopt;
  } else if (!is_host(host)) {
    return std::nullopt;
  }
  return HostPort{std::string(host), *port};
}

std::string to_text(const HostPort& where) {
  const bool is_ipv6 = where.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

}  // namespace moot::config

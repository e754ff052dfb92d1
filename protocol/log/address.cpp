#include <arpa/inet.h>

#include <algorithm>

#include "log/organisation_id.hpp"
#include "log/text.hpp"

namespace moot::log {
namespace {

constexpr std::string_view scheme = "moot://";
// RFC 1035 section 2.3.4.
constexpr std::size_t name_chars_max = 253;
constexpr std::size_t label_chars_max = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/// inet_pton is a parser and touches no network.
bool is_ip_address(int family, std::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  return text.find('\0') == std::string_view::npos &&
         inet_pton(family, std::string(text).c_str(), address) == 1;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > name_chars_max) return false;
  std::size_t label_chars = 0;
  for (const char c : text) {
    if (c == '.' && label_chars > 0) {
      label_chars = 0;
    } else if (!is_label_char(c) || ++label_chars > label_chars_max) {
      return false;
    }
  }
  return label_chars > 0;
}

bool is_name_or_ipv4(std::string_view text) {
  const bool is_numeric =
      std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
  return is_numeric ? is_ip_address(AF_INET, text) : is_name(text);
}

/// The host and what stands after it: "" or ":<port>".
std::optional<std::pair<std::string_view, std::string_view>> split_host(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view host = text.substr(1, end - 1);
    if (!is_ip_address(AF_INET6, host)) return std::nullopt;
    return std::pair(host, text.substr(end + 1));
  }
  const std::size_t end = std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, end);
  if (!is_name_or_ipv4(host)) return std::nullopt;
  return std::pair(host, text.substr(end));
}

}  // namespace

std::string to_text(const Address& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return std::string(scheme) + to_text(address.organisation) + "@" +
         (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<Address, Fault> parse_address(std::string_view text) {
  if (!text.starts_with(scheme)) return fail(Fault::bad_text);
  text.remove_prefix(scheme.size());
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return fail(Fault::bad_text);
  const auto organisation = parse_organisation_id(text.substr(0, at));
  if (!organisation) return fail(organisation.error());
  const auto split = split_host(text.substr(at + 1));
  if (!split) return fail(Fault::bad_text);
  const auto& [host, rest] = *split;
  Address address;
  address.organisation = *organisation;
  address.host = host;
  if (rest.empty()) return address;
  const auto port = rest.front() == ':' ? parse_decimal(rest.substr(1)) : std::nullopt;
  if (!port || *port == 0 || *port > 0xffff) return fail(Fault::bad_text);
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

}  // namespace moot::log

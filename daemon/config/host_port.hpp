#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace moot::config {

/// Where to listen or to dial.
struct HostPort {
  std::string host;  ///< a name, an IPv4 address, or an IPv6 address without its brackets
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

/// `host:port`: the host a DNS name, an IPv4 address, or an IPv6 address in [] (RFC 3986,
/// section 3.2.2, without zones); the port 0 to 65535 in decimal, without leading zeros. nullopt
/// for anything else. Nothing is resolved.
std::optional<HostPort> parse_host_port(std::string_view text);
/// The text that parse_host_port() reads as this.
std::string to_text(const HostPort& where);

}  // namespace moot::config

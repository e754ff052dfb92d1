#pragma once
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "log/fault.hpp"

namespace moot::log {

/// SHA-256("moot/org/v1\0" || first establish body): names an organisation for ever, whatever
/// becomes of its keys.
struct OrganisationId {
  Hash bytes{};
  auto operator<=>(const OrganisationId&) const = default;
};

/// bech32m (BIP-350) with the prefix "moot": 63 characters, all 256 bits.
std::string to_text(const OrganisationId& id);
/// Either case, not mixed. bad_checksum when a character was mistyped, bad_text for anything else.
Result<OrganisationId, Fault> parse_organisation_id(std::string_view text);

/// C2SP checkpoint origin and name of the log key: "moot/log/<id>".
std::string log_origin(const OrganisationId& id);
/// Name under which the organisation's nodes cosign: "moot/node/<id>".
std::string node_name(const OrganisationId& id);
/// The id in a log origin.
Result<OrganisationId, Fault> organisation_of_origin(std::string_view origin);

/// Where a node is: "moot://<organisation>@<host>:<port>". The host is a name, an IPv4 address or,
/// in the text in [], an IPv6 address.
struct Address {
  OrganisationId organisation;
  std::string host;  ///< an IPv6 address without its brackets
  std::uint16_t port = 7117;
  auto operator<=>(const Address&) const = default;
};
std::string to_text(const Address& address);
/// The port may be left out (7117). bad_checksum tells of a mistyped id.
Result<Address, Fault> parse_address(std::string_view text);

}  // namespace moot::log

#include "log/organisation_id.hpp"

#include <algorithm>

#include "log/bech32m.hpp"

namespace moot::log {
namespace {

constexpr std::string_view id_prefix = "moot";
constexpr std::string_view origin_prefix = "moot/log/";
constexpr std::string_view node_prefix = "moot/node/";
// "moot" || "1" || 256 bits in groups of 5 || checksum.
constexpr std::size_t id_chars = 4 + 1 + 52 + 6;

}  // namespace

std::string to_text(const OrganisationId& id) { return to_bech32m(id_prefix, id.bytes); }

Result<OrganisationId, Fault> parse_organisation_id(std::string_view text) {
  if (text.size() != id_chars) return fail(Fault::bad_text);
  const auto bytes = from_bech32m(id_prefix, text);
  if (!bytes) return fail(bytes.error());
  OrganisationId id;
  if (bytes->size() != id.bytes.size()) return fail(Fault::bad_text);
  std::copy(bytes->begin(), bytes->end(), id.bytes.begin());
  return id;
}

std::string log_origin(const OrganisationId& id) {
  return std::string(origin_prefix) + to_text(id);
}

std::string node_name(const OrganisationId& id) { return std::string(node_prefix) + to_text(id); }

Result<OrganisationId, Fault> organisation_of_origin(std::string_view origin) {
  if (!origin.starts_with(origin_prefix)) return fail(Fault::bad_text);
  const auto id = parse_organisation_id(origin.substr(origin_prefix.size()));
  if (!id) return fail(id.error());
  // An origin is compared byte by byte elsewhere: only the one spelling that we write is taken.
  if (log_origin(*id) != origin) return fail(Fault::bad_text);
  return *id;
}

}  // namespace moot::log

#include "query/succession.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hash.hpp"
#include "query/version.hpp"
#include "query/words.hpp"

namespace moot::query {
namespace {

using Json = nlohmann::json;

constexpr std::string_view use = "moot/succession/v1";

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

log::RecordId succession_record(const log::OrganisationId& organisation) {
  const Bytes zero = {0};
  const Hash digest = crypto::sha256(view_of(use), zero, organisation.bytes);
  log::RecordId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0F) | 0x80);  // version 8
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3F) | 0x80);  // variant of RFC 9562
  return id;
}

std::optional<Succession> parse_succession(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  Succession out;
  const std::string event = text_at(document, "event");
  out.is_closed = event == "closed";
  if (event == "successor") {
    const auto id = log::parse_organisation_id(text_at(document, "succeeds"));
    if (!id) return std::nullopt;
    out.succeeds = *id;
  }
  if (!out.is_closed && !out.succeeds) return std::nullopt;
  out.registration = text_at(document, "registration");
  out.reason = text_at(document, "reason");
  out.date = text_at(document, "date");
  return out;
}

std::optional<Succession> succession_of(const log::LogReader& reader,
                                        const log::OrganisationId& organisation) {
  const log::RecordId record = succession_record(organisation);
  if (!reader.newest_version(organisation, record)) return std::nullopt;
  const auto found = find_record(reader, &organisation, record_text(record));
  if (!found || found->version.record.kind != "successor") return std::nullopt;
  const auto parts = parts_of(reader, organisation, found->version);
  if (!parts) return std::nullopt;
  for (const HeldPart& part : *parts) {
    if (part.part != log::Part::public_part || part.status != log::BodyStatus::held) continue;
    auto said = parse_succession(text_of(part.body));
    if (said && said->succeeds == organisation) return std::nullopt;
    return said;
  }
  return std::nullopt;
}

}  // namespace moot::query

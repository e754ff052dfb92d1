#include "query/version_json.hpp"

#include <algorithm>

#include "crypto/encoding.hpp"
#include "query/aftermath.hpp"

namespace moot::query {
namespace {

/// Can these bytes stand in a JSON document as they are? Valid, not deeper than we publish (a
/// reader's stack is at stake), and without a byte order mark, which no document may have in its
/// middle.
bool is_embeddable(std::string_view body) {
  if (body.starts_with("\xef\xbb\xbf") || !Json::accept(body)) return false;
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
    } else if (c == '{' || c == '[') {
      if (++depth > limits::json_depth_max) return false;
    } else if (c == '}' || c == ']') {
      --depth;
    } else {
      in_text = c == '"';
    }
  }
  return true;
}

}  // namespace

std::string with_raw(const Json& object, std::string_view key, std::string_view raw) {
  std::string text = dumped(object);
  text.pop_back();
  text.append(",\"").append(key).append("\":").append(raw).append("}");
  return text;
}

Result<std::string, Error> version_text(const log::LogReader& reader,
                                        const log::OrganisationId& organisation,
                                        const Version& version, Json object) {
  const Result<std::vector<HeldPart>, Error> parts = parts_of(reader, organisation, version);
  if (!parts) return fail(parts.error());
  add_aftermath(object, reader, organisation, version);
  if (version.record.operation == log::Operation::withdraw) {
    object["state"] = "withdrawn";
    return dumped(object);
  }
  const auto found = std::find_if(parts->begin(), parts->end(), [](const HeldPart& part) {
    return part.part == log::Part::public_part;
  });
  object["state"] = found == parts->end() ? "none" : word_of(found->status);
  object["parts"] = parts_json(*parts);
  if (found == parts->end() || found->status != log::BodyStatus::held) return dumped(object);
  const std::string_view body = text_of(found->body);
  if (is_embeddable(body)) return with_raw(object, "body", body);
  object["body_base64"] = crypto::to_base64(found->body);
  return dumped(object);
}

void add_facts(Json& object, const Version& version) {
  object["kind"] = version.record.kind;
  object["operation"] = word_of(version.record.operation);
  object["entry"] = version.entry;
  object["time"] = time_json(version.record.time_ms);
  if (version.record.previous > 0) object["previous"] = version.record.previous - 1;
}

}  // namespace moot::query

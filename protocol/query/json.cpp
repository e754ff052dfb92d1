#include "query/json.hpp"

#include "crypto/encoding.hpp"

namespace moot::query {

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json time_json(std::uint64_t unix_ms) {
  const auto text = time_text(unix_ms);
  return text ? Json(*text) : Json(nullptr);
}

Json head_json(const log::Head& head) {
  return {{"size", head.size}, {"root", crypto::to_base64(head.root)}};
}

Json parts_json(const std::vector<HeldPart>& parts) {
  Json out = Json::array();
  for (const HeldPart& part : parts) {
    Json one = {{"part", word_of(part.part)}, {"state", word_of(part.status)}};
    if (part.status == log::BodyStatus::held) one["bytes"] = part.body.size();
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace moot::query

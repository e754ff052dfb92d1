#include "command/json_text.hpp"

#include <vector>

namespace moot::command {

std::string json_text(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Json> parse_json(std::string_view text) {
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

std::vector<Json> parse_json_lines(std::string_view text) {
  std::vector<Json> documents;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto document = parse_json(text.substr(0, end))) documents.push_back(std::move(*document));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return documents;
}

const Json& field_at(const Json& object, std::string_view key) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(std::string(key));
  return found == object.end() ? null : *found;
}

std::string text_at(const Json& object, std::string_view key) {
  const Json& value = field_at(object, key);
  if (value.is_string()) return value.get_ref<const std::string&>();
  if (value.is_number() || value.is_boolean()) return json_text(value);
  return {};
}

std::optional<std::uint64_t> number_at(const Json& object, std::string_view key) {
  const Json& value = field_at(object, key);
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

bool is_true_at(const Json& object, std::string_view key) {
  const Json& value = field_at(object, key);
  return value.is_boolean() && value.get<bool>();
}

}  // namespace moot::command

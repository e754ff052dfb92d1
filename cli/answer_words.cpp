#include "command/answer_words.hpp"

#include "command/render.hpp"

namespace moot::command {

std::string shown(const Json& object, std::string_view key) {
  return printable(text_at(object, key));
}

std::string shown_or(const Json& object, std::string_view key, std::string_view otherwise) {
  std::string text = shown(object, key);
  return text.empty() ? std::string(otherwise) : text;
}

std::string shown_number(const Json& object, std::string_view key) {
  const auto number = number_at(object, key);
  return number ? number_text(*number) : shown(object, key);
}

std::string shown_time(const Json& object, std::string_view key) {
  if (const auto number = number_at(object, key)) return time_text(*number);
  std::string text = shown(object, key);
  constexpr std::size_t minutes_end = 16;  // 2024-03-01T09:30
  if (text.size() <= minutes_end || text[10] != 'T' || !text.ends_with('Z')) return text;
  text.resize(minutes_end);
  text[10] = ' ';
  return text + " UTC";
}

const Json& list_in(const Json& document, std::string_view key) {
  return document.is_array() ? document : field_at(document, key);
}

std::string shown_organisation(const Json& object) {
  const std::string name = shown(object, "name");
  const std::string id = short_id(text_at(object, "organisation"));
  return name.empty() ? id : name + " (" + id + ")";
}

Json document_of(std::string_view json) { return parse_json(json).value_or(Json()); }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace moot::command

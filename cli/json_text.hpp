#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

/// Reading and writing JSON without an exception: what the node answers is rendered for people as
/// far as it is understood.
namespace moot::command {

using Json = nlohmann::ordered_json;

/// One line. Bytes that are no UTF-8 become U+FFFD.
std::string json_text(const Json& document);
/// nullopt when it is no JSON.
std::optional<Json> parse_json(std::string_view text);
/// The documents of JSON lines; a line that is no JSON is left out.
std::vector<Json> parse_json_lines(std::string_view text);

/// A field as text: strings as they are, numbers and booleans written out, anything else and what
/// is absent empty.
std::string text_at(const Json& object, std::string_view key);
/// A field that is a whole number of 0 or more.
std::optional<std::uint64_t> number_at(const Json& object, std::string_view key);
bool is_true_at(const Json& object, std::string_view key);
/// The field, or a null.
const Json& field_at(const Json& object, std::string_view key);

}  // namespace moot::command

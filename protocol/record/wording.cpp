#include "record/wording.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "record/formats.hpp"
#include "record/render.hpp"

namespace moot::record {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

bool is_number_text(std::string_view text) {
  const bool fits = std::all_of(text.begin(), text.end(),
                                [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return fits && !text.empty();
}

std::string_view string_of(element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string text_hint(const Rule& rule, std::string_view text) {
  if (!rule.one_of.empty()) {
    const auto same = [&](const std::string& one) { return lower(one) == lower(text); };
    const auto found = std::find_if(rule.one_of.begin(), rule.one_of.end(), same);
    if (found != rule.one_of.end()) return "Write \"" + *found + "\".";
  }
  if (text.empty()) return "Leave the field out if it has no value.";
  switch (rule.format) {
    case Format::uuid:
      return "moot import makes UUIDs from local ids.";
    case Format::uri:
      if (is_uri("https://" + std::string(text)) && text.find('.') != std::string_view::npos) {
        return "Put https:// in front.";
      }
      return "";
    case Format::date:
      if (is_date(text.substr(0, 10)))
        return "Leave out the time: \"" + std::string(text.substr(0, 10)) + "\".";
      return "Write year, month and day in this order.";
    case Format::date_time:
      if (is_date_time(std::string(text) + "Z"))
        return "Add the zone: a Z at the end when it is UTC.";
      return "";
    case Format::time_of_day:
      if (is_time_of_day("0" + std::string(text))) return "Write \"0" + std::string(text) + "\".";
      return "";
    case Format::any:
    case Format::email:
      return "";
  }
  return "";
}

bool holds_objects(element value) {
  if (value.is_object()) return true;
  simdjson::dom::array list;
  return value.get(list) == simdjson::SUCCESS && list.begin() != list.end() &&
         (*list.begin()).is_object();
}

/// A name as a path of jq; empty for one that would need more quoting than a hint should have.
std::string jq_step(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_tame = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  if (name.empty() || name.size() > 40 || !std::all_of(name.begin(), name.end(), is_tame))
    return "";
  const std::string step(name);
  return std::all_of(name.begin(), name.end(), is_letter) ? "." + step : ".\"" + step + "\"";
}

}  // namespace

std::string found_text(simdjson::dom::object object) {
  std::string names;
  for (const auto field : object) {
    if (!names.empty()) names += ", ";
    names += field.key.substr(0, shown_bytes_max);
    if (names.size() > shown_bytes_max) break;
  }
  if (names.empty()) return "an object without fields";
  return "an object with the fields " + shown(names, shown_bytes_max - 26);
}

std::string found_text(element value) {
  switch (value.type()) {
    case element_type::OBJECT: {
      simdjson::dom::object object;
      return value.get(object) == simdjson::SUCCESS ? found_text(object) : "";
    }
    case element_type::ARRAY: {
      simdjson::dom::array list;
      return value.get(list) == simdjson::SUCCESS && list.begin() != list.end() ? "a list"
                                                                                : "an empty list";
    }
    case element_type::STRING:
      return string_of(value).empty() ? "empty text"
                                      : "text " + quoted(string_of(value), shown_bytes_max - 5);
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
      return "the number " + simdjson::to_string(value);
    case element_type::BOOL:
      return simdjson::to_string(value);
    case element_type::NULL_VALUE:
      return "null";
  }
  return "";
}

std::string allowed_text(const Rule& rule) {
  switch (rule.type) {
    case Type::object:
      return "an object, in { }";
    case Type::array:
      return "a list, in [ ]";
    case Type::number: {
      const bool has_least = rule.minimum > std::numeric_limits<double>::lowest();
      const bool has_most = rule.maximum < std::numeric_limits<double>::max();
      if (has_least && has_most) {
        return "a number from " + number_text(rule.minimum) + " to " + number_text(rule.maximum);
      }
      if (has_least) return "a number not below " + number_text(rule.minimum);
      return has_most ? "a number not above " + number_text(rule.maximum) : "a number";
    }
    case Type::string:
      break;
  }
  if (!rule.one_of.empty()) {
    std::string text = "one of ";
    for (const std::string& one : rule.one_of)
      text += (&one == &rule.one_of.front() ? "" : ", ") + one;
    return text;
  }
  switch (rule.format) {
    case Format::any:
      return "text";
    case Format::uuid:
      return "a UUID such as 7a1f0c1e-52d8-4e0b-9c37-0d5b6f1a2e3c";
    case Format::uri:
      return "a web address such as https://example.org";
    case Format::email:
      return "an e-mail address such as office@example.org";
    case Format::date:
      return "a day such as 2024-03-31";
    case Format::date_time:
      return "a day and time with its zone, such as 2024-03-31T09:30:00Z";
    case Format::time_of_day:
      return "a time of day from 00:00 to 23:59, such as 09:30";
  }
  return "";
}

std::string hint_text(const Rule& rule, element value) {
  if (value.is_null()) return "Leave the field out when there is nothing to say.";
  switch (rule.type) {
    case Type::string:
      if (value.is_string()) return text_hint(rule, string_of(value));
      return value.is_number() ? "Put it in quotation marks." : "";
    case Type::number:
      if (value.is_string() && is_number_text(string_of(value)))
        return "Take away the quotation marks.";
      if (value.is_number() && rule.maximum == 180)
        return "Degrees are wanted, not metres of a grid.";
      return "";
    case Type::array:
      return value.is_object() ? "Put [ ] around it." : "";
    case Type::object:
      return "";
  }
  return "";
}

std::string unwrap_hint(simdjson::dom::object object) {
  std::string paths;
  for (const auto field : object) {
    const std::string step = jq_step(field.key);
    if (step.empty() || !holds_objects(field.value) || paths.size() > shown_bytes_max) continue;
    if (!paths.empty()) paths += ", ";
    paths += step;
    if (field.value.is_array()) paths += "[]";
  }
  if (paths.empty()) return "Name the kind with --kind; moot schema lists the kinds.";
  return "The records seem to be inside it; jq -c '" + paths + "' FILE takes them out.";
}

}  // namespace moot::record

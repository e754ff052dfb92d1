#include "command/officers.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "base/limits.hpp"
#include "command/json_text.hpp"
#include "command/render.hpp"
#include "command/replace_file.hpp"
#include "command/text_file.hpp"
#include "log/rotation.hpp"
#include "log/text.hpp"

namespace moot::command {
namespace {

constexpr std::string_view format = "moot/officers/v1";
constexpr unsigned file_mode = 0600;
constexpr std::size_t date_characters = 10;

Json json_of(const Officer& officer) {
  return {{"name", officer.name}, {"key", log::reserve_key_text(officer.key)},
          {"role", officer.role}, {"until", officer.until},
          {"note", officer.note}, {"last_drill", officer.last_drill}};
}

/// Only these keys, each of this type.
bool has_only(const Json& object, std::initializer_list<std::string_view> keys) {
  if (!object.is_object() || object.size() != keys.size()) return false;
  return std::all_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return object.contains(std::string(key)); });
}

bool is_text_or_empty(const std::string& text, std::size_t bytes_max) {
  return text.empty() || log::is_request_text(text, bytes_max);
}

Result<Officer, std::string> officer_of(const Json& json) {
  if (!has_only(json, {"name", "key", "role", "until", "note", "last_drill"})) {
    return fail(
        std::string("an officer has other fields than name, key, role, until, note and "
                    "last_drill"));
  }
  for (const auto& [field, value] : json.items()) {
    if (!value.is_string()) return fail("an officer's " + field + " is no text");
  }
  const auto key = log::parse_reserve_key_text(text_at(json, "key"));
  if (!key) return fail("an officer's key is wrong: " + std::string(log::describe(key.error())));
  Officer out{.name = text_at(json, "name"),
              .key = *key,
              .role = text_at(json, "role"),
              .until = text_at(json, "until"),
              .note = text_at(json, "note"),
              .last_drill = text_at(json, "last_drill")};
  const bool is_right = is_text_or_empty(out.name, limits::officer_name_bytes_max) &&
                        is_text_or_empty(out.role, limits::officer_name_bytes_max) &&
                        is_text_or_empty(out.note, limits::establish_note_bytes_max) &&
                        (out.until.empty() || is_date(out.until)) &&
                        (out.last_drill.empty() || is_date(out.last_drill));
  if (!is_right) return fail("something of the officer `" + printable(out.name) + "` is wrong");
  return out;
}

Result<Done, std::string> read_list(const Json& list, std::vector<Officer>& out) {
  if (!list.is_array()) return fail(std::string("officers and known are lists"));
  for (const Json& item : list) {
    auto officer = officer_of(item);
    if (!officer) return fail(officer.error());
    out.push_back(std::move(*officer));
  }
  return Done{};
}

bool are_keys_distinct(const Officers& officers) {
  std::set<crypto::PublicKeyBytes> seen;
  for (const auto& key : officers.all_keys()) {
    if (!seen.insert(key).second) return false;
  }
  return true;
}

}  // namespace

const Officer* Officers::find(const crypto::PublicKeyBytes& key) const {
  for (const auto* list : {&officers, &known}) {
    for (const Officer& officer : *list) {
      if (officer.key == key) return &officer;
    }
  }
  return nullptr;
}

const Officer* Officers::find_by_digest(const Hash& digest) const {
  for (const auto* list : {&officers, &known}) {
    for (const Officer& officer : *list) {
      if (log::reserve_digest(officer.key) == digest) return &officer;
    }
  }
  return nullptr;
}

Officer* Officers::named(const std::string& name) {
  const auto found = std::find_if(officers.begin(), officers.end(),
                                  [&](const Officer& officer) { return officer.name == name; });
  return found == officers.end() ? nullptr : &*found;
}

std::vector<crypto::PublicKeyBytes> Officers::all_keys() const {
  std::vector<crypto::PublicKeyBytes> keys;
  for (const auto* list : {&officers, &known}) {
    for (const Officer& officer : *list) keys.push_back(officer.key);
  }
  return keys;
}

std::filesystem::path officers_file(const config::Paths& paths) {
  return paths.home / "officers.json";
}

std::string to_json_text(const Officers& officers) {
  Json document = {
      {"format", format},       {"threshold", officers.threshold}, {"officers", Json::array()},
      {"known", Json::array()}, {"hosting", officers.hosting},     {"request", officers.request}};
  for (const Officer& officer : officers.officers) document["officers"].push_back(json_of(officer));
  for (const Officer& officer : officers.known) document["known"].push_back(json_of(officer));
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Officers, std::string> parse_officers(std::string_view text) {
  const auto json = parse_json(text);
  if (!json ||
      !has_only(*json, {"format", "threshold", "officers", "known", "hosting", "request"}) ||
      text_at(*json, "format") != format) {
    return fail(std::string("it is no list of officers that this version knows"));
  }
  Officers out;
  const auto threshold = number_at(*json, "threshold");
  if (!threshold || *threshold < 1 || *threshold > limits::reserve_keys_max) {
    return fail(std::string("threshold is a number from 1 to 16"));
  }
  out.threshold = static_cast<std::uint8_t>(*threshold);
  for (const auto& [key, list] : {std::pair{"officers", &out.officers}, {"known", &out.known}}) {
    const auto read = read_list(field_at(*json, key), *list);
    if (!read) return fail(read.error());
  }
  out.hosting = text_at(*json, "hosting");
  out.request = text_at(*json, "request");
  if (out.officers.size() > limits::reserve_keys_max ||
      out.officers.size() + out.known.size() > limits::officers_kept_max) {
    return fail(std::string("there are too many officers in it"));
  }
  if (!are_keys_distinct(out)) return fail(std::string("two officers have one key"));
  return out;
}

Result<Officers, Error> load_officers(const config::Paths& paths) {
  const auto text = read_text_file(officers_file(paths), limits::officers_file_bytes_max);
  if (!text && text.error().code == "not-found") return Officers{};
  if (!text) return fail(text.error());
  auto officers = parse_officers(*text);
  if (!officers) {
    return fail(
        Error{.code = "failed",
              .message = officers_file(paths).string() + " is not usable: " + officers.error(),
              .hint = "put it right, or move it away and name the officers again with "
                      "`moot officers add`",
              .problems = {}});
  }
  return std::move(*officers);
}

Result<Done, Error> save_officers(const config::Paths& paths, const Officers& officers) {
  return replace_file(officers_file(paths), to_json_text(officers), file_mode,
                      "the list of officers");
}

bool is_officer_text(std::string_view text) {
  return log::is_request_text(text, limits::officer_name_bytes_max);
}

bool is_date(std::string_view text) {
  if (text.size() != date_characters || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t at, std::size_t count) {
    std::string_view digits = text.substr(at, count);
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return log::parse_decimal(digits);
  };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  if (!year || !month || !day) return false;
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                     std::chrono::month(static_cast<unsigned>(*month)),
                                     std::chrono::day(static_cast<unsigned>(*day)))
      .ok();
}

std::string today() { return time_text(unix_now_ms()).substr(0, date_characters); }

}  // namespace moot::command

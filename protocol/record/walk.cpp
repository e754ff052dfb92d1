#include "record/walk.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>

#include "record/formats.hpp"
#include "record/kinds.hpp"
#include "record/record_id.hpp"
#include "record/render.hpp"
#include "record/scan.hpp"
#include "record/wording.hpp"

namespace moot::record {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool has_format(Format format, std::string_view text) {
  switch (format) {
    case Format::any:
      return true;
    case Format::uuid:
      return parse_record_id(text).has_value();
    case Format::uri:
      return is_uri(text);
    case Format::email:
      return is_email(text);
    case Format::date:
      return is_date(text);
    case Format::date_time:
      return is_date_time(text);
    case Format::time_of_day:
      return is_time_of_day(text);
  }
  return false;
}

/// For objects that no schema describes.
const ObjectRule& any_object() {
  static const ObjectRule none;
  return none;
}

const Rule& uuid_rule() {
  static const Rule rule = [] {
    Rule uuid;
    uuid.format = Format::uuid;
    return uuid;
  }();
  return rule;
}

}  // namespace

void Walk::known_kind(std::size_t kind, simdjson::dom::object record, bool is_deduced) {
  if (is_deduced) deduced_ = known_kinds()[kind];
  object(schemas().kind(kind), record, nullptr);
}

void Walk::unknown_kind(simdjson::dom::object record) {
  takes_null_ = true;
  element id;
  if (record["id"].get(id) != simdjson::SUCCESS) {
    report_.add([&] {
      return Problem{place_of(nullptr, "id"), "nothing", allowed_text(uuid_rule()), ""};
    });
  } else {
    value(uuid_rule(), id, Step{nullptr, "id", 0});
  }
  object(any_object(), record, nullptr);
}

void Walk::page(simdjson::dom::object page) {
  takes_null_ = true;
  object(any_object(), page, nullptr);
}

void Walk::object(const ObjectRule& rule, simdjson::dom::object object, const Step* here) {
  const std::size_t names_before = names_.size();
  std::uint64_t seen = 0;
  for (const auto field : object) {
    const Step step{here, field.key, 0};
    const int number = rule.find(field.key);
    if (number < 0) {
      names_.push_back(field.key);
      free_value(field.value, step);
      continue;
    }
    const std::uint64_t bit = std::uint64_t{1} << number;
    if ((seen & bit) != 0) twice(field.key, here);
    seen |= bit;
    value(rule.rule(static_cast<std::size_t>(number)), field.value, step);
  }
  names_twice(names_before, here);
  names_.resize(names_before);
  if ((rule.required() & ~seen) != 0) missing(rule, rule.required() & ~seen, here);
}

void Walk::value(const Rule& rule, element value, const Step& here) {
  switch (rule.type) {
    case Type::string:
      text(rule, value, here);
      return;
    case Type::number: {
      double number = 0;
      if (value.get(number) != simdjson::SUCCESS || number < rule.minimum ||
          number > rule.maximum) {
        wrong(rule, value, here);
      }
      return;
    }
    case Type::array: {
      simdjson::dom::array list;
      if (value.get(list) != simdjson::SUCCESS) {
        wrong(rule, value, here);
        return;
      }
      std::size_t index = 0;
      for (const element item : list) this->value(*rule.items, item, Step{&here, {}, index++});
      return;
    }
    case Type::object: {
      simdjson::dom::object nested;
      if (value.get(nested) != simdjson::SUCCESS) {
        wrong(rule, value, here);
        return;
      }
      object(*rule.object, nested, &here);
      return;
    }
  }
}

void Walk::text(const Rule& rule, element value, const Step& here) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || !has_format(rule.format, text)) {
    wrong(rule, value, here);
    return;
  }
  if (!rule.one_of.empty() &&
      std::find(rule.one_of.begin(), rule.one_of.end(), text) == rule.one_of.end()) {
    wrong(rule, value, here);
  }
}

void Walk::free_value(element value, const Step& here) {
  switch (value.type()) {
    case element_type::OBJECT: {
      simdjson::dom::object nested;
      if (value.get(nested) == simdjson::SUCCESS) object(any_object(), nested, &here);
      return;
    }
    case element_type::ARRAY: {
      simdjson::dom::array list;
      if (value.get(list) != simdjson::SUCCESS) return;
      std::size_t index = 0;
      for (const element item : list) free_value(item, Step{&here, {}, index++});
      return;
    }
    case element_type::NULL_VALUE:
      if (takes_null_) return;
      report_.add([&] {
        return Problem{place_of(&here, {}), "null", "any value but null",
                       "Leave the field out when there is nothing to say."};
      });
      return;
    case element_type::STRING:
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
    case element_type::BOOL:
      return;
  }
}

void Walk::missing(const ObjectRule& rule, std::uint64_t fields, const Step* here) {
  for (; fields != 0; fields &= fields - 1) {
    const auto field = static_cast<std::size_t>(std::countr_zero(fields));
    report_.add([&] {
      std::string hint;
      if (here == nullptr && !deduced_.empty()) {
        hint = "Taken for a record of kind " + std::string(deduced_) +
               "; if it is another, say so with --kind.";
      }
      return Problem{place_of(here, rule.name(field)), "nothing", allowed_text(rule.rule(field)),
                     hint};
    });
  }
}

void Walk::twice(std::string_view name, const Step* here) {
  report_.add([&] {
    return Problem{place_of(here, name), "the field twice", "each field once", ""};
  });
}

void Walk::names_twice(std::size_t from, const Step* here) {
  const auto first = names_.begin() + static_cast<std::ptrdiff_t>(from);
  if (names_.end() - first < 2) return;
  std::sort(first, names_.end());
  for (auto name = first + 1; name != names_.end(); ++name) {
    if (*name == *(name - 1)) twice(*name, here);
  }
}

void Walk::wrong(const Rule& rule, element value, const Step& here) {
  report_.add([&] {
    return Problem{place_of(&here, {}), found_text(value), allowed_text(rule),
                   hint_text(rule, value)};
  });
}

std::string Walk::place_of(const Step* here, std::string_view field) const {
  std::vector<const Step*> steps;
  for (const Step* step = here; step != nullptr; step = step->up) steps.push_back(step);
  std::string pointer;
  std::size_t at = skip_space(text_, 0);
  bool is_found =
      true;  // a name written with escapes is not: then the line is that of what it stands in
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const bool is_field = (*step)->name.data() != nullptr;
    pointer += is_field ? pointer_step((*step)->name) : '/' + std::to_string((*step)->index);
    if (!is_found) continue;
    const std::size_t next =
        is_field ? find_field(text_, at, (*step)->name) : find_item(text_, at, (*step)->index);
    is_found = next != no_end;
    if (is_found) at = next;
  }
  if (!field.empty()) {
    pointer += pointer_step(field);
    if (const std::size_t next = is_found ? find_field(text_, at, field) : no_end; next != no_end)
      at = next;
  }
  return place_.of_value(at, pointer);
}

}  // namespace moot::record

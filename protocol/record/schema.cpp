#include "record/schema.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "record/kinds.hpp"
#include "schemas_embedded.hpp"

namespace moot::record {
namespace {

using simdjson::dom::element;

/// Says nothing about values: read by people only.
constexpr std::array<std::string_view, 5> annotations = {"$schema", "$id", "$defs", "title",
                                                         "description"};

/// Shared by (nearly) all kinds, so they tell nothing about which one an object is of.
constexpr std::array<std::string_view, 5> common_fields = {"id", "name", "description",
                                                           "attributes", "metadata"};

/// The one pattern that our schemas use. JSON Schema's own format "time" demands a zone, which
/// opening hours seldom have.
constexpr std::string_view time_of_day_pattern =
    R"(^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?$)";

template <class Value>
Value as(element from, std::string_view what) {
  Value value{};
  MOOT_CHECK(from.get(value) == simdjson::SUCCESS, what);
  return value;
}
std::string_view text(element from, std::string_view what) {
  return as<std::string_view>(from, what);
}

Type type_named(std::string_view name) {
  if (name == "object") return Type::object;
  if (name == "array") return Type::array;
  if (name == "string") return Type::string;
  MOOT_CHECK(name == "number", name);
  return Type::number;
}

Format format_named(std::string_view name) {
  if (name == "uuid") return Format::uuid;
  if (name == "uri") return Format::uri;
  if (name == "email") return Format::email;
  if (name == "date") return Format::date;
  MOOT_CHECK(name == "date-time", name);
  return Format::date_time;
}

bool is_annotation(std::string_view keyword) {
  return std::find(annotations.begin(), annotations.end(), keyword) != annotations.end();
}

}  // namespace

void ObjectRule::add(std::string_view name, Rule rule) {
  MOOT_CHECK(find(name) < 0 && rules_.size() < fields_max, name);
  names_.add(name);
  rules_.push_back(std::move(rule));
}

void ObjectRule::require(std::string_view name) {
  const int field = find(name);
  MOOT_CHECK(field >= 0, name);
  required_ |= std::uint64_t{1} << field;
}

/// Follows references from the kinds to all that they need.
class Schemas::Compiler {
 public:
  explicit Compiler(Schemas& schemas) : schemas_(schemas) {}

  /// The object that `reference`, found in `file`, names: "phone.json", "common.json#/$defs/phone"
  /// or "#/$defs/phone".
  const ObjectRule* object_at(std::string_view reference, const std::string& file) {
    std::string place(reference);
    if (place.starts_with('#')) place.insert(0, file);
    const auto [known, is_new] = schemas_.objects_.try_emplace(place, nullptr);
    if (!is_new) return known->second.get();
    known->second =
        std::make_unique<ObjectRule>();  // there before its fields, which may lead back to it
    ObjectRule& object = *known->second;
    const std::size_t hash = place.find('#');
    const std::string target_file = place.substr(0, hash);
    element definition = document(target_file);
    if (hash != std::string::npos) {
      MOOT_CHECK(definition.at_pointer(place.substr(hash + 1)).get(definition) == simdjson::SUCCESS,
                 place);
    }
    fill(object, definition, target_file);
    return &object;
  }

 private:
  element document(const std::string& file) {
    const auto [known, is_new] = parsers_.try_emplace(file);
    if (is_new) {
      const auto embedded = embedded::schemas();
      const auto found = std::find_if(embedded.begin(), embedded.end(),
                                      [&](const auto& f) { return f.name == file; });
      MOOT_CHECK(found != embedded.end(), file);
      MOOT_CHECK(
          known->second.parse(found->text.data(), found->text.size()).error() == simdjson::SUCCESS,
          file);
    }
    return known->second.doc.root();
  }

  void fill(ObjectRule& object, element definition, const std::string& file) {
    for (const auto [keyword, value] : as<simdjson::dom::object>(definition, file)) {
      if (keyword == "type") {
        MOOT_CHECK(text(value, keyword) == "object", file);
      } else if (keyword == "properties") {
        for (const auto [name, rule] : as<simdjson::dom::object>(value, keyword))
          object.add(name, compiled(rule, file));
      } else {
        MOOT_CHECK(keyword == "required" || is_annotation(keyword), keyword);
      }
    }
    element required;
    if (definition["required"].get(required) != simdjson::SUCCESS) return;
    for (const element name : as<simdjson::dom::array>(required, file))
      object.require(text(name, file));
  }

  Rule compiled(element definition, const std::string& file) {
    Rule rule;
    bool has_type = false;
    for (const auto [keyword, value] : as<simdjson::dom::object>(definition, file)) {
      if (keyword == "type") {
        rule.type = type_named(text(value, keyword));
        has_type = true;
      } else if (keyword == "$ref") {
        rule.type = Type::object;
        rule.object = object_at(text(value, keyword), file);
        has_type = true;
      } else if (keyword == "items") {
        rule.items = std::make_unique<const Rule>(compiled(value, file));
      } else if (keyword == "format") {
        rule.format = format_named(text(value, keyword));
      } else if (keyword == "pattern") {
        MOOT_CHECK(text(value, keyword) == time_of_day_pattern, text(value, keyword));
        rule.format = Format::time_of_day;
      } else if (keyword == "enum") {
        for (const element one : as<simdjson::dom::array>(value, keyword))
          rule.one_of.emplace_back(text(one, keyword));
      } else if (keyword == "minimum") {
        rule.minimum = as<double>(value, keyword);
      } else if (keyword == "maximum") {
        rule.maximum = as<double>(value, keyword);
      } else {
        MOOT_CHECK(is_annotation(keyword), keyword);
      }
    }
    MOOT_CHECK(has_type && (rule.type == Type::object) == (rule.object != nullptr), file);
    MOOT_CHECK((rule.type == Type::array) == (rule.items != nullptr), file);
    MOOT_CHECK(rule.type == Type::string || (rule.format == Format::any && rule.one_of.empty()),
               file);
    return rule;
  }

  Schemas& schemas_;
  std::map<std::string, simdjson::dom::parser> parsers_;
};

Schemas::Schemas() {
  MOOT_CHECK(known_kinds().size() <= kinds_max, known_kinds().size());
  Compiler compiler(*this);
  for (const std::string_view kind : known_kinds()) {
    kinds_.push_back(compiler.object_at(std::string(kind) + ".json", ""));
  }
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
    for (std::size_t field = 0; field < kinds_[kind]->size(); ++field) {
      const std::string& name = kinds_[kind]->name(field);
      if (std::find(common_fields.begin(), common_fields.end(), name) != common_fields.end())
        continue;
      const std::size_t voter = voters_.add(name);
      votes_.resize(voters_.size());
      votes_[voter] |= std::uint64_t{1} << (8 * kind);
    }
  }
}

Schemas::~Schemas() = default;

int Schemas::number_of(std::string_view kind) const {
  const auto kinds = known_kinds();
  const auto found = std::find(kinds.begin(), kinds.end(), kind);
  return found == kinds.end() ? -1 : static_cast<int>(found - kinds.begin());
}

std::uint64_t Schemas::votes(std::string_view field) const {
  const int voter = voters_.find(field);
  return voter < 0 ? 0 : votes_[static_cast<std::size_t>(voter)];
}

const Schemas& schemas() {
  static const Schemas compiled;
  return compiled;
}

}  // namespace moot::record

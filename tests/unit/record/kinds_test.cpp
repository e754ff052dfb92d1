#include "record/kinds.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "record/schema.hpp"

namespace moot::record {
namespace {

using nlohmann::json;

/// All references in a schema, each with the file that it stands in.
void collect(const json& at, std::string base,
             std::vector<std::pair<std::string, std::string>>& references) {
  if (at.is_object()) {
    if (at.contains("$id") && at["$id"].is_string()) base = at["$id"];
    if (at.contains("$ref") && at["$ref"].is_string()) references.emplace_back(base, at["$ref"]);
  }
  for (const json& inner : at) {
    if (inner.is_structured()) collect(inner, base, references);
  }
}

TEST(Kinds, EachHasASchemaOfItsOwn) {
  EXPECT_EQ(known_kinds().size(), 7U);
  for (const std::string_view kind : known_kinds()) {
    EXPECT_TRUE(is_kind_name(kind));
    ASSERT_TRUE(schema_text(kind).has_value()) << kind;
    const json schema = json::parse(*schema_text(kind));
    EXPECT_EQ(schema["$id"].get<std::string>(), std::string(kind) + ".json");
    EXPECT_EQ(schema["$schema"].get<std::string>(), "https://json-schema.org/draft/2020-12/schema");
    EXPECT_TRUE(schema["properties"].contains("id"));
  }
}

TEST(Kinds, SchemasAreSelfContained) {
  for (const std::string_view kind : known_kinds()) {
    const json schema = json::parse(*schema_text(kind));
    std::vector<std::pair<std::string, std::string>> references;
    collect(schema, "", references);
    EXPECT_FALSE(references.empty());
    for (const auto& [base, reference] : references) {
      const std::size_t hash = reference.find('#');
      const std::string file = hash == 0 ? base : reference.substr(0, hash);
      const std::string name = file.substr(0, file.find('.'));
      const json* target = file == schema["$id"].get<std::string>() ? &schema : nullptr;
      if (target == nullptr && schema["$defs"].contains(name)) target = &schema["$defs"][name];
      ASSERT_NE(target, nullptr) << kind << " refers to " << reference;
      EXPECT_EQ((*target)["$id"].get<std::string>(), file);
      if (hash != std::string::npos) {
        EXPECT_TRUE(target->contains(json::json_pointer(reference.substr(hash + 1)))) << reference;
      }
    }
  }
}

TEST(Kinds, AnUnknownOneHasNoSchema) {
  for (const auto* unknown : {"", "grant", "common", "services", "service.json", "Service"}) {
    EXPECT_FALSE(schema_text(unknown).has_value()) << unknown;
  }
}

TEST(Kinds, NamesAreShortAndPlain) {
  EXPECT_TRUE(is_kind_name("a"));
  EXPECT_TRUE(is_kind_name("village_hall_2"));
  EXPECT_TRUE(is_kind_name(std::string(32, 'a')));
  for (const std::string& bad :
       {std::string(), std::string(33, 'a'), std::string("Grant"), std::string("a b"),
        std::string("a-b"), std::string("\xc3\xa9"), std::string("a\0", 2)}) {
    EXPECT_FALSE(is_kind_name(bad)) << bad;
  }
}

TEST(NameTable, FindsAllItsNamesAndNoOther) {
  for (std::size_t kind = 0; kind < known_kinds().size(); ++kind) {
    const ObjectRule& rule = schemas().kind(kind);
    for (std::size_t field = 0; field < rule.size(); ++field) {
      const std::string& name = rule.name(field);
      EXPECT_EQ(rule.find(name), static_cast<int>(field));
      EXPECT_EQ(rule.find(name + "s_"), -1);
      EXPECT_EQ(rule.find(name.substr(1)), -1);
    }
    EXPECT_EQ(rule.find(""), -1);
  }
}

}  // namespace
}  // namespace moot::record

// Runs over the real and the official example records that stand beside the project.
#include <gtest/gtest.h>

#include <map>

#include "record/kinds.hpp"
#include "records_for_tests.hpp"
#include "support/shared.hpp"

namespace moot::record {
namespace {

using nlohmann::json;

ReadResult read_file(const std::filesystem::path& path) {
  const std::vector<Source> sources = {{path.filename().string(), test::read_file(path)}};
  return read_records(sources, {});
}

/// The kind that a file's name says, which the reader is not told.
std::string kind_in(const std::filesystem::path& path) {
  std::string name = path.stem().string();
  for (const std::string_view ending : {"_list", "_full"}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  return name;
}

class Examples : public testing::TestWithParam<const char*> {};

TEST_P(Examples, AreAllValidAndOfTheKindThatTheirFileNameSays) {
  const auto shared = test::shared_folder();
  if (!shared) GTEST_SKIP() << "no shared folder";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*shared / "data" / GetParam())) {
    const std::string kind = kind_in(entry.path());
    if (entry.path().extension() != ".json" || kind == "base" || kind == "tabular") continue;
    ++files;
    const std::string text = test::read_file(entry.path());
    const json document = json::parse(text);
    const ReadResult result = read_file(entry.path());
    EXPECT_EQ(words(result.problems), "") << entry.path();
    const std::size_t count = document.contains("contents") ? document["contents"].size() : 1;
    ASSERT_EQ(result.records.size(), count) << entry.path();
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(result.records[i].kind, kind) << entry.path();
      EXPECT_NE(text.find(result.records[i].body), std::string::npos);
      EXPECT_EQ(json::parse(result.records[i].body),
                document.contains("contents") ? document["contents"][i] : document);
    }
  }
  EXPECT_GE(files, 10U);
}

INSTANTIATE_TEST_SUITE_P(Of, Examples, testing::Values("hsds-3.0-examples", "oruk-3.0-examples"),
                         [](const auto& example) {
                           return std::string(example.param).substr(0, 4);
                         });

TEST(RealData, FilesOfExamplesThatHoldNoRecordsAreRefused) {
  const auto shared = test::shared_folder();
  if (!shared) GTEST_SKIP() << "no shared folder";
  for (const auto* name : {"base.json", "tabular.json"}) {
    const ReadResult result = read_file(*shared / "data" / "hsds-3.0-examples" / name);
    EXPECT_TRUE(result.records.empty());
    ASSERT_EQ(result.problems.size(), 1U);
    EXPECT_FALSE(result.problems[0].hint.empty());
  }
}

TEST(RealData, AllServicesOfIllinoisLegalAidAreValid) {
  const auto shared = test::shared_folder();
  if (!shared) GTEST_SKIP() << "no shared folder";
  const ReadResult result = read_file(*shared / "data" / "derived" / "ilao-services-hsds3.json");
  EXPECT_EQ(words(result.problems), "");
  ASSERT_EQ(result.records.size(), 89U);
  for (const RecordText& record : result.records) EXPECT_EQ(record.kind, "service");
}

// What a language model made of real web pages in the shape of HSDS: each of its objects has
// something wrong, and the message must name the field.
TEST(RealData, EveryInventedFoodPantryRecordIsRefusedWithAPath) {
  const auto shared = test::shared_folder();
  if (!shared) GTEST_SKIP() << "no shared folder";
  static const std::map<std::string, std::string> kinds = {
      {"organization", "organization"}, {"organizations", "organization"},
      {"service", "service"},           {"services", "service"},
      {"location", "location"},         {"locations", "location"}};
  std::istringstream lines(
      test::read_file(*shared / "data" / "haarrrvest-foodpantries-cc0" / "records.ndjson"));
  std::string line;
  std::size_t objects = 0;
  while (std::getline(lines, line)) {
    const json document = json::parse(line)["doc"];
    if (!document.is_object()) continue;
    for (const auto& [name, value] : document.items()) {
      const auto kind = kinds.find(name);
      if (kind == kinds.end()) continue;
      for (const json& object : value.is_array() ? value : json::array({value})) {
        ++objects;
        const auto problems = check_record(kind->second, object.dump(), "");
        ASSERT_FALSE(problems.empty()) << object;
        const auto names_path = [](const Problem& p) {
          return p.where.starts_with("/") && !p.allowed.empty();
        };
        EXPECT_TRUE(std::all_of(problems.begin(), problems.end(), names_path)) << words(problems);
        EXPECT_TRUE(read(object.dump()).records.empty());
      }
    }
  }
  EXPECT_EQ(objects, 1932U);
}

TEST(RealData, TheFoodPantryFileAsItIsIsRefusedWithTheWayIn) {
  const auto shared = test::shared_folder();
  if (!shared) GTEST_SKIP() << "no shared folder";
  const ReadResult result =
      read_file(*shared / "data" / "haarrrvest-foodpantries-cc0" / "records.ndjson");
  EXPECT_TRUE(result.records.empty());
  ASSERT_EQ(result.problems.size(), 949U);
  EXPECT_EQ(result.problems[948].where, "records.ndjson line 949");
  EXPECT_NE(result.problems[0].hint.find("jq -c '.doc"), std::string::npos);
}

}  // namespace
}  // namespace moot::record

// Records that others wrote, from the shared folder; skipped where it is absent.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class RealInput : public testing::Test {
 protected:
  void SetUp() override {
    const auto shared = shared_folder();
    if (!shared) GTEST_SKIP() << "no folder of shared data";
    data = *shared / "data";
  }

  /// Publishes the examples of one specification as they are: kinds show by themselves.
  void publish_examples(const std::filesystem::path& examples) {
    std::uint64_t size = 1;
    for (const auto& file : std::filesystem::directory_iterator(examples)) {
      const std::string name = file.path().filename();
      // The API's own description, and a table of tables: no records.
      if (file.path().extension() != ".json" || name == "base.json" || name == "tabular.json") {
        continue;
      }
      const auto document = read_json(file.path());
      const std::size_t records = document.contains("contents") ? document["contents"].size() : 1;
      const auto lines = publisher.lines({"publish", file.path()});
      ASSERT_EQ(lines.size(), records + 1) << name;
      EXPECT_TRUE(name.starts_with(lines[0].at("kind").get<std::string>())) << name;
      size += records;
      EXPECT_EQ(lines.back().at("checkpoint").at("size"), size) << name;
    }
    EXPECT_GE(size, 10U);
    expect_audit_ok(publisher);
  }

  void expect_nothing_published() {
    EXPECT_EQ(own_size(publisher), 1U);
    EXPECT_EQ(publisher.lines({"log"}).size(), 1U);
    expect_audit_ok(publisher);
  }

  std::filesystem::path data;
  TemporaryFolder folder;
  Node publisher{folder.path() / "a", "Publisher"};
};

TEST_F(RealInput, TheHsdsExamplesPublishWhole) { publish_examples(data / "hsds-3.0-examples"); }

TEST_F(RealInput, TheOpenReferralUkExamplesPublishWhole) {
  publish_examples(data / "oruk-3.0-examples");
}

TEST_F(RealInput, AllServicesOfARealDirectoryPublishAndReachAFollower) {
  const auto directory = data / "derived" / "ilao-services-hsds3.json";
  EXPECT_EQ(publisher.lines({"publish", directory}).size(), 89U + 1);
  Node follower(folder.path() / "b", "Follower");
  follow(follower, publisher.address());
  sync(follower, publisher.organisation());
  EXPECT_EQ(head_of(follower, publisher.organisation()),
            head_of(publisher, publisher.organisation()));
  for (const auto& entry : follower.lines({"log", publisher.organisation(), "--from", "1"})) {
    const std::string record = entry.at("record");
    EXPECT_EQ(follower.json({"show", record}), publisher.json({"show", record}));
  }
  expect_audit_ok(follower);
}

TEST_F(RealInput, AFileOfOtherDocumentsIsRefusedWithTheWayIn) {
  const auto file = data / "haarrrvest-foodpantries-cc0" / "records.ndjson";
  const Finished finished = publisher.moot({"publish", file, "--json"});
  expect_error(finished, 1, "refused", "records.ndjson line 949");
  EXPECT_EQ(error_of(finished).at("problems").size(), 949U);
  expect_nothing_published();
}

TEST_F(RealInput, InvalidRecordsAreRefusedWholeAndEachProblemIsNamed) {
  const std::map<std::string, std::string> kinds = {
      {"organization", "organization"}, {"organizations", "organization"},
      {"service", "service"},           {"services", "service"},
      {"location", "location"},         {"locations", "location"}};
  std::map<std::string, std::string> lines;  // by kind
  std::size_t objects = 0;
  std::istringstream corpus(read_file(data / "haarrrvest-foodpantries-cc0" / "records.ndjson"));
  for (std::string line; std::getline(corpus, line);) {
    const auto document = nlohmann::json::parse(line).at("doc");
    for (const auto& [name, kind] : kinds) {
      if (!document.is_object() || !document.contains(name)) continue;
      const auto& value = document[name];
      for (const auto& object : value.is_array() ? value : nlohmann::json::array({value})) {
        lines[kind] += object.dump() + "\n";
        ++objects;
      }
    }
  }
  EXPECT_EQ(objects, 1932U);
  for (const auto& [kind, text] : lines) {
    const Finished finished = publisher.moot({"publish", "--kind", kind, "-", "--json"}, text);
    expect_error(finished, 1, "refused", "standard input line 1");
    const auto problems = error_of(finished).at("problems");
    EXPECT_GT(problems.size(), 100U);
    for (const auto& problem : problems) {
      EXPECT_NE(problem.at("where").get<std::string>().find("standard input line "),
                std::string::npos)
          << problem.dump(1);
      EXPECT_NE(problem.at("found"), "") << problem.dump(1);
    }
  }
  expect_nothing_published();
}

}  // namespace
}  // namespace moot::test

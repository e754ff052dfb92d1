// What an organisation erases is hidden everywhere at once and, once the hold is over and the freed
// pages are cleared, in no file of any home; the history stays provable.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

const std::string secret = "ring Marjorie on 07700 900123";

class EraseEverywhere : public testing::Test {
 protected:
  /// Holders wait for days; here nobody does.
  static void wait_for_nothing(Node& node) {
    EXPECT_EQ(node.stop(), 0);
    std::string config = read_file(node.home() / "config.toml");
    for (const char* key : {"personal_hold", "public_hold"}) {
      const auto at = config.find("\n" + std::string(key) + " = ");
      ASSERT_NE(at, std::string::npos) << config;
      config.replace(at, config.find('\n', at + 1) - at, "\n" + std::string(key) + " = \"0s\"");
    }
    write_file(node.home() / "config.toml", config);
    node.start();
  }

  static std::vector<std::string> files_with_secret(const Node& node) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(node.home())) {
      if (!entry.is_regular_file()) continue;
      if (read_file(entry.path()).find("Marjorie") != std::string::npos) {
        found.push_back(entry.path().string());
      }
    }
    return found;
  }

  TemporaryFolder folder;
  Node hall{folder.path() / "hall", "Hall Trust"};
  Node food{folder.path() / "food", "Food Bank"};
  Node shelter{folder.path() / "shelter", "Shelter"};
};

TEST_F(EraseEverywhere, LeavesNoTraceOfTheTextAndAWholeHistory) {
  for (Node* node : {&hall, &food, &shelter}) wait_for_nothing(*node);
  follow(food, hall.address());
  follow(shelter, food.address());
  follow(shelter, hall.organisation());
  hall.lines({"publish", "-"}, lunch_club("Before noon " + secret));
  hall.lines({"publish", "-"}, lunch_club("A hot meal."));
  sync(food, hall.organisation());
  sync(shelter, hall.organisation());
  for (const Node* node : {&hall, &food, &shelter}) {
    EXPECT_FALSE(files_with_secret(*node).empty());
    EXPECT_NE(node->moot({"find-text", "marjorie", "--json"}).output.find(lunch_id),
              std::string::npos);
  }
  const auto bundle = (folder.path() / "before.moot").string();
  EXPECT_EQ(food.moot({"bundle", "write", hall.organisation(), "-o", bundle}).exit_code, 0);

  // The shelter is away meanwhile.
  EXPECT_EQ(shelter.stop(), 0);
  const auto answer =
      hall.json({"erase", lunch_id, "--part", "all", "--reason", "data-protection", "--now"});
  expect_keys(answer, {"record", "entries", "reason", "entry", "checkpoint", "holders"});
  EXPECT_EQ(answer.at("entries").size(), 2U);
  sync(food, hall.organisation());
  shelter.start();
  sync(shelter, hall.organisation());

  for (const Node* node : {&hall, &food, &shelter}) {
    const auto shown = node->moot(
        {"show", lunch_id, "--organisation", hall.organisation(), "--history", "--json"});
    EXPECT_EQ(shown.output.find("Marjorie"), std::string::npos) << shown.output;
    EXPECT_NE(shown.output.find("erased"), std::string::npos) << shown.output << shown.errors;
    EXPECT_EQ(node->moot({"find-text", "marjorie", "--json"}).output.find(lunch_id),
              std::string::npos);
    EXPECT_TRUE(eventually([&] {
      return node->moot({"compact"}).exit_code == 0 && files_with_secret(*node).empty();
    })) << node->home();
    expect_audit_ok(*node);
  }
  // The food bank cosigned past it: that is its acknowledgement.
  EXPECT_TRUE(eventually([&] {
    return hall.moot({"erase", "--list", "--json"}).output.find(food.organisation()) !=
           std::string::npos;
  })) << hall.moot({"erase", "--list", "--json"}).output;

  // A bundle that was made before brings nothing back.
  EXPECT_EQ(shelter.stop(), 0);
  const Finished read = shelter.moot({"bundle", "read", bundle});
  EXPECT_EQ(read.exit_code, 0) << read.errors;
  EXPECT_TRUE(files_with_secret(shelter).empty());
}

TEST_F(EraseEverywhere, HidingIsThisNodesOwnAffair) {
  follow(food, hall.address());
  hall.lines({"publish", "-"}, lunch_club("Before noon " + secret));
  sync(food, hall.organisation());
  EXPECT_EQ(food.moot({"hide", lunch_id, "--reason", "safety"}).exit_code, 0);
  EXPECT_EQ(food.moot({"show", lunch_id, "--json"}).output.find("Marjorie"), std::string::npos);
  EXPECT_NE(hall.moot({"show", lunch_id, "--json"}).output.find("Marjorie"), std::string::npos);
  hall.lines({"publish", "-"}, lunch_club("A hot meal."));
  sync(food, hall.organisation());
  EXPECT_EQ(food.moot({"show", lunch_id, "--history", "--json"}).output.find("Marjorie"),
            std::string::npos);
}

}  // namespace
}  // namespace moot::test

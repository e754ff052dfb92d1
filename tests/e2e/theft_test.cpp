// A thief copies an organisation's home and publishes with its keys. Two followers who were shown
// different branches find it out from one another, keep the proof, and go on with all else; the
// officers then name the branch that counts, and all end on it.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class Theft : public testing::Test {
 protected:
  void SetUp() override {
    hall.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
    EXPECT_EQ(hall.stop(), 0);
    std::filesystem::copy(hall.home(), folder.path() / "thief",
                          std::filesystem::copy_options::recursive);
    hall.start();
    thief.emplace(folder.path() / "thief");
  }

  /// The food bank hears the hall, the shelter hears the thief, and both follow one another.
  void split() {
    follow(food, hall.address());
    follow(shelter, thief->address());
    hall.lines({"publish", "-"}, lunch_club("A hot meal at one."));
    thief->lines({"publish", "-"}, lunch_club("Closed for ever."));
    thief->lines({"publish", "-"}, lunch_club("Closed for good."));
    sync(food, hall.organisation());
    sync(shelter, hall.organisation());
    EXPECT_EQ(head_of(food, hall.organisation()), head_of(hall, hall.organisation()));
    EXPECT_EQ(head_of(shelter, hall.organisation()), head_of(*thief, hall.organisation()));
    thief->kill();
    follow(shelter, food.address());
    follow(food, shelter.address());
  }

  bool is_frozen(const Node& node) const {
    const auto status = node.json({"status"});
    for (const auto& log : status.at("logs")) {
      if (log.at("organisation") == hall.organisation()) return log.at("state") == "frozen";
    }
    return false;
  }
  void expect_frozen() {
    EXPECT_TRUE(eventually([&] { return is_frozen(food) && is_frozen(shelter); }))
        << shelter.json({"status"}).dump(1);
  }

  TemporaryFolder folder;
  Node hall{folder.path() / "hall", "Hall Trust"};
  Node food{folder.path() / "food", "Food Bank"};
  Node shelter{folder.path() / "shelter", "Shelter"};
  std::optional<Node> thief;
};

TEST_F(Theft, IsProvedAtBothFollowersAndTheRestGoesOn) {
  split();
  expect_frozen();
  for (const Node* node : {&food, &shelter}) {
    const auto file = folder.path() / (node == &food ? "food.evidence" : "shelter.evidence");
    const Finished written =
        node->moot({"evidence", hall.organisation(), "--output", file.string()});
    ASSERT_EQ(written.exit_code, 0) << written.errors;
    EXPECT_TRUE(read_file(file).starts_with("moot/evidence/v1\n"));
    const Finished judged = run({program("moot"), "verify", file.string()});
    EXPECT_EQ(judged.exit_code, 3) << judged.output << judged.errors;
    // The audit says so too.
    EXPECT_EQ(node->moot({"audit"}).exit_code, 3);
  }
  // The other logs of both nodes move.
  food.lines({"publish", "--kind", "organization", "-"},
             an_organization("5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c11", "Food"));
  sync(shelter, food.organisation());
  EXPECT_EQ(head_of(shelter, food.organisation()), head_of(food, food.organisation()));

  // And the hall hears that somebody signs with its key: it publishes nothing more.
  follow(hall, food.address());
  EXPECT_TRUE(eventually([&] {
    return hall.json({"status"}).at("publishing").at("state") == "forked";
  })) << hall.json({"status"}).dump(1);
  EXPECT_NE(hall.moot({"publish", "-"}, lunch_club("Too late.")).exit_code, 0);
}

TEST_F(Theft, IsHealedByTheOfficersAndAllEndOnTheirBranch) {
  split();
  expect_frozen();
  const std::string request = (folder.path() / "request.txt").string();
  const auto ask = hall.moot({"keys", "rotate", "--after-theft", "--request", request});
  ASSERT_EQ(ask.exit_code, 0) << ask.errors;
  const auto sign =
      run({program("moot"), "keys", "sign", request, "--words", "--yes"}, hall.recovery());
  ASSERT_EQ(sign.exit_code, 0) << sign.errors;
  const auto apply = hall.moot({"keys", "apply", request});
  ASSERT_EQ(apply.exit_code, 0) << apply.errors;
  EXPECT_TRUE(eventually([&] {
    return hall.moot({"publish", "-"}, lunch_club("Open again.")).exit_code == 0;
  }));
  const auto newest = head_of(hall, hall.organisation());
  follow(shelter, hall.address());
  EXPECT_TRUE(eventually([&] {
    return head_of(food, hall.organisation()) == newest &&
           head_of(shelter, hall.organisation()) == newest;
  })) << shelter.json({"status"}).dump(1);
  EXPECT_FALSE(is_frozen(food));
  EXPECT_FALSE(is_frozen(shelter));
  // What was proved stays listed, and the audits pass.
  EXPECT_EQ(food.moot({"audit"}).exit_code, 0) << food.moot({"audit"}).output;
  EXPECT_EQ(shelter.moot({"audit"}).exit_code, 0) << shelter.moot({"audit"}).output;
  EXPECT_NE(food.moot({"audit", "--json"}).output.find("evidence"), std::string::npos);

  // The thief's old key moves nobody any more.
  thief->start();
  follow(shelter, thief->address());
  EXPECT_TRUE(head_of(shelter, hall.organisation()) == newest);
}

}  // namespace
}  // namespace moot::test

// The officers change a node's keys while it runs and while it does not, and a follower goes along.
#include <gtest/gtest.h>

#include <cstdlib>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class OfficersAtWork : public testing::Test {
 protected:
  OfficersAtWork() {
    // Where the programs remember what typed words have signed.
    ::setenv("XDG_STATE_HOME", folder.path().c_str(), 1);
    write_file(path("pass"), "several common words\n");
    follow(food, hall.address());
    hall.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
  }

  ~OfficersAtWork() override { ::unsetenv("XDG_STATE_HOME"); }

  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  void name_officer(const std::string& name) const {
    const auto made = hall.json({"keys", "make", path(name), "--passphrase-file", path("pass")});
    hall.json({"officers", "add", name, "--key", made.at("key")});
  }
  nlohmann::json sign(const std::string& request, const std::string& key) const {
    return hall.json({"keys", "sign", path(request), "--key", path(key), "--passphrase-file",
                      path("pass"), "--yes"});
  }
  nlohmann::json sign_with_words(const std::string& request) const {
    return hall.json({"keys", "sign", path(request), "--words", "--yes"}, hall.recovery());
  }
  /// Waits until the node has heard from its peer, as it must after each opening of its home.
  void publish(const std::string& description) const {
    const auto lines =
        hall.lines({"publish", "-", "--wait", "--timeout", "30"}, lunch_club(description));
    ASSERT_FALSE(lines.empty());
  }
  void expect_same_history() const {
    sync(food, hall.organisation());
    EXPECT_EQ(head_of(food, hall.organisation()), head_of(hall, hall.organisation()));
    expect_audit_ok(hall);
    expect_audit_ok(food);
  }

  TemporaryFolder folder;
  Node hall{folder.path() / "hall", "Hall Trust"};
  Node food{folder.path() / "food", "Food Bank"};
};

TEST_F(OfficersAtWork, ChangeTheKeysOfARunningNodeAndLoseNothing) {
  name_officer("ann");
  name_officer("bea");
  hall.json({"officers", "threshold", "2"});
  hall.json({"keys", "rotate", "--request", path("first")});
  // Published after the officers were asked, and before they answered.
  hall.lines({"publish", "-"}, lunch_club("A hot meal at one."));
  sign_with_words("first");
  const auto applied = hall.json({"keys", "apply", path("first")});
  expect_keys(applied, {"organisation", "seq", "entry", "republished", "checkpoint"});
  EXPECT_EQ(applied.at("republished"), true);

  publish("A hot meal at two.");
  expect_same_history();
  const auto history =
      hall.json({"show", lunch_id, "--history", "--organisation", hall.organisation()});
  EXPECT_EQ(history.at("versions").at(0).at("state"), "held");
  const auto listed = hall.json({"officers", "list"});
  EXPECT_EQ(listed.at("present").at("threshold"), 2);
  EXPECT_EQ(listed.at("in_force"), true);
  EXPECT_TRUE(listed.at("change").is_null());

  // And it comes up again with its new keys.
  EXPECT_EQ(hall.stop(), 0);
  hall.start();
  publish("A hot meal at three.");
  expect_same_history();
}

TEST_F(OfficersAtWork, ChangeTheKeysOfAStoppedNodeAfterATheft) {
  const auto trusted = own_size(hall);
  hall.lines({"publish", "-"}, lunch_club("Closed for ever, says the thief."));
  sync(food, hall.organisation());
  hall.json({"keys", "rotate", "--after-theft", "--stand-by", std::to_string(trusted), "--request",
             path("theft")});
  sign_with_words("theft");
  EXPECT_EQ(hall.stop(), 0);
  EXPECT_EQ(hall.json({"keys", "apply", path("theft")}).at("republished"), false);
  hall.start();
  expect_same_history();
  for (const Node* node : {&hall, &food}) {
    const auto history =
        node->json({"show", lunch_id, "--history", "--organisation", hall.organisation()});
    const auto& versions = history.at("versions");
    ASSERT_EQ(versions.size(), 2U);  // nothing of the thief's was published again
    EXPECT_TRUE(versions[0].contains("disowned")) << versions[0].dump();
    EXPECT_FALSE(versions[1].contains("disowned")) << versions[1].dump();
  }
}

}  // namespace
}  // namespace moot::test

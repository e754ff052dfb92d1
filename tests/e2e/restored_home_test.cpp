// Homes that were copied back from yesterday, peers that are away at a start, and homes made anew
// from peers: a node never signs twice for one size, loses nothing that was given to it, and says
// in plain words what it waits for.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class RestoredHome : public testing::Test {
 protected:
  std::string publishing() const {
    return hall.json({"status"}).at("publishing").at("state").get<std::string>();
  }
  bool publishing_is(const std::string& state) const {
    return eventually([&] { return publishing() == state; });
  }
  void copy_home(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  }
  void be_acquainted() {
    follow(food, hall.address());
    follow(hall, food.address());
    hall.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
    sync(food, hall.organisation());
  }
  /// The officer's paper signs the node's new key in.
  void replace_key(const std::string& why) {
    const std::string request = (folder.path() / "request.txt").string();
    const auto ask = hall.moot({"keys", "rotate", why, "--request", request});
    ASSERT_EQ(ask.exit_code, 0) << ask.errors;
    const auto sign =
        run({program("moot"), "keys", "sign", request, "--words", "--yes"}, hall.recovery());
    ASSERT_EQ(sign.exit_code, 0) << sign.errors;
    const auto apply = hall.moot({"keys", "apply", request});
    ASSERT_EQ(apply.exit_code, 0) << apply.errors;
  }

  TemporaryFolder folder;
  Node hall{folder.path() / "hall", "Hall Trust"};
  Node food{folder.path() / "food", "Food Bank"};
};

TEST_F(RestoredHome, WaitsForThePeersItKnowsAndSaysSo) {
  be_acquainted();
  EXPECT_EQ(hall.stop(), 0);
  EXPECT_EQ(food.stop(), 0);
  hall.start();
  const Finished queued = hall.moot({"publish", "-"}, lunch_club("A hot meal at one."));
  EXPECT_EQ(queued.exit_code, 6) << queued.errors;
  const std::string said = queued.output + queued.errors;
  EXPECT_NE(said.find("not yet public"), std::string::npos) << said;
  EXPECT_NE(said.find("confirm-not-restored"), std::string::npos) << said;
  for (const char* word : {"establish", "fork", "epoch", "disowned", "root"}) {
    EXPECT_EQ(said.find(word), std::string::npos) << said;
  }
  const Finished as_json = hall.moot({"publish", "-", "--json"}, lunch_club("At two."));
  EXPECT_EQ(as_json.exit_code, 6);
  EXPECT_NE(as_json.output.find(R"("state":"queued")"), std::string::npos) << as_json.output;
  EXPECT_EQ(own_size(hall), 2U);

  // It survives a restart, and is public as soon as the peer is back.
  hall.kill();
  hall.start();
  EXPECT_EQ(publishing(), "waiting");
  food.start();
  EXPECT_TRUE(eventually([&] { return own_size(hall) == 4U; })) << hall.json({"status"}).dump(1);
  sync(food, hall.organisation());
  expect_audit_ok(food);
}

TEST_F(RestoredHome, GoesOnWhenAPersonSaysThatItWasNotRestored) {
  be_acquainted();
  EXPECT_EQ(hall.stop(), 0);
  EXPECT_EQ(food.stop(), 0);
  hall.start();
  EXPECT_EQ(hall.moot({"publish", "-"}, lunch_club("A hot meal at one.")).exit_code, 6);
  EXPECT_EQ(hall.moot({"confirm-not-restored"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return own_size(hall) == 3U; }));
}

TEST_F(RestoredHome, FromYesterdayIsFoundOutCatchesUpAndGoesOnWithANewKey) {
  be_acquainted();
  EXPECT_EQ(hall.stop(), 0);
  copy_home(hall.home(), folder.path() / "yesterday");
  hall.start();
  ASSERT_TRUE(publishing_is("open"));
  hall.lines({"publish", "-"}, lunch_club("A hot meal at one."));
  hall.lines({"publish", "-"}, lunch_club("A hot meal at two."));
  sync(food, hall.organisation());
  const auto newest = head_of(hall, hall.organisation());
  EXPECT_EQ(hall.stop(), 0);
  copy_home(folder.path() / "yesterday", hall.home());
  hall.start();

  ASSERT_TRUE(publishing_is("restored")) << hall.json({"status"}).dump(1);
  EXPECT_EQ(hall.moot({"publish", "-"}, lunch_club("From yesterday.")).exit_code, 6);
  EXPECT_NE(hall.moot({"confirm-not-restored"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return head_of(hall, hall.organisation()) == newest; }));
  // The old key signs nothing more, after a restart neither.
  hall.kill();
  hall.start();
  EXPECT_EQ(publishing(), "restored");

  replace_key("--after-restore");
  ASSERT_TRUE(publishing_is("open")) << hall.json({"status"}).dump(1);
  EXPECT_TRUE(eventually([&] { return own_size(hall) == 6U; })) << own_size(hall);
  sync(food, hall.organisation());
  EXPECT_EQ(head_of(food, hall.organisation()), head_of(hall, hall.organisation()));
  expect_audit_ok(food);
  expect_audit_ok(hall);
}

TEST_F(RestoredHome, IsMadeAnewFromAPeerWhenTheDiskIsLost) {
  be_acquainted();
  hall.kill();
  std::filesystem::remove_all(hall.home());
  const Finished restored = hall.moot({"restore", hall.organisation(), "--from", food.address()});
  ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
  // The new home knows no officer's key yet: the officer gives the public half,
  // and decides on with the same paper.
  const auto shown = run({program("moot"), "keys", "public", "--words", "--json"}, hall.recovery());
  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  const std::string key = nlohmann::json::parse(shown.output).at("key");
  const auto known = hall.moot({"officers", "add", "Ann", "--key", key});
  ASSERT_EQ(known.exit_code, 0) << known.errors;
  replace_key("--after-restore");
  Node again(hall.home());
  EXPECT_EQ(again.organisation(), hall.organisation());
  follow(food, again.address());
  again.lines({"publish", "-"}, lunch_club("We are back."));
  sync(food, hall.organisation());
  EXPECT_EQ(head_of(food, hall.organisation()), head_of(again, hall.organisation()));
  expect_audit_ok(food);
}

}  // namespace
}  // namespace moot::test

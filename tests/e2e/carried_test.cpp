// Logs that are carried by hand or made anew: bundles between nodes that never met, backups beside
// a running node, and homes that were lost.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

namespace fs = std::filesystem;

Finished at_home(const fs::path& home, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {program("moot"), "--home", home.string()});
  return run(arguments);
}

class Carried : public testing::Test {
 protected:
  void publish(const Node& node, std::uint64_t first, std::uint64_t count) {
    node.lines({"publish", "--kind", "service", "-"}, services(first, count));
  }
  /// The restored home has the whole log, and none of its keys.
  void expect_restored(const fs::path& home, const nlohmann::json& answer) {
    EXPECT_EQ(answer.at("organisation"), a.organisation());
    EXPECT_TRUE(fs::is_empty(home / "keys"));
    EXPECT_EQ(at_home(home, {"audit"}).exit_code, 0);
    const Finished log = at_home(home, {"log", "--checkpoint"});
    EXPECT_EQ(log.output, a.moot({"log", "--checkpoint"}).output);
    const Finished node = run({program("mootd"), "--home", home.string()});
    EXPECT_NE(node.exit_code, 0);
    EXPECT_NE(node.errors.find("moot keys rotate --after-restore"), std::string::npos)
        << node.errors;
  }

  TemporaryFolder folder;
  Node a{folder.path() / "a", "A writes"};
};

TEST_F(Carried, ABundleIsAPeer) {
  publish(a, 0, 600);
  const std::string file = (folder.path() / "a.moot").string();
  EXPECT_EQ(a.json({"bundle", "write", "--output", file}).at("entries"), own_size(a));
  Node b{folder.path() / "b", "B reads"};
  follow(b, a.organisation());
  const Finished refused = b.moot({"bundle", "read", file, "--json"});
  expect_error(refused, 1, "failed", "another mootd runs on this home");
  ASSERT_EQ(b.stop(), 0);
  EXPECT_EQ(b.json({"bundle", "read", file}).at("logs").at(0).at("added"), own_size(a));
  b.start();
  EXPECT_EQ(head_of(b, a.organisation()), head_of(a, a.organisation()));
  EXPECT_EQ(b.lines({"log", a.organisation()}), a.lines({"log"}));
  // What is new goes on coming from peers.
  publish(a, 600, 5);
  follow(b, a.address());
  sync(b, a.organisation());
  EXPECT_EQ(head_of(b, a.organisation()), head_of(a, a.organisation()));
  expect_audit_ok(b);
}

TEST_F(Carried, ALostHomeIsMadeAnewFromAPeer) {
  publish(a, 0, 300);
  Node b{folder.path() / "b", "B holds it"};
  follow(b, a.address());
  sync(b, a.organisation());
  a.kill();
  const fs::path home = folder.path() / "new";
  const Finished made =
      at_home(home, {"restore", a.organisation(), "--from", b.address(), "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const auto answer = nlohmann::json::parse(made.output);
  EXPECT_EQ(answer.at("from"), nlohmann::json({"peer"}));
  EXPECT_EQ(answer.at("entries"), own_size(a));
  expect_restored(home, answer);
  for (const auto& item : fs::directory_iterator(folder.path())) {
    EXPECT_FALSE(item.path().filename().string().starts_with(".moot-")) << item.path();
  }
}

TEST_F(Carried, ABackupIsTakenBesideTheNodeAndCatchesUpFromIt) {
  publish(a, 0, 100);
  const std::string backup = (folder.path() / "backup").string();
  expect_keys(a.json({"backup", backup}), {"folder", "organisation", "time_ms", "bytes"});
  EXPECT_FALSE(fs::exists(fs::path(backup) / "keys"));
  publish(a, 100, 50);
  const fs::path home = folder.path() / "new";
  const Finished made = at_home(home, {"restore", backup, "--from", a.address(), "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const auto answer = nlohmann::json::parse(made.output);
  EXPECT_EQ(answer.at("entries"), own_size(a));
  expect_restored(home, answer);
}

TEST_F(Carried, WithNobodyAtTheAddressNothingIsMade) {
  const std::string address =
      "moot://" + a.organisation() + "@127.0.0.1:" + std::to_string(free_port());
  const fs::path home = folder.path() / "new";
  const Finished made =
      at_home(home, {"restore", a.organisation(), "--from", address, "--timeout", "2", "--json"});
  expect_error(made, 6, "incomplete", "could not be fetched whole in time");
  EXPECT_FALSE(fs::exists(home));
}

}  // namespace
}  // namespace moot::test

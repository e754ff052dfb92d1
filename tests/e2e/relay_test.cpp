// How logs travel between nodes: over nodes that did not write them, against the direction of
// follows, live, and after restarts.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

void publish_services(const Node& node, std::uint64_t first, std::uint64_t count) {
  node.lines({"publish", "--kind", "service", "-"}, services(first, count));
}

/// The organisations that a node has a connection to.
std::vector<std::string> connected(const Node& node) {
  std::vector<std::string> organisations;
  const auto answer = node.json({"peers"});
  for (const auto& peer : answer.at("peers")) {
    if (peer.at("connected").get<bool>()) organisations.push_back(peer.at("organisation"));
  }
  return organisations;
}

bool holds(const Node& node, const std::string& organisation, std::uint64_t size) {
  const Finished log = node.moot({"log", organisation, "--checkpoint", "--json"});
  return log.exit_code == 0 && nlohmann::json::parse(log.output).at("size") == size;
}

class Relay : public testing::Test {
 protected:
  TemporaryFolder folder;
  Node a{folder.path() / "a", "A writes"};
  Node b{folder.path() / "b", "B between"};
  Node c{folder.path() / "c", "C reads"};
};

TEST_F(Relay, ALogFollowedByIdAloneComesFromThePeerThatCarriesIt) {
  publish_services(a, 0, 1000);
  follow(b, a.address());
  sync(b, a.organisation());
  follow(c, b.address());
  follow(c, a.organisation());
  sync(c, a.organisation());

  EXPECT_EQ(head_of(c, a.organisation()), head_of(a, a.organisation()));
  EXPECT_EQ(c.lines({"log", a.organisation(), "--limit", "2000"}),
            a.lines({"log", "--limit", "2000"}));
  // C never knew where A is.
  EXPECT_EQ(connected(c), std::vector{b.organisation()});
  EXPECT_EQ(c.log().find(std::to_string(a.port())), std::string::npos);
  expect_audit_ok(c);
}

TEST_F(Relay, NobodyNeedsToFollowBack) {
  follow(b, a.address());
  follow(c, b.address());
  follow(c, a.organisation());
  publish_services(a, 0, 300);
  publish_services(b, 1000, 300);
  ASSERT_TRUE(eventually(
      [&] { return holds(c, a.organisation(), 301) && holds(c, b.organisation(), 301); }));
  sync(c, a.organisation());
  EXPECT_EQ(a.json({"status"}).at("logs").size(), 0U);
  EXPECT_EQ(b.json({"status"}).at("logs").size(), 1U);
  EXPECT_EQ(a.moot({"log", c.organisation(), "--json"}).exit_code, 4);
  expect_audit_ok(b);
  expect_audit_ok(c);
}

TEST_F(Relay, TheOrderOfFollowsDoesNotMatter) {
  // C asks for A's log while nobody that it knows carries it; the last link is made last.
  publish_services(a, 0, 300);
  follow(c, a.organisation());
  follow(c, b.address());
  sync(c, b.organisation());
  EXPECT_EQ(c.moot({"sync", a.organisation(), "--wait", "--timeout", "1"}).exit_code, 6);
  follow(b, a.address());
  ASSERT_TRUE(eventually([&] { return holds(c, a.organisation(), 301); }));
  sync(c, a.organisation());
  EXPECT_EQ(head_of(c, a.organisation()), head_of(a, a.organisation()));
}

TEST_F(Relay, WhatIsPublishedAppearsBeyondTheRelayByItself) {
  follow(b, a.address());
  follow(c, b.address());
  follow(c, a.organisation());
  sync(c, a.organisation());
  for (std::uint64_t n = 0; n < 20; ++n) {
    publish_services(a, n, 1);
    ASSERT_TRUE(eventually([&] { return holds(c, a.organisation(), n + 2); })) << n;
  }
  EXPECT_EQ(c.lines({"log", a.organisation()}), a.lines({"log"}));
  expect_audit_ok(c);
}

TEST_F(Relay, AFollowerFetchesWhileThePublisherIsDown) {
  publish_services(a, 0, 1000);
  follow(b, a.address());
  sync(b, a.organisation());
  EXPECT_EQ(a.stop(), 0);
  follow(c, a.address());
  follow(c, b.address());
  sync(c, a.organisation());
  EXPECT_EQ(head_of(c, a.organisation()), head_of(b, a.organisation()));
  EXPECT_EQ(c.lines({"log", a.organisation(), "--limit", "2000"}).size(), 1001U);
  expect_audit_ok(c);
}

TEST_F(Relay, ARestartedNodeKeepsEverythingAndCatchesUp) {
  publish_services(a, 0, 600);
  follow(b, a.address());
  sync(b, a.organisation());
  const auto before = b.lines({"log", a.organisation(), "--limit", "2000"});
  EXPECT_EQ(b.stop(), 0);
  publish_services(a, 600, 600);
  b.start();
  EXPECT_EQ(b.json({"status"}).at("logs").at(0).at("organisation"), a.organisation());
  sync(b, a.organisation());
  const auto after = b.lines({"log", a.organisation(), "--limit", "2000"});
  ASSERT_EQ(after.size(), 1201U);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
  EXPECT_EQ(head_of(b, a.organisation()), head_of(a, a.organisation()));

  // The publisher's restart is noticed by itself too.
  EXPECT_EQ(a.stop(), 0);
  a.start();
  // It may sign once B, its witness, has told that it holds nothing newer.
  ASSERT_TRUE(
      eventually([&] { return a.json({"status"}).at("publishing").at("state") == "open"; }));
  publish_services(a, 1200, 1);
  ASSERT_TRUE(eventually([&] { return holds(b, a.organisation(), 1202); }));
  expect_audit_ok(a);
  expect_audit_ok(b);
}

TEST_F(Relay, SigtermEndsABusyNodeCleanly) {
  publish_services(a, 0, 20'000);
  follow(b, a.address());
  ASSERT_TRUE(eventually([&] { return !connected(b).empty(); }));
  EXPECT_EQ(b.stop(), 0) << b.log();
  EXPECT_EQ(a.stop(), 0) << a.log();
  EXPECT_FALSE(std::filesystem::exists(a.home() / "control.sock"));
  a.start();
  b.start();
  sync(b, a.organisation());
  EXPECT_EQ(head_of(b, a.organisation()), head_of(a, a.organisation()));
}

TEST_F(Relay, TwoNodesThatFollowEachOtherHoldBothLogs) {
  publish_services(a, 0, 300);
  publish_services(b, 300, 300);
  follow(a, b.address());
  follow(b, a.address());
  sync(a, b.organisation());
  sync(b, a.organisation());
  EXPECT_EQ(head_of(a, b.organisation()), head_of(b, b.organisation()));
  EXPECT_EQ(head_of(b, a.organisation()), head_of(a, a.organisation()));
}

}  // namespace
}  // namespace moot::test

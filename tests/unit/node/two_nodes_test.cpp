// Nodes of one process that find each other on the loopback network. Every wait is `sync --wait`.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "query/succession.hpp"
#include "query/words.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

control::QueryRequest query(control::What what) {
  control::QueryRequest request;
  request.what = what;
  return request;
}

void follow(test::RunningNode& who, test::RunningNode& whom, bool head_only = false) {
  const auto answer = who.ask(control::FollowRequest{
      .target = whom.node().address(), .name = {}, .head_only = head_only, .instead_of = {}});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
}

/// Waits until `who` holds what `whom` has published.
nlohmann::json sync(test::RunningNode& who, test::RunningNode& whom) {
  const auto answer = who.ask_json(
      control::SyncRequest{.organisation = whom.id(), .wait = true, .timeout_ms = 20'000});
  EXPECT_EQ(answer["complete"], true) << answer;
  return answer["logs"][0];
}

std::string root_of(test::RunningNode& node) {
  return node.ask_json(query(control::What::status))["head"]["root"];
}

TEST(TwoNodes, OneFollowsTheOther) {
  test::RunningNode hall("Hall");
  test::RunningNode barn("Barn");
  hall.publish(test::services(1000, 1));
  follow(barn, hall);
  const auto log = sync(barn, hall);
  EXPECT_EQ(log["size"], 1001);
  EXPECT_EQ(log["root"], root_of(hall));
  const auto peers = barn.ask_json(query(control::What::peers))["peers"];
  ASSERT_EQ(peers.size(), 1U);
  EXPECT_EQ(peers[0]["organisation"], hall.id());
  EXPECT_EQ(peers[0]["authenticated"], true);
  EXPECT_EQ(peers[0]["direction"], "outgoing");
}

TEST(TwoNodes, FollowOneAnotherOverOneConnection) {
  test::RunningNode hall("Hall");
  test::RunningNode barn("Barn");
  follow(barn, hall);
  follow(hall, barn);
  EXPECT_EQ(hall.publish(test::services(10, 1)), 11U);
  EXPECT_EQ(barn.publish(test::services(20, 2)), 21U);
  EXPECT_EQ(sync(barn, hall)["size"], 11);
  EXPECT_EQ(sync(hall, barn)["size"], 21);
}

TEST(TwoNodes, SyncWaitsForAPeerThatComesLater) {
  test::RunningNode hall("Hall");
  test::RunningNode barn("Barn");
  hall.publish(test::services(10, 1));
  follow(barn, hall);
  sync(barn, hall);
  hall.stop();
  auto waiting = std::async(std::launch::async, [&] { return sync(barn, hall); });
  hall.start();
  EXPECT_EQ(hall.publish(test::services(5, 2)), 16U);
  const auto log = waiting.get();
  EXPECT_GE(log["size"], 11);
  EXPECT_EQ(sync(barn, hall)["size"], 16);
}

TEST(TwoNodes, WhatIsPublishedWhileTheOtherIsAwayComesOnItsReturn) {
  test::RunningNode hall("Hall");
  test::RunningNode barn("Barn");
  follow(barn, hall);
  sync(barn, hall);
  barn.stop();
  hall.publish(test::services(300, 1));
  barn.start();
  const auto log = sync(barn, hall);
  EXPECT_EQ(log["size"], 301);
  EXPECT_EQ(log["root"], root_of(hall));
}

TEST(TwoNodes, AThirdIsServedByTheOneInTheMiddle) {
  test::RunningNode hall("Hall");
  test::RunningNode hub("Hub");
  test::RunningNode barn("Barn");
  hall.publish(test::services(100, 1));
  follow(hub, hall);
  sync(hub, hall);
  hall.stop();
  // Barn has no address of Hall, only of the hub.
  follow(barn, hub);
  ASSERT_TRUE(barn.ask(control::FollowRequest{
      .target = hall.id(), .name = {}, .head_only = false, .instead_of = {}}));
  EXPECT_EQ(sync(barn, hall)["size"], 101);
}

TEST(TwoNodes, AfterUnfollowNothingMoreIsFetchedAndWhatIsHeldStays) {
  test::RunningNode hall("Hall");
  test::RunningNode barn("Barn");
  hall.publish(test::services(10, 1));
  follow(barn, hall);
  sync(barn, hall);
  ASSERT_TRUE(barn.ask(control::UnfollowRequest{hall.id()}));
  const auto refused = barn.ask(control::SyncRequest{hall.id(), true, 1000});
  EXPECT_FALSE(refused.has_value());
  auto log = query(control::What::log);
  log.organisation = hall.id();
  EXPECT_TRUE(barn.ask(log).has_value());
}

TEST(TwoNodes, APeerThatIsNotTheOneAtThatAddressIsLeft) {
  test::RunningNode hall("Hall");
  test::RunningNode barn("Barn");
  test::RunningNode impostor("Impostor");
  const std::string& address = impostor.node().listening();
  ASSERT_TRUE(barn.ask(control::FollowRequest{
      .target = hall.id() + "@" + address, .name = {}, .head_only = false, .instead_of = {}}));
  const auto answer = barn.ask(control::SyncRequest{hall.id(), true, 300});
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->incomplete);
}

TEST(TwoNodes, ASuccessorIsAcceptedByWhoeverFollowsIt) {
  test::RunningNode lost("Hall");
  test::RunningNode anew("Hall anew");
  test::RunningNode barn("Barn");
  ASSERT_TRUE(barn.ask(control::FollowRequest{.target = lost.node().address(),
                                              .name = "hall",
                                              .head_only = false,
                                              .instead_of = {}})
                  .has_value());
  follow(barn, anew);
  const std::string record = query::record_text(query::succession_record(anew.organisation()));
  const auto said = anew.ask(control::PublishRequest{
      .sources = {{"-", "{\"id\":\"" + record + "\",\"event\":\"successor\",\"succeeds\":\"" +
                            lost.id() +
                            "\",\"registration\":\"GB-CHC-1\",\"date\":\"2026-01-02\"}"}},
      .kind = "successor",
      .dry_run = false});
  ASSERT_TRUE(said.has_value()) << said.error().message;
  sync(barn, anew);
  const auto warnings = barn.ask_json(query(control::What::status))["warnings"];
  ASSERT_EQ(warnings.size(), 1U) << warnings;
  EXPECT_NE(warnings[0].get<std::string>().find("--instead-of " + lost.id()), std::string::npos);

  const control::FollowRequest accept{
      .target = anew.id(), .name = {}, .head_only = false, .instead_of = "hall"};
  EXPECT_EQ(barn.ask_json(accept)["name"], "hall");
  const auto after = barn.ask_json(query(control::What::status))["warnings"];
  EXPECT_TRUE(after.empty()) << after;
  int seen = 0;
  const auto organisations = barn.ask_json(query(control::What::orgs))["organisations"];
  for (const auto& one : organisations) {
    if (one["organisation"] == lost.id()) {
      ++seen;
      EXPECT_EQ(one["name"], "hall (before)");
    }
    if (one["organisation"] == anew.id()) {
      ++seen;
      EXPECT_EQ(one["name"], "hall");
      EXPECT_EQ(one["succeeds"]["organisation"], lost.id());
      EXPECT_EQ(one["succeeds"]["registration"], "GB-CHC-1");
      EXPECT_EQ(one["succeeds"]["accepted"], true);
    }
  }
  EXPECT_EQ(seen, 2);
}

TEST(TwoNodes, StopQuicklyWhileTheyTalk) {
  test::RunningNode hall("Hall");
  test::RunningNode barn("Barn");
  hall.publish(test::services(20'000, 1));
  follow(barn, hall);
  const auto before = std::chrono::steady_clock::now();
  barn.stop();
  hall.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  hall.start();
  barn.start();
  EXPECT_EQ(sync(barn, hall)["size"], 20'001);
}

}  // namespace
}  // namespace moot::node

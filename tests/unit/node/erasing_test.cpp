// Erasing, hiding and searching at one node with a real store.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/store.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

const std::string record = "00000001-0000-4000-8000-000000000000";
const std::string secret = "Zanzibarmouse";

std::string service(const std::string& description) {
  return "{\"id\":\"" + record +
         "\",\"name\":\"Service\",\"status\":\"active\",\"description\":\"" + description + "\"}\n";
}

control::EraseRequest erase_request() {
  return {.record = record, .part_mask = 3, .reason = 1, .now = false, .dry_run = false};
}

control::QueryRequest query(control::What what) {
  control::QueryRequest request;
  request.what = what;
  return request;
}

/// Does any file below the folder hold these bytes?
bool holds(const std::filesystem::path& folder, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.find(text) != std::string::npos) return true;
  }
  return false;
}

class ErasingTest : public ::testing::Test {
 protected:
  std::size_t found(const std::string& text) {
    return node_.ask_json(control::FindTextRequest{.text = text, .limit = 0})["found"].size();
  }
  test::RunningNode node_{"Hall Trust"};
};

TEST_F(ErasingTest, ADryRunNamesAllVersionsAndErasesNothing) {
  node_.publish(service(secret));
  node_.publish(service(secret + " again"));
  auto request = erase_request();
  request.dry_run = true;
  const auto answer = node_.ask_json(request);
  EXPECT_EQ(answer["entries"], (nlohmann::json{1, 2}));
  EXPECT_EQ(answer["parts"], nlohmann::json{"public"});
  EXPECT_EQ(answer["dry_run"], true);
  EXPECT_EQ(found(secret), 2U);
}

TEST_F(ErasingTest, HidesAllVersionsAtOnceAndKeepsTheRow) {
  node_.publish(service(secret));
  node_.publish(service(secret + " again"));
  const auto answer = node_.ask_json(erase_request());
  EXPECT_EQ(answer["entries"], (nlohmann::json{1, 2}));
  EXPECT_EQ(answer["entry"], 3);
  EXPECT_EQ(answer["checkpoint"]["size"], 4);
  EXPECT_EQ(answer["state"], "hidden");
  EXPECT_EQ(answer["mass"], false);
  EXPECT_TRUE(answer["holders"].empty());
  EXPECT_FALSE(answer["destroy_at"].get<std::string>().empty());
  EXPECT_EQ(found(secret), 0U);

  auto show = query(control::What::show);
  show.record = record;
  EXPECT_EQ(node_.ask_json(show)["state"], "erased");
  const auto listed = node_.ask_json(query(control::What::erased))["erasures"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["record"], record);
  EXPECT_EQ(listed[0]["kind"], "service");
  EXPECT_EQ(listed[0]["reason"], "data-protection");
  EXPECT_EQ(listed[0]["state"], "hidden");
  EXPECT_EQ(listed[0]["entries"], (nlohmann::json{1, 2}));

  EXPECT_EQ(node_.ask(erase_request()).error().code, "refused");
}

TEST_F(ErasingTest, NowLeavesNothingOfTheTextInAnyFile) {
  node_.publish(service(secret));
  node_.publish(service("the rest"));
  ASSERT_TRUE(holds(node_.paths().store, secret));
  auto request = erase_request();
  request.now = true;
  const auto answer = node_.ask_json(request);
  EXPECT_EQ(answer["state"], "destroyed");
  EXPECT_FALSE(holds(node_.paths().home, secret));
  EXPECT_EQ(node_.ask_json(query(control::What::erased))["erasures"][0]["state"], "destroyed");
  EXPECT_EQ(node_.publish(test::services(1, 2)), 5U);
}

TEST_F(ErasingTest, TheHoldOfTheSettingsIsOverByItself) {
  node_.stop();
  config::Config config;
  config.name = "Hall Trust";
  config.listen = "127.0.0.1:0";
  config.public_hold_ms = 0;
  std::ofstream(node_.paths().config) << config::to_text(config);
  node_.start();
  node_.publish(service(secret));
  node_.ask_json(erase_request());
  // The timer is due at once; what is asked after it sees what it did, sooner or later.
  for (;;) {
    const auto listed = node_.ask_json(query(control::What::erased))["erasures"];
    ASSERT_EQ(listed.size(), 1U);
    if (listed[0]["state"] == "destroyed") break;
  }
  node_.ask_json(control::CompactRequest{});
  EXPECT_FALSE(holds(node_.paths().home, secret));
}

TEST_F(ErasingTest, RefusesWhatItDoesNotKnow) {
  node_.publish(service(secret));
  auto request = erase_request();
  request.reason = 7;
  EXPECT_EQ(node_.ask(request).error().code, "usage");
  request = erase_request();
  request.part_mask = 4;
  EXPECT_EQ(node_.ask(request).error().code, "usage");
  request = erase_request();
  request.record = "00000009-0000-4000-8000-000000000000";
  EXPECT_EQ(node_.ask(request).error().code, "not-found");
  request = erase_request();
  request.part_mask = 2;  // it has no personal part
  EXPECT_EQ(node_.ask(request).error().code, "refused");
}

TEST_F(ErasingTest, CompactingGivesRoomBack) {
  node_.publish(test::services(2000, 1, 2000));
  const auto answer = node_.ask_json(control::CompactRequest{});
  EXPECT_GT(answer["bytes"], 0);
  EXPECT_LE(answer["bytes"], answer["bytes_before"]);
  EXPECT_EQ(node_.publish(test::services(1, 2)), 2002U);
}

/// The store of a stopped node has been told when its freed pages are to be cleared away.
bool is_clearing_due(test::RunningNode& node) {
  node.stop();
  auto store = store::Store::open(node.paths().store, {.read_only = true, .create = false});
  EXPECT_TRUE(store.has_value());
  const auto due = (*store)->value("scrub");
  return due && !due->empty();
}

TEST_F(ErasingTest, WhatWasTakenBackOfTheQueueIsClearedAwayToo) {
  node_.stop();
  node_.set_machine("another");
  node_.start();
  ASSERT_TRUE(
      node_.ask(control::PublishRequest{{{"-", service(secret)}}, "service", false})->incomplete);
  node_.ask_json(control::CancelRequest{0});
  EXPECT_TRUE(is_clearing_due(node_));
}

TEST_F(ErasingTest, WhatIsHiddenHereIsClearedAwayToo) {
  test::RunningNode barn("Barn");
  node_.publish(service(secret));
  ASSERT_TRUE(barn.ask(control::FollowRequest{node_.node().address(), {}, false, {}}).has_value());
  ASSERT_EQ(barn.ask_json(control::SyncRequest{node_.id(), true, 20'000})["complete"], true);
  ASSERT_EQ(barn.ask_json(control::HideRequest{node_.id(), record, "court", false})["state"],
            "hidden");
  EXPECT_TRUE(is_clearing_due(barn));
}

TEST_F(ErasingTest, OnesOwnRecordIsNotHiddenButErased) {
  node_.publish(service(secret));
  const auto response = node_.ask(control::HideRequest{{}, record, "court", false});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, "refused");
  EXPECT_NE(response.error().hint.find("moot erase"), std::string::npos);
  EXPECT_EQ(node_.ask(control::HideRequest{{}, record, "dislike", false}).error().code, "usage");
}

}  // namespace
}  // namespace moot::node

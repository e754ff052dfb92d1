// A node that may not sign yet: what it is given is queued, kept over a restart, taken back or
// published when it may. The machine that it believes to run on is the test's.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "store/store.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

control::QueryRequest query(control::What what) {
  control::QueryRequest request;
  request.what = what;
  return request;
}

control::PublishRequest publish(int count, int seed) {
  return {.sources = {{"services.json", test::services(count, seed)}},
          .kind = "service",
          .dry_run = false};
}

nlohmann::json last_line(const std::string& lines) {
  return nlohmann::json::parse(lines.substr(lines.rfind('\n', lines.size() - 2) + 1));
}

class PublishingTest : public ::testing::Test {
 protected:
  /// As a home copied to another machine wakes up.
  void move_to(const std::string& machine) {
    node_.stop();
    node_.set_machine(machine);
    node_.start();
  }
  nlohmann::json status() { return node_.ask_json(query(control::What::status)); }
  std::uint64_t queue(int count, int seed) {
    const auto response = node_.ask(publish(count, seed));
    EXPECT_TRUE(response.has_value()) << (response ? "" : response.error().message);
    if (!response) return 0;
    EXPECT_TRUE(response->incomplete);
    return last_line(response->json)["number"];
  }
  /// Waits until this publish is public, and answers the log's size then.
  std::uint64_t await(std::uint64_t number) {
    const auto waited = node_.ask_json(control::PublishWaitRequest{
        .queued = number, .size = 0, .witnesses = 0, .timeout_ms = 20'000});
    EXPECT_EQ(waited["state"], "public") << waited;
    return waited["size"];
  }

  test::RunningNode node_{"Hall Trust"};
};

TEST_F(PublishingTest, AFreshHomeWithoutPeersPublishesAtOnce) {
  EXPECT_EQ(status()["publishing"]["state"], "open");
  const auto response = node_.ask(publish(1, 1));
  ASSERT_TRUE(response.has_value());
  EXPECT_FALSE(response->incomplete);
}

TEST_F(PublishingTest, TheSameHomeOnTheSameMachineGoesOn) {
  node_.publish(test::services(1, 1));
  node_.stop();
  node_.start();
  EXPECT_EQ(status()["publishing"]["state"], "open");
}

TEST_F(PublishingTest, OnAnotherMachineItQueuesAndSaysWhy) {
  move_to("another");
  const auto response = node_.ask(publish(2, 1));
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_TRUE(response->incomplete);
  std::istringstream lines(response->json);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(nlohmann::json::parse(line)["state"], "queued");
  const auto last = last_line(response->json);
  EXPECT_EQ(last["state"], "queued");
  EXPECT_TRUE(last["waiting_for"].empty());
  EXPECT_FALSE(last["since"].get<std::string>().empty());
  EXPECT_NE(last["words"].get<std::string>().find("confirm-not-restored"), std::string::npos);

  const auto status = this->status();
  EXPECT_EQ(status["publishing"]["state"], "waiting");
  EXPECT_EQ(status["head"]["size"], 1);
  ASSERT_EQ(status["queued"].size(), 1U);
  EXPECT_EQ(status["queued"][0]["records"], 2);
  EXPECT_FALSE(status["warnings"].empty());
}

TEST_F(PublishingTest, WhatIsWrongIsRefusedAndNotQueued) {
  move_to("another");
  control::PublishRequest bad = publish(1, 1);
  bad.sources[0].text = "{\"id\":\"x\"}";
  EXPECT_FALSE(node_.ask(bad).has_value());
  EXPECT_TRUE(status()["queued"].empty());
}

TEST_F(PublishingTest, APersonsWordPublishesTheQueueInItsOrder) {
  move_to("another");
  const std::uint64_t first = queue(2, 1);
  const std::uint64_t second = queue(1, 2);
  const auto confirmed = node_.ask_json(control::ConfirmRequest{});
  EXPECT_EQ(confirmed["changed"], true);
  EXPECT_EQ(confirmed["queued"], 2);
  EXPECT_GE(await(first), 3U);
  EXPECT_EQ(await(second), 4U);
  EXPECT_EQ(node_.publish(test::services(1, 3)), 5U);
  EXPECT_TRUE(status()["queued"].empty());
  auto log = query(control::What::log);
  log.from = 1;
  const auto lines = node_.ask(log);
  ASSERT_TRUE(lines.has_value());
  std::istringstream in(lines->json);
  std::string line;
  for (const char* record : {"00000001", "00000001", "00000002", "00000003"}) {
    ASSERT_TRUE(std::getline(in, line));
    EXPECT_EQ(nlohmann::json::parse(line)["record"].get<std::string>().substr(0, 8), record);
  }
}

TEST_F(PublishingTest, TheQueueOutlivesARestart) {
  move_to("another");
  queue(3, 1);
  node_.stop();
  node_.start();
  ASSERT_EQ(status()["queued"].size(), 1U);
  EXPECT_EQ(status()["publishing"]["state"], "waiting");
  const std::uint64_t number = status()["queued"][0]["number"];
  node_.ask_json(control::ConfirmRequest{});
  EXPECT_EQ(await(number), 4U);
}

TEST_F(PublishingTest, WhatAPersonSaidHoldsForTheNextStart) {
  move_to("another");
  node_.ask_json(control::ConfirmRequest{});
  node_.stop();
  node_.start();
  EXPECT_EQ(status()["publishing"]["state"], "open");
}

TEST_F(PublishingTest, AnotherInstanceFileIsNoticedToo) {
  node_.stop();
  std::ofstream(node_.paths().instance) << "moot/instance/v1\nother\n";
  node_.start();
  EXPECT_EQ(status()["publishing"]["state"], "waiting");
}

TEST_F(PublishingTest, TakesQueuedPublishesBack) {
  move_to("another");
  const std::uint64_t first = queue(1, 1);
  queue(1, 2);
  EXPECT_EQ(node_.ask(control::CancelRequest{first + 100}).error().code, "not-found");
  const auto one = node_.ask_json(control::CancelRequest{first});
  ASSERT_EQ(one["cancelled"].size(), 1U);
  EXPECT_EQ(one["cancelled"][0]["number"], first);
  EXPECT_EQ(node_.ask_json(control::CancelRequest{0})["cancelled"].size(), 1U);
  EXPECT_EQ(node_.ask(control::CancelRequest{0}).error().code, "not-found");
  node_.ask_json(control::ConfirmRequest{});
  EXPECT_EQ(node_.publish(test::services(1, 3)), 2U);
}

TEST_F(PublishingTest, WhoWaitsForWhatIsTakenBackHearsOfIt) {
  move_to("another");
  const std::uint64_t number = queue(1, 1);
  auto waiting = std::make_shared<std::promise<control::Response>>();
  auto waited = waiting->get_future();
  node_.node().ask(
      control::PublishWaitRequest{number, 0, 0, 20'000},
      [waiting](control::Response response) { waiting->set_value(std::move(response)); });
  node_.ask_json(control::CancelRequest{number});
  const auto response = waited.get();
  ASSERT_TRUE(response.has_value());
  EXPECT_TRUE(response->incomplete);
  EXPECT_EQ(nlohmann::json::parse(response->json)["state"], "cancelled");
}

TEST_F(PublishingTest, WaitingForWitnessesThatNobodyIsEndsWithWhoHas) {
  const std::uint64_t size = node_.publish(test::services(1, 1));
  const auto response = node_.ask(control::PublishWaitRequest{0, size, 1, 50});
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_TRUE(response->incomplete);
  const auto answer = nlohmann::json::parse(response->json);
  EXPECT_EQ(answer["state"], "public");
  EXPECT_EQ(answer["wanted"], 1);
  EXPECT_TRUE(answer["witnesses"].empty());
}

TEST_F(PublishingTest, NothingIsErasedWhileItMayNotSign) {
  node_.publish(test::services(1, 1));
  move_to("another");
  const auto response =
      node_.ask(control::EraseRequest{.record = "00000001-0000-4000-8000-000000000000",
                                      .part_mask = 1,
                                      .reason = 1,
                                      .now = false,
                                      .dry_run = false});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, "incomplete");
}

TEST_F(PublishingTest, AWithdrawalIsAPublish) {
  node_.publish(test::services(1, 1));
  const std::string record = "00000001-0000-4000-8000-000000000000";
  const auto done = node_.ask(control::WithdrawRequest{record});
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_EQ(last_line(done->json)["checkpoint"]["size"], 3);
  EXPECT_EQ(node_.ask(control::WithdrawRequest{record}).error().code, "refused");
  EXPECT_EQ(
      node_.ask(control::WithdrawRequest{"00000009-0000-4000-8000-000000000000"}).error().code,
      "not-found");
}

}  // namespace
}  // namespace moot::node

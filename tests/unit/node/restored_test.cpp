// A home copied back from a backup, beside a peer that remembers more: it signs nothing, fetches
// what it forgot, and goes on with new keys. And witnesses, whose word opens a node after a
// restart.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "crypto/encoding.hpp"
#include "crypto/next_keys.hpp"
#include "log/rotation.hpp"
#include "store/store.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

namespace fs = std::filesystem;

control::QueryRequest query(control::What what) {
  control::QueryRequest request;
  request.what = what;
  return request;
}

nlohmann::json status_of(test::RunningNode& node) {
  return node.ask_json(query(control::What::status));
}

/// Asks until it is so: for what a peer does by itself.
template <class IsSo>
nlohmann::json await_status(test::RunningNode& node, IsSo is_so) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  nlohmann::json status = status_of(node);
  while (!is_so(status) && std::chrono::steady_clock::now() < deadline) status = status_of(node);
  EXPECT_TRUE(is_so(status)) << status;
  return status;
}

void follow(test::RunningNode& who, test::RunningNode& whom) {
  ASSERT_TRUE(
      who
          .ask(control::FollowRequest{
              .target = whom.node().address(), .name = {}, .head_only = false, .instead_of = {}})
          .has_value());
}

void sync(test::RunningNode& who, test::RunningNode& whom) {
  const auto answer = who.ask_json(
      control::SyncRequest{.organisation = whom.id(), .wait = true, .timeout_ms = 20'000});
  EXPECT_EQ(answer["complete"], true) << answer;
}

/// The officers' request with new keys, signed, as `moot keys rotate` and `sign` make it; the node
/// is stopped meanwhile.
std::string signed_request(test::RunningNode& node) {
  node.stop();
  std::string text;
  {
    auto store = store::Store::open(node.paths().store, {.read_only = true, .create = false});
    EXPECT_TRUE(store.has_value());
    const auto identity = (*store)->identity(node.organisation());
    const auto state = (*store)->state(node.organisation());
    const auto keys = crypto::make_next_keys(node.paths().keys);
    EXPECT_TRUE(keys.has_value());
    auto request = log::make_request(*identity,
                                     {.purpose = log::Purpose::restored,
                                      .time_s = 1'800'000'000,
                                      .trusted = state->head->head,
                                      .log_size = state->held,
                                      .node_keys = {keys->node.public_key().bytes()},
                                      .threshold_next = 1,
                                      .next_keys = {test::officer_key().public_key().bytes()},
                                      .known_keys = {test::officer_key().public_key().bytes()},
                                      .rival_leaf = {},
                                      .witness_policy = {}},
                                     keys->log);
    EXPECT_TRUE(request.has_value());
    EXPECT_TRUE(log::sign(*request, test::officer_key()).has_value());
    text = log::to_text(*request);
    EXPECT_TRUE(crypto::write_next_plan(node.paths().keys, log::plan_text(*request)));
  }
  node.start();
  return text;
}

class RestoredTest : public ::testing::Test {
 protected:
  void back_up() {
    hall_.stop();
    fs::remove_all(backup());
    fs::copy(hall_.paths().home, backup(), fs::copy_options::recursive);
    hall_.start();
  }
  void restore() {
    hall_.stop();
    fs::remove_all(hall_.paths().home);
    fs::copy(backup(), hall_.paths().home, fs::copy_options::recursive);
    hall_.start();
  }
  fs::path backup() const { return hall_.paths().home.parent_path() / "backup"; }

  /// Hall has published 20 services, Barn holds all, and Hall is back at 10.
  void restore_older() {
    hall_.publish(test::services(10, 1));
    follow(barn_, hall_);
    sync(barn_, hall_);
    back_up();
    hall_.publish(test::services(10, 2));
    sync(barn_, hall_);
    restore();
  }

  test::RunningNode hall_{"Hall"};
  test::RunningNode barn_{"Barn"};
};

TEST_F(RestoredTest, StopsPublishingAndCatchesUpWithItsOwnLog) {
  restore_older();
  auto status =
      await_status(hall_, [](const auto& now) { return now["publishing"]["state"] == "restored"; });
  EXPECT_EQ(status["state"], "stopped-own-log-ahead");
  EXPECT_NE(status["warnings"][0].template get<std::string>().find("--after-restore"),
            std::string::npos);
  await_status(hall_, [](const auto& now) { return now["head"]["size"] == 21; });

  const auto queued = hall_.ask(control::PublishRequest{
      .sources = {{"-", test::services(1, 3)}}, .kind = "service", .dry_run = false});
  ASSERT_TRUE(queued.has_value()) << queued.error().message;
  EXPECT_TRUE(queued->incomplete);
  const auto confirmed = hall_.ask(control::ConfirmRequest{});
  ASSERT_FALSE(confirmed.has_value());
  EXPECT_EQ(confirmed.error().code, "refused");
  EXPECT_NE(confirmed.error().message.find("IS older"), std::string::npos);

  hall_.stop();
  hall_.start();
  EXPECT_EQ(status_of(hall_)["publishing"]["state"], "restored");
}

TEST_F(RestoredTest, GoesOnWithTheOfficersNewKeys) {
  restore_older();
  await_status(hall_, [](const auto& now) {
    return now["publishing"]["state"] == "restored" && now["head"]["size"] == 21;
  });
  const auto queued = hall_.ask(control::PublishRequest{
      .sources = {{"-", test::services(1, 3)}}, .kind = "service", .dry_run = false});
  ASSERT_TRUE(queued.has_value());

  const std::string request = signed_request(hall_);
  const auto applied = hall_.ask(control::ApplyRequest{{request}});
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  const auto answer = nlohmann::json::parse(applied->json);
  EXPECT_EQ(answer["seq"], 1);
  EXPECT_EQ(answer["entry"], 21);
  hall_.reopen();

  const auto status = await_status(
      hall_, [](const auto& now) { return now["queued"].empty() && now["head"]["size"] == 23; });
  EXPECT_EQ(status["publishing"]["state"], "open");
  EXPECT_EQ(hall_.publish(test::services(1, 4)), 24U);
  sync(barn_, hall_);
  const auto logs = status_of(barn_)["logs"];
  EXPECT_EQ(logs[0]["size"], 24);
  EXPECT_EQ(logs[0]["state"], "current");
}

TEST_F(RestoredTest, WhatAFollowerTakesBackIsClearedAwayFromItsPages) {
  follow(barn_, hall_);
  sync(barn_, hall_);
  back_up();
  hall_.publish(test::services(3, 1));
  sync(barn_, hall_);
  barn_.stop();
  restore();
  const std::string request = signed_request(hall_);
  hall_.ask_json(control::ConfirmRequest{});  // which is not so
  const auto applied = hall_.ask(control::ApplyRequest{{request}});
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  hall_.reopen();
  barn_.start();
  await_status(barn_, [](const auto& now) { return now["logs"][0]["size"] == 2; });
  barn_.stop();
  const auto store = store::Store::open(barn_.paths().store, {.read_only = true, .create = false});
  ASSERT_TRUE(store.has_value());
  EXPECT_FALSE((*store)->value("scrub").value_or("").empty());
}

TEST_F(RestoredTest, TheKeysOfAnHonestNodeChangeWhileItRuns) {
  hall_.publish(test::services(3, 1));
  const std::string request = signed_request(hall_);
  EXPECT_EQ(hall_.ask(control::ApplyRequest{{"nonsense"}}).error().code, "refused");
  std::string changed = request;
  changed.replace(changed.find("purpose restored"), 16, "purpose theft");
  const auto refused = hall_.ask(control::ApplyRequest{{changed}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("changed on its way"), std::string::npos);
  EXPECT_TRUE(hall_.ask(control::ApplyRequest{{request}}).has_value());
  hall_.reopen();
  EXPECT_EQ(hall_.publish(test::services(1, 2)), 6U);
  EXPECT_FALSE(hall_.ask(control::ApplyRequest{{request}}).has_value());
  EXPECT_EQ(status_of(hall_)["publishing"]["state"], "open");
}

TEST_F(RestoredTest, TheKeysOfAHomeThatHasNotHeardItsPeersDoNotChange) {
  follow(barn_, hall_);
  hall_.publish(test::services(1, 1));
  sync(barn_, hall_);
  hall_.ask_json(control::PublishWaitRequest{0, 1, 1, 30'000});
  barn_.stop();
  const std::string request = signed_request(hall_);
  ASSERT_EQ(status_of(hall_)["publishing"]["state"], "waiting");
  const auto refused = hall_.ask(control::ApplyRequest{{request}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "refused");
  EXPECT_NE(refused.error().message.find("waiting to hear"), std::string::npos);
  EXPECT_TRUE(hall_.ask(control::ConfirmRequest{}).has_value());
  EXPECT_TRUE(hall_.ask(control::ApplyRequest{{request}}).has_value());
}

TEST_F(RestoredTest, TheKeysOfAHomeThatIsBehindDoNotChange) {
  const std::string request = signed_request(hall_);
  hall_.stop();
  {
    auto store = store::Store::open(hall_.paths().store, {.read_only = false, .create = false});
    ASSERT_TRUE(store.has_value());
    const auto key = (*store)->identity(hall_.organisation())->newest().establish.log_key;
    const store::Job job = store::PutValue{
        .name = "restored",
        .value = "restored " + crypto::to_hex(key) + " " + barn_.id() + " 20 1700000000000"};
    ASSERT_TRUE((*store)->apply({&job, 1}).front());
  }
  hall_.start();
  ASSERT_EQ(status_of(hall_)["publishing"]["state"], "restored");
  const auto refused = hall_.ask(control::ApplyRequest{{request}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "refused");
  EXPECT_NE(refused.error().message.find("1 of the 20"), std::string::npos)
      << refused.error().message;
}

TEST_F(RestoredTest, AWitnessIsNamedAndWaitedForAfterARestart) {
  follow(barn_, hall_);
  const std::uint64_t size = hall_.publish(test::services(1, 1));
  sync(barn_, hall_);
  const auto waited = hall_.ask_json(control::PublishWaitRequest{0, 1, 1, 30'000});
  EXPECT_EQ(waited["complete"], true) << waited;
  EXPECT_EQ(waited["witnesses"][0]["organisation"], barn_.id());
  EXPECT_EQ(status_of(hall_)["head"]["witnesses"][0]["organisation"], barn_.id());
  EXPECT_EQ(size, 2U);

  barn_.stop();
  hall_.stop();
  hall_.start();
  auto publishing = status_of(hall_)["publishing"];
  EXPECT_EQ(publishing["state"], "waiting");
  EXPECT_EQ(publishing["waiting_for"], nlohmann::json{barn_.id()});
  const auto queued = hall_.ask(control::PublishRequest{
      .sources = {{"-", test::services(1, 2)}}, .kind = "service", .dry_run = false});
  ASSERT_TRUE(queued.has_value());
  EXPECT_TRUE(queued->incomplete);
  barn_.start();
  await_status(hall_, [](const auto& now) {
    return now["publishing"]["state"] == "open" && now["head"]["size"] == 3;
  });
}

TEST_F(RestoredTest, AnErasureIsAnsweredByThoseWhoHoldTheLog) {
  follow(barn_, hall_);
  hall_.publish(test::services(2, 1));
  sync(barn_, hall_);
  EXPECT_EQ(hall_.ask_json(control::PublishWaitRequest{0, 1, 1, 30'000})["complete"], true);
  const auto erased =
      hall_.ask_json(control::EraseRequest{.record = "00000001-0000-4000-8000-000000000000",
                                           .part_mask = 1,
                                           .reason = 4,
                                           .now = false,
                                           .dry_run = false});
  ASSERT_EQ(erased["holders"].size(), 1U) << erased;
  EXPECT_EQ(erased["holders"][0]["organisation"], barn_.id());
  EXPECT_EQ(erased["holders"][0]["state"], "not-yet");
  sync(barn_, hall_);
  auto show = query(control::What::show);
  show.record = "00000001-0000-4000-8000-000000000000";
  EXPECT_EQ(barn_.ask_json(show)["state"], "erased");
}

TEST_F(RestoredTest, AHolderHidesWhatAnotherPublishedAndTakesItBack) {
  follow(barn_, hall_);
  hall_.publish(test::services(2, 1));
  sync(barn_, hall_);
  const std::string record = "00000001-0000-4000-8000-000000000000";
  auto show = query(control::What::show);
  show.record = record;
  const auto hidden = barn_.ask_json(control::HideRequest{hall_.id(), record, "court", false});
  EXPECT_EQ(hidden["state"], "hidden");
  EXPECT_NE(barn_.ask_json(show)["state"], "held");
  EXPECT_TRUE(barn_.ask_json(control::FindTextRequest{"service 0", 0})["found"].empty());
  EXPECT_EQ(hall_.ask_json(show)["state"], "held");
  EXPECT_EQ(barn_.ask_json(control::HideRequest{hall_.id(), record, "", true})["state"], "shown");
}

}  // namespace
}  // namespace moot::node

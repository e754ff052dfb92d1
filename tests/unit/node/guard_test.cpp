// What guards a node's signatures over a restart and while it runs: whose word counts, what it has
// kept as evidence, and the moment before it signs.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/key_file.hpp"
#include "log/checkpoint.hpp"
#include "log/evidence.hpp"
#include "log/organisation_id.hpp"
#include "node/unix_time.hpp"
#include "store/store.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

constexpr unsigned strangers = 16;

log::OrganisationId organisation(std::uint8_t number) {
  log::OrganisationId id;
  id.bytes.fill(number);
  return id;
}

store::PeerSeen seen(const log::OrganisationId& who, std::uint64_t seen_ms) {
  store::PeerSeen peer;
  peer.organisation = who;
  peer.seen_ms = seen_ms;
  return peer;
}

/// `time_s` is what the witness writes, `now_ms` our own clock.
store::KeepCosignature cosigned(const log::OrganisationId& who, std::uint64_t time_s,
                                std::uint64_t now_ms) {
  return {.witness = who,
          .size = 1,
          .time_s = time_s,
          .line = "\u2014 " + log::node_name(who) + " AAAA\n",
          .now_ms = now_ms};
}

class GuardTest : public ::testing::Test {
 protected:
  /// Changes the store while the node is stopped.
  void apply(const std::vector<store::Job>& jobs) {
    auto store = store::Store::open(node_.paths().store, {.read_only = false, .create = false});
    ASSERT_TRUE(store.has_value());
    for (const auto& result : (*store)->apply(jobs)) {
      ASSERT_TRUE(result.has_value()) << store::word_of(result.error());
    }
  }
  /// So many organisations that nobody knows, here lately, whose lines say that they are old.
  static void add_strangers(std::vector<store::Job>& jobs, std::uint64_t now_ms) {
    for (unsigned i = 0; i < strangers; ++i) {
      const auto who = organisation(static_cast<std::uint8_t>(1 + i));
      jobs.emplace_back(cosigned(who, 1, now_ms));
      jobs.emplace_back(seen(who, unix_now_ms()));
    }
  }
  nlohmann::json publishing() {
    control::QueryRequest request;
    request.what = control::What::status;
    return node_.ask_json(request)["publishing"];
  }
  control::Response publish() {
    return node_.ask(control::PublishRequest{
        .sources = {{"-", test::services(1, 1)}}, .kind = "service", .dry_run = false});
  }

  test::RunningNode node_{"Hall"};
};

TEST_F(GuardTest, StrangersDoNotCountBesideAnOrganisationThatIsFollowed) {
  node_.stop();
  std::vector<store::Job> jobs;
  add_strangers(jobs, 1);
  const auto friendly = organisation(200);
  store::Follow follow;
  follow.organisation = friendly;
  follow.name = "Barn";
  follow.since_ms = unix_now_ms();
  jobs.emplace_back(store::PutFollow{follow});
  jobs.emplace_back(seen(friendly, unix_now_ms()));
  apply(jobs);
  node_.start();
  EXPECT_EQ(publishing()["state"], "waiting");
  EXPECT_EQ(publishing()["waiting_for"], nlohmann::json{"Barn"});
}

TEST_F(GuardTest, WhatANewcomerWritesDoesNotMakeItOlderThanAnotherWitness) {
  node_.stop();
  const std::uint64_t now_ms = unix_now_ms();
  const auto known = organisation(200);
  std::vector<store::Job> jobs = {cosigned(known, now_ms / 1000, now_ms - 1'000),
                                  seen(known, now_ms)};
  add_strangers(jobs, now_ms);
  apply(jobs);
  node_.start();
  const auto waiting_for = publishing()["waiting_for"];
  EXPECT_EQ(waiting_for.size(), strangers);
  EXPECT_NE(std::ranges::find(waiting_for, nlohmann::json(log::to_text(known))), waiting_for.end());
}

TEST_F(GuardTest, AWitnessThatWasNotHereLatelyDoesNotSpeakForAChangedHome) {
  node_.stop();
  const auto known = organisation(200);
  apply({cosigned(known, 1, 1), seen(known, 1)});
  node_.set_machine("another");
  node_.start();
  EXPECT_EQ(publishing()["state"], "waiting");
  EXPECT_TRUE(publishing()["waiting_for"].empty());
}

TEST_F(GuardTest, EvidenceAboutItselfIsLookedAtWhenItStarts) {
  node_.stop();
  {
    const auto key = crypto::read_key_file(node_.paths().log_key, crypto::KeyUse::log);
    ASSERT_TRUE(key.has_value());
    auto store = store::Store::open(node_.paths().store, {.read_only = true, .create = false});
    ASSERT_TRUE(store.has_value());
    const auto identity = (*store)->identity(node_.organisation());
    const auto state = (*store)->state(node_.organisation());
    ASSERT_TRUE(identity && state && state->head);
    log::Head other = state->head->head;
    other.root.fill(9);
    const auto rival =
        log::check_checkpoint(log::sign_checkpoint(node_.organisation(), other, *key), *identity);
    ASSERT_TRUE(rival.has_value());
    const auto evidence = log::find_fork(*identity, *state->head, **rival, Hash{}, {});
    ASSERT_TRUE(evidence.has_value());
    const auto file = log::to_file(*evidence);
    ASSERT_TRUE(file.has_value());
    store->reset();
    apply({store::KeepEvidence{node_.organisation(), 0, *file}});
  }
  node_.start();
  EXPECT_EQ(publishing()["state"], "forked");
  const auto response = publish();
  EXPECT_TRUE(!response.has_value() || response->incomplete);
}

TEST_F(GuardTest, ACopiedMachineIsNoticedBeforeTheNextPublish) {
  EXPECT_EQ(publishing()["state"], "open");
  node_.set_machine("another");
  const auto response = publish();
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_TRUE(response->incomplete);
  EXPECT_EQ(publishing()["state"], "waiting");
}

TEST_F(GuardTest, ACopiedMachineIsNoticedBeforeTheNextErasure) {
  EXPECT_FALSE(publish()->incomplete);
  node_.set_machine("another");
  const auto response =
      node_.ask(control::EraseRequest{.record = "00000001-0000-4000-8000-000000000000",
                                      .part_mask = 1,
                                      .reason = 1,
                                      .now = false,
                                      .dry_run = false});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, "incomplete");
}

/// A queue that came back with an older store, of what has been published since.
class OldQueue : public GuardTest {
 protected:
  void SetUp() override {
    node_.publish(test::services(1, 9));
    node_.stop();
    node_.set_machine("another");
    node_.start();
    ASSERT_TRUE(publish()->incomplete);
    ASSERT_TRUE(
        node_.ask(control::WithdrawRequest{"00000009-0000-4000-8000-000000000000"})->incomplete);
    node_.stop();
    {
      auto store = store::Store::open(node_.paths().store, {.read_only = true, .create = false});
      ASSERT_TRUE(store.has_value());
      queue_ = (*store)->queued();
      ASSERT_EQ(queue_.size(), 2U);
    }
    node_.start();
    node_.ask_json(control::ConfirmRequest{});
    EXPECT_EQ(node_.publish(test::services(1, 5)), 5U);
  }
  void bring_queue_back() {
    node_.stop();
    std::vector<store::Job> jobs;
    for (const auto& row : queue_) jobs.emplace_back(store::Enqueue{row.records, row.time_ms});
    apply(jobs);
    node_.start();
  }
  std::vector<store::Store::Queued> queue_;
};

TEST_F(OldQueue, IsNotPublishedASecondTime) {
  bring_queue_back();
  EXPECT_EQ(node_.publish(test::services(1, 6)), 6U);
  control::QueryRequest status;
  status.what = control::What::status;
  EXPECT_TRUE(node_.ask_json(status)["queued"].empty());
}

TEST_F(OldQueue, DoesNotBringBackWhatWasErased) {
  node_.ask_json(control::EraseRequest{.record = "00000001-0000-4000-8000-000000000000",
                                       .part_mask = 1,
                                       .reason = 1,
                                       .now = true,
                                       .dry_run = false});
  bring_queue_back();
  EXPECT_EQ(node_.publish(test::services(1, 6)), 7U);
}

TEST_F(OldQueue, ANewPublishOfTheSameWordsIsAnother) {
  EXPECT_EQ(node_.publish(test::services(1, 1)), 6U);
  node_.stop();
  node_.set_machine("a third");
  node_.start();
  ASSERT_TRUE(publish()->incomplete);
  node_.ask_json(control::ConfirmRequest{});
  EXPECT_EQ(node_.publish(test::services(1, 6)), 8U);
}

}  // namespace
}  // namespace moot::node

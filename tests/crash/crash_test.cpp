// SIGKILL at random moments, 50 times in all: what was acknowledged stays, nothing is half there,
// and nodes go on from where they were. The seed decides what is published and when each kill
// falls; it is printed, and MOOT_CRASH_SEED takes another. MOOT_CRASH_KILLS makes the run longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "publishing.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

class Crash : public testing::Test {
 protected:
  void SetUp() override {
    const auto seed = number_from("MOOT_CRASH_SEED", std::random_device{}());
    std::cout << "MOOT_CRASH_SEED=" << seed << std::endl;
    random.seed(seed);
  }

  int kills() const { return static_cast<int>(number_from("MOOT_CRASH_KILLS", 25)); }

  /// The moment of a kill: any, up to `longest_us` from now.
  void wait_for_a_moment(unsigned longest_us) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % longest_us));
  }

  std::mt19937 random;
  TemporaryFolder folder;
};

TEST_F(Crash, NothingThatWasAcknowledgedIsLostWhilePublishing) {
  constexpr int kills_of_one_log = 25;  // all of it is looked through after each
  std::unique_ptr<Node> node;
  std::unique_ptr<Ledger> ledger;
  std::size_t acknowledged = 0;
  for (int kill = 0; kill < kills(); ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    if (kill % kills_of_one_log == 0) {
      node = std::make_unique<Node>(folder.path() / ("n" + std::to_string(kill)), "Publisher");
      ledger = std::make_unique<Ledger>();
    }
    const std::size_t before = ledger->acknowledged();
    const std::size_t until = before + random() % 8;
    Publishing publishing(*ledger, *node, std::mt19937(random()), 1000);
    ASSERT_TRUE(eventually([&] { return ledger->acknowledged() >= until; }));
    wait_for_a_moment(6'000);
    node->kill();
    publishing.stop();
    acknowledged += ledger->acknowledged() - before;
    node->start();
    ledger->expect_kept(*node, 1);  // entry 0 founds the organisation
    if (HasFailure()) return;
  }
  std::cout << acknowledged << " calls were acknowledged" << std::endl;
}

/// A publisher that goes on publishing, and receivers that fetch its 5,000 records.
class CrashOfSync : public Crash {
 protected:
  void SetUp() override {
    Crash::SetUp();
    publisher.lines({"publish", "--kind", "service", "-"}, services(1'000'000, first_records));
    begin_afresh();
  }

  void begin_afresh() {
    receiver.reset();
    receiver = std::make_unique<Node>(folder.path() / ("r" + std::to_string(++receivers)), "R");
    receiver->json({"follow", publisher.address()});
  }

  /// Receivers of before are gone for good, so that a person says what they cannot.
  void let_publish() {
    EXPECT_EQ(publisher.moot({"confirm-not-restored"}).exit_code, 0);
    EXPECT_TRUE(eventually([&] { return publisher.json({"status"}).at("queued").empty(); }));
  }

  /// Entries of the publisher's log that the receiver has.
  std::uint64_t fetched() const { return receiver->json({"status"}).at("logs").at(0).at("size"); }

  static constexpr std::uint64_t first_records = 5'000;
  Node publisher{folder.path() / "p", "Publisher"};
  std::unique_ptr<Node> receiver;
  int receivers = 0;
};

TEST_F(CrashOfSync, BothSidesGoOnFromWhereTheyWereAndEndAlike) {
  int partial = 0;
  Ledger ledger;
  for (int kill = 0; kill < kills();) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    // Now and then again before the log has come.
    for (auto again = 1 + random() % 3; again > 0 && kill < kills(); --again, ++kill) {
      const Publishing publishing(ledger, publisher, std::mt19937(random()), 2);
      wait_for_a_moment(100'000);
      const std::uint64_t before = fetched();
      Node& victim = kill % 2 == 0 ? *receiver : publisher;
      victim.kill();
      victim.start();
      let_publish();
      const std::uint64_t after = fetched();
      EXPECT_GE(after, before) << "what was fetched was lost";
      if (after < first_records) ++partial;
    }
    ledger.expect_kept(publisher, first_records + 1);
    expect_audit(*receiver, true);
    if (HasFailure()) return;
    if (fetched() > first_records) begin_afresh();
  }
  std::cout << receivers << " receivers; after " << partial << " kills a log was partly there"
            << std::endl;
  const std::string organisation = publisher.organisation();
  const auto synced = receiver->json({"sync", organisation, "--wait", "--timeout", "60"});
  EXPECT_TRUE(synced.at("complete").get<bool>()) << synced.dump(1);
  EXPECT_EQ(receiver->lines({"log", organisation, "--limit", "1000000"}),
            publisher.lines({"log", "--limit", "1000000"}));
  expect_audit(*receiver, false);
}

}  // namespace
}  // namespace moot::test

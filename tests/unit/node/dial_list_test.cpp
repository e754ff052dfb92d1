// When whom to dial: time and seed are given, so the list is driven through hours in no time.
#include "node/dial_list.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/limits.hpp"

namespace moot::node {
namespace {

log::OrganisationId organisation(std::uint8_t number) {
  log::OrganisationId id;
  id.bytes[0] = number;
  return id;
}

class DialListTest : public ::testing::Test {
 protected:
  std::set<log::OrganisationId> connected_;
  DialList list_{7, [this](const log::OrganisationId& id) { return connected_.contains(id); }};
  Instant now_{1000};
  DialTarget target_{organisation(1), "192.0.2.1:7117"};
};

TEST_F(DialListTest, ANewTargetIsDueAtOnceAndOnlyOnce) {
  list_.set_targets(now_, {target_});
  EXPECT_EQ(list_.timer(), now_);
  EXPECT_EQ(list_.take_due(now_), target_);
  EXPECT_EQ(list_.take_due(now_), std::nullopt);
  EXPECT_EQ(list_.timer(), std::nullopt) << "whoever dials tells how it ended";
}

TEST_F(DialListTest, WaitsLongerAfterEachFailureUpToTheLongest) {
  list_.set_targets(now_, {target_});
  std::int64_t expected_ms = limits::redial_ms_min;
  for (int round = 0; round < 20; ++round) {
    ASSERT_EQ(list_.take_due(now_), target_) << round;
    list_.handle_ended(now_, target_, false, "refused");
    const auto due = list_.timer();
    ASSERT_TRUE(due.has_value());
    EXPECT_GE(*due - now_, expected_ms / 2);
    EXPECT_LE(*due - now_, expected_ms);
    EXPECT_EQ(list_.take_due(*due + -1), std::nullopt);
    now_ = *due;
    expected_ms = std::min(expected_ms * 2, limits::redial_ms_max);
  }
}

TEST_F(DialListTest, ASessionThatLastedBeginsAnew) {
  list_.set_targets(now_, {target_});
  for (int round = 0; round < 8; ++round) {
    ASSERT_TRUE(list_.take_due(now_));
    list_.handle_ended(now_, target_, false, "refused");
    now_ = *list_.timer();
  }
  ASSERT_TRUE(list_.take_due(now_));
  list_.handle_connected(target_);
  list_.handle_ended(now_, target_, true, "network");
  EXPECT_LE(*list_.timer() - now_, limits::redial_ms_min);
}

TEST_F(DialListTest, NothingIsDueWhileThereIsASession) {
  connected_.insert(target_.organisation);
  list_.set_targets(now_, {target_});
  EXPECT_EQ(list_.take_due(now_), std::nullopt);
  EXPECT_EQ(list_.timer(), std::nullopt);
  EXPECT_TRUE(list_.views(now_).empty());
  connected_.clear();
  list_.handle_session_lost(now_);
  ASSERT_TRUE(list_.timer().has_value());
  EXPECT_EQ(list_.take_due(*list_.timer()), target_);
}

TEST_F(DialListTest, DialsNotMoreAtOnceThanTheLimit) {
  std::vector<DialTarget> targets;
  for (std::uint8_t i = 0; i < 40; ++i) targets.push_back({organisation(i), "192.0.2.1:1"});
  list_.set_targets(now_, targets);
  std::vector<DialTarget> under_way;
  while (const auto target = list_.take_due(now_)) under_way.push_back(*target);
  EXPECT_EQ(under_way.size(), limits::dials_at_once_max);
  EXPECT_EQ(list_.timer(), std::nullopt);
  list_.handle_ended(now_, under_way.front(), false, "refused");
  EXPECT_EQ(list_.timer(), now_);
  EXPECT_TRUE(list_.take_due(now_).has_value());
}

TEST_F(DialListTest, ForgetsWhoIsNoLongerWantedAlsoWhileItIsDialled) {
  list_.set_targets(now_, {target_});
  ASSERT_TRUE(list_.take_due(now_));
  list_.set_targets(now_, {});
  list_.handle_ended(now_, target_, false, "refused");
  EXPECT_EQ(list_.timer(), std::nullopt);
  EXPECT_TRUE(list_.views(now_).empty());
}

TEST_F(DialListTest, KeepsTheBackOffOfThoseThatStay) {
  list_.set_targets(now_, {target_});
  ASSERT_TRUE(list_.take_due(now_));
  list_.handle_ended(now_, target_, false, "refused");
  const auto due = list_.timer();
  const DialTarget other{organisation(2), "192.0.2.2:7117"};
  list_.set_targets(now_, {target_, other});
  EXPECT_EQ(list_.take_due(now_), other);
  EXPECT_EQ(list_.timer(), due);
}

TEST_F(DialListTest, IsDialledAtOnceWhenAPersonAsks) {
  list_.set_targets(now_, {target_});
  ASSERT_TRUE(list_.take_due(now_));
  list_.handle_ended(now_, target_, false, "refused");
  list_.dial_now(now_, target_.organisation);
  EXPECT_EQ(list_.take_due(now_), target_);
}

TEST_F(DialListTest, ShowsTheErrorAndTheNextTry) {
  list_.set_targets(now_, {target_});
  ASSERT_TRUE(list_.take_due(now_));
  EXPECT_EQ(list_.views(now_).front().next_try_ms, 0);
  list_.handle_ended(now_, target_, false, "refused");
  const auto views = list_.views(now_);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views.front().last_error, "refused");
  EXPECT_GT(views.front().next_try_ms, 0);
}

}  // namespace
}  // namespace moot::node

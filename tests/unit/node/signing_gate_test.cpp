// The gate alone: peers, times and news are given.
#include "node/signing_gate.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace moot::node {
namespace {

log::OrganisationId organisation(unsigned number) {
  log::OrganisationId id;
  id.bytes[0] = static_cast<std::uint8_t>(number);
  return id;
}

std::vector<Acquaintance> recent(unsigned count) {
  std::vector<Acquaintance> all;
  for (unsigned i = 1; i <= count; ++i) all.push_back({organisation(i), i, true, false});
  return all;
}

SigningGate closed_gate(unsigned peers, bool is_home_changed = false) {
  SigningGate gate;
  gate.set_acquaintances(recent(peers));
  gate.close(1'000, is_home_changed);
  return gate;
}

/// How many of so many peers must be heard before it opens.
unsigned heard_until_open(unsigned peers) {
  SigningGate gate = closed_gate(peers);
  unsigned heard = 0;
  while (!gate.may_sign() && heard < peers) gate.handle_confirmed(organisation(++heard));
  EXPECT_TRUE(gate.may_sign());
  return heard;
}

TEST(SigningGate, OpensAtOnceWhenNobodyIsKnown) { EXPECT_TRUE(closed_gate(0).may_sign()); }

TEST(SigningGate, IsClosedBeforeAnythingWasSaid) {
  SigningGate gate;
  EXPECT_FALSE(gate.may_sign());
  gate.set_acquaintances({});
  EXPECT_FALSE(gate.may_sign());
}

TEST(SigningGate, WaitsForAMajorityOfAtLeastTwo) {
  EXPECT_EQ(heard_until_open(1), 1U);
  EXPECT_EQ(heard_until_open(2), 2U);
  EXPECT_EQ(heard_until_open(3), 2U);
  EXPECT_EQ(heard_until_open(4), 3U);
  EXPECT_EQ(heard_until_open(9), 5U);
}

TEST(SigningGate, SaysForWhomItWaitsAndSinceWhen) {
  SigningGate gate = closed_gate(3);
  gate.handle_confirmed(organisation(2));
  EXPECT_EQ(gate.state(), Signing::waiting);
  EXPECT_EQ(gate.since_ms(), 1'000U);
  EXPECT_EQ(gate.waiting_for(), (std::vector{organisation(1), organisation(3)}));
  EXPECT_EQ(gate.missing(), 1U);
}

TEST(SigningGate, AStrangersWordDoesNotCount) {
  SigningGate gate = closed_gate(1);
  gate.handle_confirmed(organisation(99));
  EXPECT_FALSE(gate.may_sign());
}

TEST(SigningGate, OneOrganisationCountsOnce) {
  SigningGate gate = closed_gate(4);
  for (int i = 0; i < 5; ++i) gate.handle_confirmed(organisation(1));
  EXPECT_EQ(gate.missing(), 2U);
}

TEST(SigningGate, ThoseNotHereLatelyDoNotCount) {
  SigningGate gate;
  gate.set_acquaintances({{organisation(1), 1, false, false}, {organisation(2), 2, true, false}});
  gate.close(1, false);
  EXPECT_EQ(gate.waiting_for(), std::vector{organisation(2)});
}

TEST(SigningGate, AsksOnlyTheLongestKnown) {
  SigningGate gate;
  auto many = recent(40);
  std::swap(many.front(), many.back());
  gate.set_acquaintances(many);
  gate.close(1, false);
  const auto asked = gate.waiting_for();
  ASSERT_EQ(asked.size(), limits::own_head_peers_max);
  EXPECT_EQ(asked.back(), organisation(16));
}

TEST(SigningGate, ThoseWhomWeFollowAreCountedAlone) {
  SigningGate gate;
  auto all = recent(16);
  all.push_back({organisation(99), 5'000, true, true});
  gate.set_acquaintances(all);
  gate.close(1, false);
  EXPECT_EQ(gate.waiting_for(), std::vector{organisation(99)});
}

TEST(SigningGate, AFollowedOneThatIsNotHereLeavesItToTheOthers) {
  SigningGate gate;
  gate.set_acquaintances({{organisation(1), 1, false, true}, {organisation(2), 2, true, false}});
  gate.close(1, false);
  EXPECT_EQ(gate.waiting_for(), std::vector{organisation(2)});
}

TEST(SigningGate, AChangedHomeWithoutPeersWaitsForAPerson) {
  SigningGate gate = closed_gate(0, true);
  EXPECT_EQ(gate.state(), Signing::waiting);
  EXPECT_EQ(gate.missing(), 1U);
  EXPECT_EQ(gate.confirm_by_person(), SigningGate::Confirmation::opened);
  EXPECT_TRUE(gate.may_sign());
  gate.close(2, false);
  EXPECT_TRUE(gate.may_sign());
}

TEST(SigningGate, AChangedHomeAsksThoseNotHereLatelyToo) {
  SigningGate gate;
  gate.set_acquaintances({{organisation(1), 1, false, false}, {organisation(2), 2, false, false}});
  gate.close(1, true);
  EXPECT_EQ(gate.missing(), 1U);
  gate.handle_confirmed(organisation(2));
  EXPECT_TRUE(gate.may_sign());
}

TEST(SigningGate, ClosingForgetsWhatWasHeard) {
  SigningGate gate = closed_gate(1);
  gate.handle_confirmed(organisation(1));
  ASSERT_TRUE(gate.may_sign());
  gate.close(5, false);
  EXPECT_FALSE(gate.may_sign());
  EXPECT_EQ(gate.since_ms(), 5U);
}

TEST(SigningGate, APeerThatIsAheadClosesItAtOnce) {
  SigningGate gate = closed_gate(0);
  gate.handle_ahead({organisation(7), 12, false}, 9);
  EXPECT_EQ(gate.state(), Signing::restored);
  EXPECT_EQ(gate.since_ms(), 9U);
  ASSERT_TRUE(gate.ahead().has_value());
  EXPECT_EQ(gate.ahead()->size, 12U);
}

TEST(SigningGate, NobodysWordOpensARestoredHome) {
  SigningGate gate = closed_gate(2);
  gate.handle_ahead({organisation(1), 12, false}, 9);
  gate.handle_confirmed(organisation(1));
  gate.handle_confirmed(organisation(2));
  gate.close(10, false);
  gate.set_acquaintances({});
  EXPECT_EQ(gate.confirm_by_person(), SigningGate::Confirmation::refused);
  EXPECT_EQ(gate.state(), Signing::restored);
}

TEST(SigningGate, AnotherBranchIsGraverThanALongerOne) {
  SigningGate gate = closed_gate(0);
  gate.handle_ahead({organisation(1), 12, true}, 9);
  gate.handle_ahead({organisation(2), 99, false}, 10);
  EXPECT_EQ(gate.state(), Signing::forked);
  EXPECT_EQ(gate.since_ms(), 9U);
}

TEST(SigningGate, ANewKeyOpensIt) {
  SigningGate gate = closed_gate(2, true);
  gate.handle_ahead({organisation(1), 12, true}, 9);
  gate.open_for_new_key();
  EXPECT_TRUE(gate.may_sign());
  EXPECT_FALSE(gate.ahead().has_value());
}

TEST(SigningGate, APersonsWordIsNotNeededWhenItIsOpen) {
  SigningGate gate = closed_gate(0);
  EXPECT_EQ(gate.confirm_by_person(), SigningGate::Confirmation::was_open);
}

TEST(SigningGate, UnfollowingTheOneThatIsGoneOpensIt) {
  SigningGate gate = closed_gate(3);
  gate.handle_confirmed(organisation(1));
  gate.set_acquaintances({{organisation(1), 1, true, false}});
  EXPECT_TRUE(gate.may_sign());
}

}  // namespace
}  // namespace moot::node

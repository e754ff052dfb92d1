#include "node/follows.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace moot::node {
namespace {

log::OrganisationId organisation(std::uint8_t number) {
  log::OrganisationId id;
  id.bytes[0] = number;
  return id;
}

store::Follow follow(std::uint8_t number, const std::string& name, const std::string& address) {
  store::Follow one;
  one.organisation = organisation(number);
  one.name = name;
  one.address = address;
  return one;
}

TEST(FollowTarget, TakesAnAddressWithAndWithoutItsSchemeAndAnIdAlone) {
  const std::string id = log::to_text(organisation(1));
  for (const std::string& text :
       {"moot://" + id + "@node.example:7000", id + "@node.example:7000"}) {
    const auto target = parse_follow_target(text);
    ASSERT_TRUE(target.has_value()) << text;
    EXPECT_EQ(target->organisation, organisation(1));
    EXPECT_EQ(target->address, "node.example:7000");
  }
  const auto v6 = parse_follow_target(id + "@[2001:db8::1]:7000");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->address, "[2001:db8::1]:7000");
  for (const std::string& text : {id, "moot://" + id}) {
    const auto target = parse_follow_target(text);
    ASSERT_TRUE(target.has_value()) << text;
    EXPECT_EQ(target->address, "");
  }
}

TEST(FollowTarget, SaysThatAnIdWasMistyped) {
  std::string id = log::to_text(organisation(1));
  id[20] = id[20] == 'q' ? 'p' : 'q';
  for (const std::string& text : {id, "moot://" + id + "@node.example:7000"}) {
    const auto target = parse_follow_target(text);
    ASSERT_FALSE(target.has_value());
    EXPECT_NE(target.error().message.find("mistyped: its checksum does not fit"),
              std::string::npos);
  }
}

TEST(FollowTarget, RefusesWhatIsNoAddress) {
  const std::string id = log::to_text(organisation(1));
  for (const std::string& text :
       {std::string(), std::string("halltrust"), std::string("@"), id + "@", id + "@host:0",
        id + "@host:99999", id + "@ho st:7117", std::string("http://") + id}) {
    EXPECT_FALSE(parse_follow_target(text).has_value()) << text;
  }
}

TEST(Follows, RefusesItsOwnOrganisationAndANameThatIsTaken) {
  const Follows follows(organisation(1), {follow(2, "hall", "")});
  EXPECT_FALSE(follows.plan({organisation(1), ""}, "", store::Mode::full).has_value());
  EXPECT_FALSE(follows.plan({organisation(3), ""}, "hall", store::Mode::full).has_value());
  EXPECT_FALSE(follows.plan({organisation(3), ""}, "a\nb", store::Mode::full).has_value());
  EXPECT_FALSE(follows.plan({organisation(3), ""}, "moot1x", store::Mode::full).has_value());
  EXPECT_TRUE(follows.plan({organisation(3), ""}, "barn", store::Mode::full).has_value());
}

TEST(Follows, FollowingAgainKeepsWhatIsNotSaidAnew) {
  const Follows follows(organisation(1), {follow(2, "hall", "192.0.2.1:7117")});
  const auto again = follows.plan({organisation(2), ""}, "", store::Mode::head);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->name, "hall");
  EXPECT_EQ(again->address, "192.0.2.1:7117");
  EXPECT_EQ(again->mode, store::Mode::head);
}

TEST(Follows, ResolvesIdsAndNames) {
  const Follows follows(organisation(1), {follow(2, "hall", ""), follow(3, "", "")});
  EXPECT_EQ(follows.resolve("hall"), organisation(2));
  EXPECT_EQ(follows.resolve(log::to_text(organisation(9))), organisation(9));
  const auto unknown = follows.resolve("barn");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, "not-found");
}

TEST(Follows, DialsKnownPeersOnlyWhenTheyAreOfUse) {
  store::PeerSeen peer;
  peer.organisation = organisation(9);
  peer.address = "192.0.2.9:7117";
  const DialTarget known{peer.organisation, peer.address};
  const auto has_known = [&](const Follows& follows) {
    const auto targets = follows.dial_targets({peer});
    return std::find(targets.begin(), targets.end(), known) != targets.end();
  };
  EXPECT_FALSE(has_known(Follows(organisation(1), {})));
  EXPECT_FALSE(has_known(Follows(organisation(1), {follow(2, "", "192.0.2.1:7117")})));
  EXPECT_TRUE(has_known(Follows(organisation(1), {follow(2, "", "")})));
  EXPECT_TRUE(has_known(Follows(organisation(1), {follow(9, "", "")})));
}

}  // namespace
}  // namespace moot::node

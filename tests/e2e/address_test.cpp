// Addresses and ids that are wrong, and nodes that are not who the address says.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class Address : public testing::Test {
 protected:
  nlohmann::json only_peer() const {
    const auto peers = node.json({"status"}).at("peers");
    return peers.size() == 1 ? peers[0] : nlohmann::json::object();
  }

  TemporaryFolder folder;
  Node node{folder.path() / "node", "Hall Trust"};
  Node other{folder.path() / "other", "Food Bank"};
};

TEST_F(Address, AMistypedIdIsCaughtByItsChecksum) {
  std::string address = other.address();
  char& letter = address[std::string("moot://moot1").size() + 20];
  letter = letter == 'q' ? 'p' : 'q';
  expect_error(node.moot({"follow", address, "--json"}), 2, "usage", "checksum");
  std::string id = other.organisation();
  id[20] = id[20] == 'q' ? 'p' : 'q';
  expect_error(node.moot({"follow", id, "--json"}), 2, "usage", "checksum");
  EXPECT_EQ(node.json({"status"}).at("logs").size(), 0U);
}

TEST_F(Address, WhatIsNoAddressIsRefused) {
  for (const std::string& text :
       {std::string("moot://@127.0.0.1:7117"), std::string("moot://"), other.address() + "0000",
        std::string("http://example.org"), "moot://" + other.organisation() + "@127.0.0.1:0"}) {
    const Finished finished = node.moot({"follow", text, "--json"});
    EXPECT_EQ(finished.exit_code, 2) << text;
    EXPECT_EQ(error_of(finished).at("code"), "usage") << text;
    EXPECT_NE(error_of(finished).at("hint"), "") << text;
  }
  EXPECT_EQ(node.json({"status"}).at("logs").size(), 0U);
}

TEST_F(Address, ANodeThatBelongsToAnotherIsLeftAtOnceAndStatusSaysWhy) {
  Node third(folder.path() / "third", "Third");
  const std::string wrong =
      "moot://" + third.organisation() + "@127.0.0.1:" + std::to_string(other.port());
  follow(node, wrong);
  ASSERT_TRUE(eventually([&] { return only_peer().value("last_error", "") != ""; }));
  const auto peer = only_peer();
  expect_keys(peer, {"organisation", "address", "state", "last_error", "next_try_s"});
  EXPECT_EQ(peer.at("connected"), false);
  const std::string why = peer.at("last_error");
  EXPECT_NE(why.find("belongs to " + other.organisation()), std::string::npos) << why;
  EXPECT_NE(why.find("not to " + third.organisation()), std::string::npos) << why;
  // Nothing was taken from it, and its own log was not asked for.
  EXPECT_EQ(node.moot({"log", other.organisation(), "--json"}).exit_code, 4);
  EXPECT_EQ(node.moot({"log", third.organisation(), "--json"}).exit_code, 4);
  // The right address mends it.
  follow(node, third.address());
  sync(node, third.organisation());
}

TEST_F(Address, AnUnreachableNodeIsTriedAgainAndStatusSaysWhy) {
  EXPECT_EQ(other.stop(), 0);
  follow(node, other.address());
  ASSERT_TRUE(eventually([&] { return only_peer().value("last_error", "") != ""; }));
  EXPECT_EQ(only_peer().at("connected"), false);
  other.start();
  ASSERT_TRUE(eventually([&] { return only_peer().value("connected", false); }));
  sync(node, other.organisation());
}

TEST_F(Address, ANodeIsNotFollowedByItself) {
  expect_error(node.moot({"follow", node.address(), "--json"}), 1, "refused", "own organisation");
}

}  // namespace
}  // namespace moot::test

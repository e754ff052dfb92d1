// One node, asked as the control socket asks it; no peer.
#include <gtest/gtest.h>

#include <sstream>

#include "crypto/key_file.hpp"
#include "log/checkpoint.hpp"
#include "store/store.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

using control::What;

control::QueryRequest query(What what) {
  control::QueryRequest request;
  request.what = what;
  return request;
}

control::PublishRequest publish(const std::string& text) {
  return {.sources = {{"services.json", text}}, .kind = "service", .dry_run = false};
}

class NodeTest : public ::testing::Test {
 protected:
  test::RunningNode node_{"Hall Trust"};
};

TEST_F(NodeTest, SaysWhoItIs) {
  const auto status = node_.ask_json(query(What::status));
  EXPECT_EQ(status["organisation"], node_.id());
  EXPECT_EQ(status["name"], "Hall Trust");
  EXPECT_EQ(status["state"], "running");
  EXPECT_EQ(status["head"]["size"], 1);
  EXPECT_EQ(status["listening"], node_.node().listening());
  EXPECT_GT(status["store"]["bytes"], 0);
  EXPECT_TRUE(status["peers"].is_array());
  EXPECT_TRUE(status["logs"].is_array());
}

TEST_F(NodeTest, AnswersAPublishWithEveryEntryAndTheCheckpoint) {
  const auto response = node_.ask(publish(test::services(3, 1)));
  ASSERT_TRUE(response.has_value()) << response.error().message;
  std::istringstream lines(response->json);
  std::string line;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(std::getline(lines, line));
    const auto answer = nlohmann::json::parse(line);
    EXPECT_EQ(answer["entry"], i + 1);
    EXPECT_EQ(answer["kind"], "service");
    EXPECT_EQ(answer["record"].get<std::string>().substr(0, 8), "00000001");
  }
  ASSERT_TRUE(std::getline(lines, line));
  const auto checkpoint = nlohmann::json::parse(line)["checkpoint"];
  EXPECT_EQ(checkpoint["size"], 4);
  const auto status = node_.ask_json(query(What::status));
  EXPECT_EQ(status["head"]["root"], checkpoint["root"]);
}

TEST_F(NodeTest, PublishesAllOrNothing) {
  const auto response = node_.ask(publish(test::services(2, 1) + "{\"id\":\"x\"}\n"));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, "refused");
  EXPECT_FALSE(response.error().problems.empty());
  EXPECT_EQ(node_.ask_json(query(What::status))["head"]["size"], 1);
}

TEST_F(NodeTest, RefusesAPublishOfNothing) {
  const auto response = node_.ask(publish(""));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, "refused");
}

TEST_F(NodeTest, ADryRunPublishesNothing) {
  auto request = publish(test::services(2, 1));
  request.dry_run = true;
  const auto response = node_.ask(request);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(std::count(response->json.begin(), response->json.end(), '\n'), 2);
  EXPECT_EQ(response->json.find("entry"), std::string::npos);
  EXPECT_EQ(node_.ask_json(query(What::status))["head"]["size"], 1);
}

TEST_F(NodeTest, KeepsWhatItAcknowledgedAcrossARestart) {
  EXPECT_EQ(node_.publish(test::services(10, 1)), 11U);
  node_.stop();
  node_.start();
  EXPECT_EQ(node_.ask_json(query(What::status))["head"]["size"], 11);
  EXPECT_EQ(node_.publish(test::services(1, 2)), 12U);
}

TEST_F(NodeTest, ManyPublishesAtOnceAreAllDoneInTheOrderGiven) {
  std::vector<std::future<control::Response>> answers;
  for (int i = 0; i < 200; ++i) {
    auto promise = std::make_shared<std::promise<control::Response>>();
    answers.push_back(promise->get_future());
    node_.node().ask(publish(test::services(1, i + 1)), [promise](control::Response response) {
      promise->set_value(std::move(response));
    });
  }
  for (int i = 0; i < 200; ++i) {
    const auto response = answers[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(response.has_value()) << response.error().message;
    const auto line = nlohmann::json::parse(response->json.substr(0, response->json.find('\n')));
    EXPECT_EQ(line["entry"], i + 1);
  }
}

TEST_F(NodeTest, FollowsAndUnfollows) {
  log::OrganisationId other;
  other.bytes[0] = 7;
  const std::string id = log::to_text(other);
  control::FollowRequest follow{.target = id, .name = "barn", .head_only = false, .instead_of = {}};
  const auto followed = node_.ask_json(follow);
  EXPECT_EQ(followed["organisation"], id);
  EXPECT_EQ(followed["name"], "barn");
  EXPECT_EQ(followed["state"], "waiting");
  const auto status = node_.ask_json(query(What::status));
  ASSERT_EQ(status["logs"].size(), 1U);
  EXPECT_EQ(status["logs"][0]["organisation"], id);
  EXPECT_EQ(status["logs"][0]["size"], 0);

  node_.stop();
  node_.start();
  const auto organisations = node_.ask_json(query(What::orgs))["organisations"];
  ASSERT_EQ(organisations.size(), 2U);
  EXPECT_EQ(organisations[1]["name"], "barn");

  EXPECT_EQ(node_.ask_json(control::UnfollowRequest{"barn"})["organisation"], id);
  EXPECT_TRUE(node_.ask_json(query(What::status))["logs"].empty());
  const auto again = node_.ask(control::UnfollowRequest{id});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, "not-found");
}

TEST_F(NodeTest, WaitingForALogThatNobodyCarriesEndsIncomplete) {
  log::OrganisationId other;
  other.bytes[0] = 7;
  const control::FollowRequest follow{
      .target = log::to_text(other), .name = {}, .head_only = false, .instead_of = {}};
  ASSERT_TRUE(node_.ask(follow).has_value());
  const auto response =
      node_.ask(control::SyncRequest{.organisation = {}, .wait = true, .timeout_ms = 100});
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_TRUE(response->incomplete);
  const auto answer = nlohmann::json::parse(response->json);
  EXPECT_EQ(answer["complete"], false);
  EXPECT_EQ(answer["logs"][0]["missing"], "no connected peer carries this log");
}

TEST_F(NodeTest, SyncWithoutFollowsIsComplete) {
  const auto answer =
      node_.ask_json(control::SyncRequest{.organisation = {}, .wait = true, .timeout_ms = 1000});
  EXPECT_EQ(answer["complete"], true);
}

TEST_F(NodeTest, RefusesToSyncWhatIsNotFollowed) {
  log::OrganisationId other;
  other.bytes[0] = 7;
  const auto response = node_.ask(control::SyncRequest{log::to_text(other), true, 1000});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, "not-found");
}

TEST_F(NodeTest, ReadsItsLog) {
  node_.publish(test::services(2, 1));
  const auto log = node_.ask(query(What::log));
  ASSERT_TRUE(log.has_value()) << log.error().message;
  EXPECT_EQ(std::count(log->json.begin(), log->json.end(), '\n'), 3);
  auto show = query(What::show);
  show.record = "00000001-0000-4000-8000-000000000001";
  const auto shown = node_.ask(show);
  ASSERT_TRUE(shown.has_value()) << shown.error().message;
  EXPECT_NE(shown->json.find("Service 1"), std::string::npos);
  EXPECT_TRUE(node_.ask(query(What::checkpoint)).has_value());
  show.organisation = "nobody";
  EXPECT_FALSE(node_.ask(show).has_value());
}

TEST(NodeStart, NamesTheAddressThatIsInUse) {
  test::RunningNode first("Hall Trust");
  test::TemporaryFolder folder;
  const auto paths = config::paths((folder.path() / "home").string());
  test::make_home(paths, "Barn Trust");
  const auto second = Node::open({.paths = paths,
                                  .log_level = {},
                                  .listen = first.node().listening(),
                                  .watches_signals = false,
                                  .logs_to_stderr = false,
                                  .is_new_key = false,
                                  .read_machine = read_machine});
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find(first.node().listening()), std::string::npos);
  EXPECT_NE(second.error().hint.find("node.listen"), std::string::npos);
}

}  // namespace
}  // namespace moot::node

// What is due is judged again by the node before it is erased: all of it, or nothing.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

std::string id_of(int number) {
  return "0000000" + std::to_string(number) + "-0000-4000-8000-000000000000";
}

std::string service(int number) {
  return "{\"id\":\"" + id_of(number) + "\",\"name\":\"Service\",\"status\":\"active\"}\n";
}

control::EraseWithdrawnRequest erase(std::vector<control::EraseWithdrawnRequest::Texts> texts) {
  return {.texts = std::move(texts), .reason = 1};
}

class WithdrawnTest : public ::testing::Test {
 protected:
  void SetUp() override {
    node_.publish(service(1));                                                         // entry 1
    node_.publish(service(2));                                                         // entry 2
    node_.publish(service(1));                                                         // entry 3
    ASSERT_TRUE(node_.ask(control::WithdrawRequest{.record = id_of(1)}).has_value());  // entry 4
  }
  std::size_t erasures() {
    control::QueryRequest query;
    query.what = control::What::erased;
    return node_.ask_json(query)["erasures"].size();
  }
  std::string refusal(control::EraseWithdrawnRequest request) {
    const auto response = node_.ask(std::move(request));
    EXPECT_FALSE(response.has_value());
    EXPECT_EQ(erasures(), 0U);
    return response ? std::string() : response.error().code;
  }
  test::RunningNode node_{"Hall Trust"};
};

TEST_F(WithdrawnTest, IsErasedInOneEntry) {
  const auto answer = node_.ask_json(erase({{1, 1}, {3, 1}}));
  EXPECT_EQ(answer["entries"], (nlohmann::json{1, 3}));
  EXPECT_EQ(answer["entry"], 5);
  EXPECT_EQ(answer["reason"], "data-protection");
  EXPECT_EQ(answer["mass"], false);
  EXPECT_EQ(erasures(), 1U);
  EXPECT_EQ(node_.ask(erase({{1, 1}})).error().code, "refused");  // once is enough
}

TEST_F(WithdrawnTest, IsNotErasedWhenAnotherIsNotWithdrawn) {
  EXPECT_EQ(refusal(erase({{1, 1}, {2, 1}})), "refused");
  node_.publish(service(1));
  EXPECT_EQ(refusal(erase({{1, 1}})), "refused");
}

TEST_F(WithdrawnTest, IsNotErasedForWhatIsNotThere) {
  EXPECT_EQ(refusal(erase({{1, 3}})), "refused");  // it has no personal part
  EXPECT_EQ(refusal(erase({{0, 1}})), "refused");
  EXPECT_EQ(refusal(erase({{4, 1}})), "refused");
  EXPECT_EQ(refusal(erase({{99, 1}})), "refused");
}

TEST_F(WithdrawnTest, IsNotErasedOutOfOrder) {
  EXPECT_EQ(refusal(erase({})), "usage");
  EXPECT_EQ(refusal(erase({{3, 1}, {1, 1}})), "usage");
  EXPECT_EQ(refusal(erase({{1, 1}, {1, 1}})), "usage");
  EXPECT_EQ(refusal(erase({{1, 0}})), "usage");
  EXPECT_EQ(refusal(erase({{1, 4}})), "usage");
  auto request = erase({{1, 1}});
  request.reason = 7;
  EXPECT_EQ(refusal(request), "usage");
  request = erase({});
  request.texts.resize(limits::erase_leaves_max + 1);
  for (std::size_t i = 0; i < request.texts.size(); ++i) request.texts[i] = {i, 1};
  EXPECT_EQ(refusal(request), "usage");
}

}  // namespace
}  // namespace moot::node

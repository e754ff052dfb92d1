#include "node/find_text.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "store/store.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

TEST(FoldedText, UpperAndLowerCaseAreAlike) {
  EXPECT_EQ(folded("JANE Doe"), "jane doe");
  EXPECT_EQ(folded("ÉCOLE Ÿ ŁÓDŹ"), "école ÿ łódź");
  EXPECT_EQ(folded("ΑΒΓ ЖЁ"), "αβγ жё");
  EXPECT_EQ(folded("×"), "×");
}

TEST(FoldedText, EscapesAreWhatTheyStandFor) {
  EXPECT_EQ(folded("caf\\u00E9"), "café");
  EXPECT_EQ(folded("a\\nb\\\\c\\/d"), "a b\\c/d");
  EXPECT_EQ(folded("\\u00"), "u00");
  EXPECT_EQ(folded("\\"), "\\");
}

TEST(FoldedText, RunsOfWhiteSpaceAreOneSpace) { EXPECT_EQ(folded("a \t\n b\xC2\xA0 c"), "a b c"); }

TEST(FoldedText, BytesThatAreNoTextStay) {
  EXPECT_EQ(folded("\xFF\xE2\x82"), "\xFF\xE2\x82");
  EXPECT_EQ(folded("a\xC3"), "a\xC3");
}

class FindTextTest : public ::testing::Test {
 protected:
  control::Response find(const std::string& text, std::uint64_t limit = 0) {
    return node_.ask(control::FindTextRequest{.text = text, .limit = limit});
  }
  nlohmann::json found(const std::string& text, std::uint64_t limit = 0) {
    const auto response = find(text, limit);
    EXPECT_TRUE(response.has_value()) << (response ? "" : response.error().message);
    return response ? nlohmann::json::parse(response->json) : nlohmann::json();
  }
  void publish(const std::string& id, const std::string& description) {
    node_.publish("{\"id\":\"" + id + "\",\"name\":\"S\",\"status\":\"active\",\"description\":\"" +
                  description + "\"}\n");
  }

  test::RunningNode node_{"Hall Trust"};
};

TEST_F(FindTextTest, FindsOldVersionsToo) {
  const std::string id = "00000001-0000-4000-8000-000000000000";
  publish(id, "ask for Jan\\u00e9  Doe, 07700 900123");
  publish(id, "ask at the desk");
  const auto answer = found("JANÉ doe");
  EXPECT_EQ(answer["searched"], 2);
  ASSERT_EQ(answer["found"].size(), 1U);
  const auto& one = answer["found"][0];
  EXPECT_EQ(one["record"], id);
  EXPECT_EQ(one["entry"], 1);
  EXPECT_EQ(one["kind"], "service");
  EXPECT_EQ(one["part"], "public");
  EXPECT_EQ(one["organisation"], node_.id());
  EXPECT_NE(one["excerpt"].get<std::string>().find("jané doe"), std::string::npos);
  EXPECT_LE(one["excerpt"].get<std::string>().size(), limits::excerpt_bytes + 4);
}

TEST_F(FindTextTest, FindsNothingWhereThereIsNothing) {
  EXPECT_TRUE(found("nobody")["found"].empty());
}

TEST_F(FindTextTest, ListsNoMoreThanAsked) {
  node_.publish(test::services(600, 1));
  const auto answer = found("service", 7);
  EXPECT_EQ(answer["found"].size(), 7U);
  EXPECT_EQ(answer["truncated"], true);
  const auto all = found("service 599");
  EXPECT_EQ(all["found"].size(), 1U);
  EXPECT_EQ(all["searched"], 600);
  EXPECT_EQ(all["truncated"], false);
}

TEST_F(FindTextTest, RefusesWhatCannotBeLookedFor) {
  EXPECT_EQ(find("  ").error().code, "usage");
  EXPECT_EQ(find(std::string(limits::search_text_bytes_max + 1, 'x')).error().code, "usage");
}

}  // namespace
}  // namespace moot::node

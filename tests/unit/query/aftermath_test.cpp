// What became of an entry after it was published: no longer stood by, removed, held back, seen.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "log/proof.hpp"
#include "query/query.hpp"
#include "query/words.hpp"
#include "support/memory_log.hpp"

namespace moot::query {
namespace {

using nlohmann::json;
using test::LogAuthor;
using test::MemoryLog;

class Aftermath : public testing::Test {
 protected:
  json shown(std::uint64_t record, bool history = false) {
    const auto text =
        show(memory, &organisation, record_text(LogAuthor::record_id(record)), history);
    EXPECT_TRUE(text.has_value());
    return text ? json::parse(*text) : json();
  }

  MemoryLog memory;
  LogAuthor author{memory};
  log::OrganisationId organisation = author.organisation();
};

TEST_F(Aftermath, SaysNothingWhereThereWasNone) {
  author.put(1, "{}");
  author.sign();
  const json found = shown(1);
  EXPECT_FALSE(found.contains("disowned"));
  EXPECT_FALSE(found.contains("erased"));
  EXPECT_FALSE(found.contains("held_back"));
  EXPECT_EQ(found["witnesses"], json::array());
}

TEST_F(Aftermath, SaysSinceWhenAnEntryIsNoLongerStoodBy) {
  author.put(1, "{}");
  author.put(2, "{}");
  author.put(3, "{}");
  author.rotate(2);
  author.put(4, "{}");
  author.sign();
  EXPECT_FALSE(shown(1).contains("disowned"));
  EXPECT_EQ(shown(2)["disowned"]["entry"], 4);
  EXPECT_EQ(shown(3)["disowned"]["time"], "2027-01-15T08:00:01.000Z");
  EXPECT_FALSE(shown(4).contains("disowned"));
  const auto text = log_lines(memory, organisation, 0, 0);
  ASSERT_TRUE(text);
  std::istringstream lines(*text);
  std::vector<bool> disowned;
  for (std::string line; std::getline(lines, line);) {
    disowned.push_back(json::parse(line).contains("disowned"));
  }
  EXPECT_EQ(disowned, (std::vector<bool>{false, false, true, true, false, false}));
}

TEST_F(Aftermath, SaysNothingOfAnEventThatIsNotHereYet) {
  author.put(1, "{}");
  author.put(2, "{}");
  author.rotate(2);
  author.sign();
  author.held().leaves.pop_back();
  author.held().bodies.pop_back();
  author.held().checkpoints.clear();
  author.sign();
  EXPECT_FALSE(shown(2).contains("disowned"));
}

TEST_F(Aftermath, SaysWhyAndWhenAPartWasRemoved) {
  author.put(1, "{}", "{\"phone\":\"1\"}");
  const log::LeafIndex by = author.erase({1});
  author.sign();
  author.held().erasures = {{1, 3, by, log::EraseReason::safety, 5, 9, 1}};
  const json erased = shown(1)["erased"];
  ASSERT_EQ(erased.size(), 2U);
  EXPECT_EQ(erased[0].dump(),
            R"({"entry":2,"part":"public","reason":"safety","time":"2027-01-15T08:00:00.002Z"})");
  EXPECT_EQ(erased[1]["part"], "personal");
  EXPECT_EQ(shown(1, true)["versions"][0]["erased"], erased);
}

TEST_F(Aftermath, SaysThatThisHolderHoldsItBack) {
  author.put(1, "{}");
  author.put(2, "{}");
  author.sign();
  author.held().hidden_here = {{1, 1, "court", 5}};
  EXPECT_EQ(shown(1)["held_back"]["reason"], "court");
  EXPECT_FALSE(shown(2).contains("held_back"));
}

TEST_F(Aftermath, NamesWhoSawItFirst) {
  for (std::uint64_t i = 1; i < 10; ++i) author.put(i, "{}");
  author.sign();
  const auto witness = [](std::uint8_t which) {
    log::OrganisationId out;
    out.bytes.fill(which);
    return out;
  };
  author.held().witnesses = {{witness(1), 9, 1'800'000'300, "", 2, 1'800'000'000},
                             {witness(2), 8, 1'800'000'200, "", 6, 1'800'000'100},
                             {witness(3), 4, 1'800'000'050, "", 3, 1'800'000'040}};
  // Entry 5 is in states of 6 entries and more.
  const json seen = shown(5)["witnesses"];
  ASSERT_EQ(seen.size(), 2U) << seen;
  EXPECT_EQ(seen[0]["organisation"], log::to_text(witness(2)));
  EXPECT_EQ(seen[0]["first_time"], "2027-01-15T08:01:40.000Z");
  EXPECT_EQ(seen[0]["time"], "2027-01-15T08:03:20.000Z");
  EXPECT_EQ(seen[0]["size"], 8);
  EXPECT_EQ(seen[1]["organisation"], log::to_text(witness(1)));
  EXPECT_TRUE(seen[1]["first_time"].is_null());
  EXPECT_EQ(shown(5, true)["witnesses"], seen);
}

TEST_F(Aftermath, ShowsTheVersionThatTheOfficersStandBy) {
  author.put(9, "{\"says\":\"true\"}");
  author.sign();
  const log::TreeSize trusted = memory.state(organisation)->held;
  author.put(9, "{\"says\":\"what a thief wrote\"}");
  author.rotate(trusted);
  author.sign();
  EXPECT_EQ(shown(9)["body"]["says"], "true");
  const std::string proof = json::parse(
      *query::proof(memory, &organisation, record_text(LogAuthor::record_id(9))))["proof"];
  EXPECT_TRUE(log::judge_proof(proof).has_value());
  EXPECT_EQ(log::judge_proof(proof)->index, trusted - 1);
}

}  // namespace
}  // namespace moot::query

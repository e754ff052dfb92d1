#include "query/query.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "crypto/encoding.hpp"
#include "log/proof.hpp"
#include "query/history.hpp"
#include "query/words.hpp"
#include "support/memory_log.hpp"

namespace moot::query {
namespace {

using nlohmann::json;
using test::LogAuthor;
using test::MemoryLog;

class Query : public testing::Test {
 protected:
  static std::string id(std::uint64_t number) { return record_text(LogAuthor::record_id(number)); }
  static json parsed(const Result<std::string, Error>& text) {
    EXPECT_TRUE(text.has_value()) << (text ? "" : text.error().message);
    return text ? json::parse(*text) : json();
  }
  std::vector<json> lines(std::uint64_t from = 0, std::uint64_t limit = 0) {
    const auto text = log_lines(memory, author.organisation(), from, limit);
    EXPECT_TRUE(text.has_value());
    std::vector<json> out;
    std::istringstream in(text.value_or(""));
    for (std::string line; std::getline(in, line);) out.push_back(json::parse(line));
    return out;
  }
  json shown(std::uint64_t record, bool history = false) {
    return parsed(show(memory, &organisation, id(record), history));
  }

  MemoryLog memory;
  LogAuthor author{memory};
  log::OrganisationId organisation = author.organisation();
};

TEST_F(Query, ListsEachKindOfEntry) {
  author.put(1, "{\"a\":1}", "{\"phone\":\"1\"}");
  author.put(1, "{}");
  author.withdraw(1);
  author.erase({1});
  author.rotate();
  author.append({1, 99, 1});
  author.append({7});
  author.sign();
  const auto all = lines();
  ASSERT_EQ(all.size(), 8U);
  EXPECT_EQ(all[0]["type"], "establish");
  EXPECT_EQ(all[0]["seq"], 0);
  EXPECT_EQ(all[0]["time"], "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(all[0]["node_keys"], 1);
  EXPECT_EQ(all[0]["threshold"], 1);
  EXPECT_EQ(all[0]["officers"], 2);
  EXPECT_TRUE(log::parse_verifier_key(all[0]["log_key"].get<std::string>()).has_value());
  EXPECT_EQ(all[1]["entry"], 1);
  EXPECT_EQ(all[1]["type"], "record");
  EXPECT_EQ(all[1]["organisation"], log::to_text(organisation));
  EXPECT_EQ(all[1]["operation"], "put");
  EXPECT_EQ(all[1]["record"], id(1));
  EXPECT_EQ(all[1]["kind"], "service");
  EXPECT_EQ(all[1]["time"], "2027-01-15T08:00:00.001Z");
  EXPECT_FALSE(all[1].contains("previous"));
  EXPECT_EQ(all[1]["parts"][0], json({{"part", "public"}, {"state", "erased"}}));
  EXPECT_EQ(all[1]["parts"][1], json({{"part", "personal"}, {"state", "held"}, {"bytes", 13}}));
  EXPECT_EQ(all[2]["previous"], 1);
  EXPECT_EQ(all[3]["operation"], "withdraw");
  EXPECT_TRUE(all[3]["parts"].empty());
  EXPECT_EQ(all[4]["type"], "erase");
  EXPECT_EQ(all[4]["reason"], "data-protection");
  EXPECT_EQ(all[4]["erased"][0], json({{"entry", 1}, {"parts", {"public"}}}));
  EXPECT_EQ(all[5]["seq"], 1);
  EXPECT_EQ(all[6]["type"], "unknown");
  EXPECT_EQ(all[6]["critical"], true);
  EXPECT_EQ(all[7]["type"], "unknown");
}

TEST_F(Query, ListsFromAnyEntryAndNoMoreThanAsked) {
  for (std::uint64_t i = 0; i < 1500; ++i) author.put(i, "{}");
  author.sign();
  EXPECT_EQ(lines().size(), 1000U);
  EXPECT_EQ(lines(0, 1200).size(), 1200U);
  const auto some = lines(700, 3);
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some[0]["entry"], 700);
  EXPECT_EQ(some[2]["entry"], 702);
  EXPECT_EQ(lines(1499, 10).size(), 2U);
  EXPECT_TRUE(lines(1501, 10).empty());
  EXPECT_TRUE(lines(~0ULL, ~0ULL).empty());
  EXPECT_EQ(lines(1, ~0ULL).size(), 1500U);
}

TEST_F(Query, ListsALogWhoseBodiesAreLarge) {
  const std::string large = "\"" + std::string(limits::body_bytes_max - 2, 'x') + "\"";
  for (std::uint64_t i = 0; i < 5; ++i) author.put(i, large, "{}");
  author.sign();
  const auto all = lines();
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[5]["parts"][0]["bytes"], limits::body_bytes_max);
}

TEST_F(Query, ShowsTheNewestVersionWithThePublishersBytes) {
  author.put(1, "{\"cost\": 1}");
  const std::string body = "{ \"cost\" : 1.50e0,\n\"name\":\"Caf\\u00e9 \xc3\xa9\" }";
  author.put(1, body, "{}");
  author.put(2, "{}");
  const log::Head head = author.sign().head;
  const auto text = show(memory, &organisation, id(1), false);
  ASSERT_TRUE(text.has_value());
  EXPECT_NE(text->find("\"body\":" + body + "}"), std::string::npos) << *text;
  const json one = json::parse(*text);
  EXPECT_EQ(one["record"], id(1));
  EXPECT_EQ(one["organisation"], log::to_text(organisation));
  EXPECT_EQ(one["kind"], "service");
  EXPECT_EQ(one["operation"], "put");
  EXPECT_EQ(one["entry"], 2);
  EXPECT_EQ(one["previous"], 1);
  EXPECT_EQ(one["time"], "2027-01-15T08:00:00.002Z");
  EXPECT_EQ(one["head"]["size"], 4);
  EXPECT_EQ(one["head"]["root"], crypto::to_base64(head.root));
  EXPECT_EQ(one["state"], "held");
  EXPECT_EQ(one["body"]["cost"], 1.5);
  EXPECT_EQ(text->find("phone"), std::string::npos);
}

TEST_F(Query, ShowsWhyThereIsNoBody) {
  for (std::uint64_t i = 1; i <= 4; ++i) author.put(i, "{}");
  author.erase({1});
  author.withdraw(2);
  author.held().bodies[3][0] = {log::Part::public_part, log::BodyStatus::missing, {}, {}};
  log::RecordLeaf personal_only = author.next_leaf(5);
  personal_only.parts = {{log::Part::personal_part, {}}};
  author.append(log::encode(personal_only),
                {{log::Part::personal_part, log::BodyStatus::withheld, {}, {}}});
  author.sign();
  EXPECT_EQ(shown(1)["state"], "erased");
  EXPECT_EQ(shown(2)["state"], "withdrawn");
  EXPECT_EQ(shown(2)["operation"], "withdraw");
  EXPECT_EQ(shown(3)["state"], "missing");
  EXPECT_EQ(shown(4)["state"], "held");
  EXPECT_EQ(shown(5)["state"], "none");
  for (const std::uint64_t i : {1U, 2U, 3U, 5U}) EXPECT_FALSE(shown(i).contains("body")) << i;
}

TEST_F(Query, DoesNotLetABodyBreakTheDocument) {
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  const std::vector<std::string> bodies = {
      "{\"a\":1},\"state\":\"forged\"", "", "\xef\xbb\xbf{}", "\"\xff\"", "not json", deep};
  for (std::uint64_t i = 0; i < bodies.size(); ++i) author.put(i, bodies[i]);
  author.put(50, "[\"[[[{{{\\\"\\\\\"]");
  author.sign();
  for (std::uint64_t i = 0; i < bodies.size(); ++i) {
    const json one = shown(i);
    EXPECT_EQ(one["state"], "held");
    EXPECT_FALSE(one.contains("body"));
    EXPECT_EQ(one["body_base64"], crypto::to_base64(view_of(bodies[i])));
  }
  EXPECT_EQ(shown(50)["body"][0], "[[[{{{\"\\");
}

TEST_F(Query, ShowsAllVersionsNewestFirst) {
  author.put(1, "{\"v\": 1}");
  author.put(2, "{}");
  author.put(1, "{\"v\": 2}");
  author.withdraw(1);
  author.put(1, "{\"v\": 3}");
  author.sign();
  const json all = shown(1, true);
  EXPECT_EQ(all["record"], id(1));
  EXPECT_EQ(all["truncated"], false);
  ASSERT_EQ(all["versions"].size(), 4U);
  EXPECT_EQ(all["versions"][0]["body"]["v"], 3);
  EXPECT_EQ(all["versions"][0]["entry"], 5);
  EXPECT_EQ(all["versions"][1]["state"], "withdrawn");
  EXPECT_EQ(all["versions"][2]["body"]["v"], 2);
  EXPECT_EQ(all["versions"][3]["body"]["v"], 1);
  EXPECT_FALSE(all["versions"][3].contains("previous"));
}

TEST_F(Query, EndsAHistoryThatNoAnswerCouldCarry) {
  for (int i = 0; i < 20; ++i) author.put(1, "{\"v\": 1}");
  author.sign();
  const auto found = find_record(memory, &organisation, id(1));
  ASSERT_TRUE(found.has_value());
  const json some = parsed(history(memory, *found, 1000));
  EXPECT_EQ(some["truncated"], true);
  EXPECT_LT(some["versions"].dump().size(), 1100U);
  EXPECT_GT(some["versions"].size(), 2U);
  EXPECT_EQ(some["versions"][0]["entry"], 20);
}

TEST_F(Query, FailsWhereVersionsContradictOneAnother) {
  author.put(1, "{}");
  author.put(2, "{}");
  log::RecordLeaf leaf = author.next_leaf(1);
  leaf.operation = log::Operation::withdraw;
  leaf.previous = 3;
  author.append(log::encode(leaf));
  leaf.record = LogAuthor::record_id(3);
  leaf.previous = 99;
  author.append(log::encode(leaf));
  author.sign();
  for (const std::uint64_t record : {1U, 3U}) {
    const auto text = show(memory, &organisation, id(record), true);
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error().code, "failed");
    EXPECT_NE(text.error().hint.find("moot audit"), std::string::npos);
  }
}

TEST_F(Query, FindsARecordInWhicheverLogCarriesIt) {
  LogAuthor other(memory);
  author.put(1, "{}");
  author.put(2, "{}");
  other.put(2, "{}");
  other.put(3, "{}");
  author.sign();
  other.sign();
  EXPECT_EQ(parsed(show(memory, nullptr, id(1), false))["organisation"],
            log::to_text(organisation));
  EXPECT_EQ(parsed(show(memory, nullptr, id(3), false))["organisation"],
            log::to_text(other.organisation()));
  const auto both = show(memory, nullptr, id(2), false);
  ASSERT_FALSE(both.has_value());
  EXPECT_EQ(both.error().code, "usage");
  ASSERT_EQ(both.error().problems.size(), 2U);
  EXPECT_EQ(both.error().problems[0].where, log::to_text(memory.organisations()[0]));
}

TEST_F(Query, SaysWhatItDoesNotFind) {
  author.put(1, "{}");
  author.sign();
  log::OrganisationId unknown;
  const auto code = [](const Result<std::string, Error>& result) {
    EXPECT_FALSE(result.has_value());
    EXPECT_FALSE(result.error().hint.empty());
    return result.error().code;
  };
  EXPECT_EQ(code(show(memory, &organisation, id(9), false)), "not-found");
  EXPECT_EQ(code(show(memory, nullptr, id(9), true)), "not-found");
  EXPECT_EQ(code(show(memory, &unknown, id(1), false)), "not-found");
  EXPECT_EQ(code(proof(memory, &organisation, id(9))), "not-found");
  EXPECT_EQ(code(log_lines(memory, unknown, 0, 0)), "not-found");
  EXPECT_EQ(code(checkpoint(memory, unknown)), "not-found");
  EXPECT_EQ(code(keys(memory, unknown)), "not-found");
  for (const std::string text : {"", "lunch", "aa000000-0000-0000-0000-00000000000g",
                                 "aa00000000000000000000000000000001"}) {
    EXPECT_EQ(code(show(memory, nullptr, text, false)), "usage");
  }
}

TEST_F(Query, TakesARecordIdInEitherCase) {
  author.put(1, "{}");
  author.sign();
  EXPECT_TRUE(show(memory, nullptr, "AA000000-0000-0000-0000-000000000001", false).has_value());
}

TEST_F(Query, GivesTheNewestCheckpoint) {
  author.put(1, "{}");
  author.sign();
  author.put(2, "{}");
  const log::Checkpoint newest = author.sign();
  const json found = parsed(checkpoint(memory, organisation));
  EXPECT_EQ(found["organisation"], log::to_text(organisation));
  EXPECT_EQ(found["size"], 3);
  EXPECT_EQ(found["root"], crypto::to_base64(newest.head.root));
  EXPECT_EQ(found["note"], newest.note);
}

TEST_F(Query, CountsOnlyWhatACheckpointCovers) {
  author.put(1, "{\"v\":1}");
  author.sign();
  author.put(1, "{\"v\":2}");
  author.put(2, "{}");
  EXPECT_EQ(shown(1)["body"]["v"], 1);
  EXPECT_EQ(parsed(proof(memory, &organisation, id(1)))["entry"], 1);
  EXPECT_EQ(show(memory, &organisation, id(2), false).error().code, "not-found");
  author.held().checkpoints.clear();
  EXPECT_EQ(show(memory, &organisation, id(1), false).error().code, "not-found");
  EXPECT_EQ(checkpoint(memory, organisation).error().code, "not-found");
}

TEST_F(Query, ProvesARecordSoThatAnyoneCanJudgeIt) {
  for (std::uint64_t i = 0; i < 300; ++i) author.put(i, "{\"n\":1}", "{\"phone\":\"1\"}");
  author.rotate();
  author.put(7, "{\"n\":2}", "{\"phone\":\"2\"}");
  const log::Head head = author.sign().head;
  const json found = parsed(proof(memory, nullptr, id(7)));
  EXPECT_EQ(found["entry"], 302);
  EXPECT_EQ(found["size"], 303);
  EXPECT_EQ(found["root"], crypto::to_base64(head.root));
  EXPECT_EQ(found["checkpoint"], author.held().checkpoints.back().note);
  EXPECT_EQ(found["leaf"], crypto::to_base64(author.held().leaves[302]));
  const auto judged = log::judge_proof(found["proof"].get<std::string>());
  ASSERT_TRUE(judged.has_value());
  EXPECT_EQ(judged->index, 302U);
  EXPECT_EQ(judged->parts.events.size(), 2U);
  ASSERT_EQ(judged->parts.bodies.size(), 1U);
  EXPECT_EQ(text_of(judged->parts.bodies[0].body), "{\"n\":2}");
  std::vector<Hash> hashes;
  for (const auto& hash : found["hashes"]) {
    const Bytes bytes = crypto::from_base64(hash.get<std::string>()).value();
    std::copy(bytes.begin(), bytes.end(), hashes.emplace_back().begin());
  }
  const Bytes leaf_hash = crypto::from_base64(found["leaf_hash"].get<std::string>()).value();
  Hash hash{};
  std::copy(leaf_hash.begin(), leaf_hash.end(), hash.begin());
  EXPECT_TRUE(log::verify_inclusion(302, hash, hashes, head).has_value());
}

TEST_F(Query, ProvesARecordWhoseBodyWasErasedWithoutIt) {
  author.put(1, "{}");
  author.erase({1});
  author.sign();
  const auto judged =
      log::judge_proof(parsed(proof(memory, nullptr, id(1)))["proof"].get<std::string>());
  ASSERT_TRUE(judged.has_value());
  EXPECT_TRUE(judged->parts.bodies.empty());
}

TEST_F(Query, GivesNoProofThatDoesNotHold) {
  author.put(1, "{}");
  author.put(2, "{}");
  author.sign();
  author.held().bodies[1][0].body = {'['};
  EXPECT_EQ(proof(memory, nullptr, id(1)).error().code, "failed");
  author.held().tiles[0][1][0] ^= 1;
  EXPECT_EQ(proof(memory, nullptr, id(2)).error().code, "failed");
}

TEST_F(Query, GivesTheKeysOfEachEvent) {
  author.put(1, "{}");
  const crypto::PublicKeyBytes first_key = author.log_key().public_key().bytes();
  author.rotate();
  author.sign();
  const json found = parsed(keys(memory, organisation));
  EXPECT_EQ(found["organisation"], log::to_text(organisation));
  EXPECT_EQ(found["threshold"], 1);
  ASSERT_EQ(found["log"].size(), 2U);
  EXPECT_EQ(found["log"][0]["seq"], 0);
  EXPECT_EQ(found["log"][0]["from_size"], 1);
  EXPECT_EQ(found["log"][1]["from_size"], 3);
  const auto log_key = log::parse_verifier_key(found["log"][0]["vkey"].get<std::string>());
  ASSERT_TRUE(log_key.has_value());
  EXPECT_EQ(log_key->name, log::log_origin(organisation));
  EXPECT_EQ(log_key->key, first_key);
  const auto node_key = log::parse_verifier_key(found["node"][0]["vkey"].get<std::string>());
  ASSERT_TRUE(node_key.has_value());
  EXPECT_EQ(node_key->name, log::node_name(organisation));
  EXPECT_EQ(node_key->type, log::SignatureType::cosignature_v1);
  EXPECT_EQ(node_key->key, author.node_key().public_key().bytes());
  ASSERT_EQ(found["reserve"].size(), 1U);
  EXPECT_EQ(found["reserve"][0]["digest"].get<std::string>().size(), 64U);
}

}  // namespace
}  // namespace moot::query

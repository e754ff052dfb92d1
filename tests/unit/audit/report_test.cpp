#include "audit/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace moot::audit {
namespace {

TEST(AuditReport, IsJsonWithTheKeysOfTheContract) {
  Report report;
  report.verdict = Verdict::failed;
  LogReport log;
  log.verdict = Verdict::failed;
  log.head.size = 7;
  log.entries = 9;
  log.bodies = 6;
  log.checkpoints = 3;
  log.cosignatures = 2;
  log.erased = 1;
  log.withheld = 4;
  log.problems = {{"entry 1", "a \"quoted\" \\ text\nwith\ttwo lines \x01", "another", ""}};
  log.not_checked = {"é", "…"};
  log.notes = {"a note"};
  log.erased_waiting = 8;
  log.hidden_here = 5;
  log.removed = {{log::EraseReason::safety, 2}};
  log.disowned_ranges = {{3, 5, 1, 1'800'000'000}};
  log.abandoned = {{1, 3, 9, true}};
  log.evidence = {{log::EvidenceKind::rivals, 2, true}};
  log.witnesses = {{{}, 2, 1'800'000'000, 7, 1'800'000'060, true}};
  log.policy_met = 6;
  report.logs = {log, LogReport{}};
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["verdict"], "failed");
  ASSERT_EQ(json["logs"].size(), 2U);
  const auto& first = json["logs"][0];
  EXPECT_EQ(first["organisation"], log::to_text(log::OrganisationId{}));
  EXPECT_EQ(first["head"]["size"], 7);
  EXPECT_EQ(first["head"]["root"].get<std::string>().size(), 44U);
  EXPECT_EQ(first["entries"], 9);
  EXPECT_EQ(first["bodies"], 6);
  EXPECT_EQ(first["checkpoints"], 3);
  EXPECT_EQ(first["cosignatures"], 2);
  EXPECT_EQ(first["erased"], 1);
  EXPECT_EQ(first["withheld"], 4);
  EXPECT_EQ(first["erased_waiting"], 8);
  EXPECT_EQ(first["hidden_here"], 5);
  EXPECT_EQ(first["removed"].dump(), R"([{"reason":"safety","records":2}])");
  EXPECT_EQ(first["disowned_ranges"].dump(),
            R"([{"end":5,"first":3,"seq":1,"time":"2027-01-15T08:00:00.000Z"}])");
  EXPECT_EQ(first["abandoned"].dump(), R"([{"count":9,"epoch":1,"first":3,"matched":true}])");
  EXPECT_EQ(first["evidence"].dump(), R"([{"epoch":2,"healed":true,"kind":"rivals"}])");
  EXPECT_EQ(first["witnesses"][0]["time"], "2027-01-15T08:01:00.000Z");
  EXPECT_EQ(first["witnesses"][0]["verified"], true);
  EXPECT_EQ(first["policy_met"], 6);
  EXPECT_FALSE(json["logs"][1].contains("policy_met"));
  EXPECT_EQ(first["notes"][0], "a note");
  EXPECT_EQ(first["problems"][0]["where"], "entry 1");
  EXPECT_EQ(first["problems"][0]["found"], log.problems[0].found);
  EXPECT_EQ(first["not_checked"][1], "…");
  EXPECT_TRUE(json["logs"][1]["problems"].empty());
}

TEST(AuditReport, OfNothingIsADocumentToo) {
  EXPECT_EQ(to_json(Report{}), "{\"verdict\":\"ok\",\"logs\":[]}");
}

}  // namespace
}  // namespace moot::audit

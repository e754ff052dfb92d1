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

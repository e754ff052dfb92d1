// What people get wrong, and what scripts are told: exit codes and errors.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class RefusedInput : public testing::Test {
 protected:
  void expect_nothing_published() {
    EXPECT_EQ(own_size(node), 1U);
    EXPECT_EQ(node.lines({"log"}).size(), 1U);
  }

  TemporaryFolder folder;
  Node node{folder.path() / "node", "Hall Trust"};
};

TEST_F(RefusedInput, OneBadRecordAmongTenThousandIsNamedAndNothingIsPublished) {
  std::string text = services(0, 10'000);
  std::size_t at = 0;
  for (int line = 1; line < 7'777; ++line) at = text.find('\n', at) + 1;
  text.replace(text.find(R"("status":"active")", at), 17, R"("status":"asleep")");
  const auto file = folder.path() / "services.jsonl";
  write_file(file, text);

  const Finished finished = node.moot({"publish", "--kind", "service", file, "--json"});
  expect_error(finished, 1, "refused", "services.jsonl line 7777: /status");
  const auto problems = error_of(finished).at("problems");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].at("found").get<std::string>().find("asleep"), std::string::npos);
  EXPECT_NE(problems[0].at("allowed").get<std::string>().find("active"), std::string::npos);
  expect_nothing_published();

  // People are told the same.
  const Finished told = node.moot({"publish", "--kind", "service", file});
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_NE(told.errors.find("services.jsonl line 7777: /status"), std::string::npos);
  EXPECT_NE(told.errors.find("Hint:"), std::string::npos);
}

TEST_F(RefusedInput, EveryProblemOfEveryFileIsNamedAtOnce) {
  const auto first = folder.path() / "first.json";
  const auto second = folder.path() / "second.jsonl";
  write_file(first, R"({"id": "no uuid", "name": null, "status": "active"})");
  write_file(second, lunch_club("Right.") + R"({"id": ")" + lunch_id + R"(", "status": "gone"})");
  const Finished finished = node.moot({"publish", "--kind", "service", first, second, "--json"});
  for (const char* words : {"first.json line 1: /id", "first.json line 1: /name",
                            "second.jsonl line 2: /name", "second.jsonl line 2: /status"}) {
    expect_error(finished, 1, "refused", words);
  }
  expect_nothing_published();
}

TEST_F(RefusedInput, WhatIsNoJsonIsNamedWithItsLine) {
  const std::string text = lunch_club("Right.") + "{\"id\": \"" + lunch_id;
  expect_error(node.moot({"publish", "-", "--json"}, text), 1, "refused", "standard input line 2");
  expect_error(node.moot({"publish", "-", "--json"}, "\xff\xfe{}\n"), 1, "refused",
               "standard input");
  expect_error(node.moot({"publish", "-", "--json"}, ""), 1, "refused", "nothing");
  expect_nothing_published();
}

TEST_F(RefusedInput, ExitCodesTellScriptsWhatHappened) {
  expect_error(node.moot({"frobnicate", "--json"}), 2, "usage", "frobnicate");
  expect_error(node.moot({"status", "--frobnicate", "--json"}), 2, "usage", "frobnicate");
  expect_error(node.moot({"show", "--json"}), 2, "usage", "");
  expect_error(node.moot({"show", "no-uuid", "--json"}), 2, "usage", "no-uuid");

  expect_error(node.moot({"show", lunch_id, "--json"}), 4, "not-found", lunch_id);
  expect_error(node.moot({"log", "nobody", "--json"}), 4, "not-found", "nobody");
  expect_error(node.moot({"publish", "no-such-file.json", "--json"}), 4, "not-found",
               "no-such-file.json");
  expect_error(node.moot({"verify", "no-such-file", "--json"}), 4, "not-found", "no-such-file");
  expect_error(node.moot({"schema", "no-such-kind", "--json"}), 4, "not-found", "no-such-kind");

  EXPECT_EQ(node.stop(), 0);
  expect_error(node.moot({"status", "--json"}), 5, "not-reachable", "mootd");
  expect_error(node.moot({"publish", "-", "--json"}, lunch_club("A meal.")), 5, "not-reachable",
               "mootd");
  expect_error(node.moot({"sync", "--wait", "--json"}), 5, "not-reachable", "mootd");
  // Reading needs no node.
  EXPECT_EQ(node.lines({"log"}).size(), 1U);
}

TEST_F(RefusedInput, ASyncThatIsNotDoneInTimeSaysWhyAndAnswersSix) {
  Node other(folder.path() / "other", "Other");
  const std::string nobody = other.organisation();
  follow(node, nobody);  // by id alone, and no peer carries it
  const Finished finished = node.moot({"sync", nobody, "--wait", "--timeout", "1", "--json"});
  EXPECT_EQ(finished.exit_code, 6);
  const auto answer = nlohmann::json::parse(finished.output);
  EXPECT_EQ(answer.at("complete"), false);
  ASSERT_EQ(answer.at("logs").size(), 1U);
  EXPECT_EQ(answer.at("logs")[0].at("synced"), false);
  EXPECT_NE(answer.at("logs")[0].at("missing"), "");
}

TEST_F(RefusedInput, AHomeThatIsThereIsNotTouchedByInit) {
  const std::string keys = read_file(node.home() / "keys" / "log.key");
  expect_error(node.moot({"init", "Other", "--json"}), 1, "exists", node.organisation());
  EXPECT_EQ(read_file(node.home() / "keys" / "log.key"), keys);
  EXPECT_EQ(node.json({"status"}).at("name"), "Hall Trust");
}

}  // namespace
}  // namespace moot::test

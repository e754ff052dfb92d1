#include "config/config.hpp"

#include <gtest/gtest.h>

namespace moot::config {
namespace {

std::vector<Problem> problems_in(std::string_view text) {
  const auto parsed = parse(text, "config.toml");
  return parsed ? std::vector<Problem>{} : parsed.error();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Config, ComesBackAsItWasWritten) {
  const Config changed{"The \"Hospice\" \\ Tŷ Olwen 🏠",
                       "[::1]:0",
                       "node.example.org:7117",
                       "localhost:80",
                       "debug",
                       false,
                       90 * 60'000,
                       0,
                       24 * 3'600'000,
                       "witnesses.policy",
                       {{"referral", false, 24}, {"service", false, 0}, {"service", true, 1}}};
  for (const Config& config : {Config{}, changed}) {
    const auto parsed = parse(to_text(config), "config.toml");
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(*parsed, config);
  }
}

TEST(Config, IsWrittenWithACommentAtEachKey) {
  const std::string text = to_text(Config{});
  for (const std::string_view key :
       {"name = ", "listen = ", "advertise = ", "serve = ", "level = ", "personal_hold = ",
        "public_hold = ", "scrub_every = ", "policy = "}) {
    const std::size_t at = text.find(std::string("\n") + std::string(key));
    ASSERT_NE(at, std::string::npos) << key;
    EXPECT_EQ(text[text.rfind('\n', at - 1) + 1], '#') << key;
  }
}

TEST(Config, KeepsDefaultsForWhatIsNotThere) {
  const auto parsed = parse("", "config.toml");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, Config{});
  const auto named = parse("node.name = \"A\"\n[log]\nlevel = \"warn\"", "config.toml");
  ASSERT_TRUE(named.has_value());
  EXPECT_EQ(named->name, "A");
  EXPECT_EQ(named->log_level, "warn");
  EXPECT_EQ(named->listen, Config{}.listen);
}

TEST(Config, NamesTheNearestKeyForAnUnknownOne) {
  const auto problems = problems_in("[node]\nlisten = \"a:1\"\nadvertize = \"b:1\"\n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].where, "config.toml line 3: node.advertize");
  EXPECT_TRUE(contains(problems[0].hint, "node.advertise"));
}

TEST(Config, RefusesAnUnknownTableAndANameThatIsNoTable) {
  const auto problems = problems_in("logs = { level = \"info\" }\nnode = 5\nother = 1\n[empty]\n");
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].where, "config.toml line 1: logs.level");
  EXPECT_TRUE(contains(problems[0].hint, "log.level"));
  EXPECT_EQ(problems[1].where, "config.toml line 2: node");
  EXPECT_EQ(problems[1].allowed, "a table");
  EXPECT_EQ(problems[2].where, "config.toml line 3: other");
  EXPECT_EQ(problems[3].where, "config.toml line 4: empty");
}

TEST(Config, RefusesAValueOfAnotherType) {
  for (const std::string value : {"7117", "1.5", "true", "[\"a:1\"]", "{}", "1979-05-27"}) {
    const auto problems = problems_in("[node]\nlisten = " + value + "\n");
    ASSERT_EQ(problems.size(), 1U) << value;
    EXPECT_EQ(problems[0].where, "config.toml line 2: node.listen");
    EXPECT_EQ(problems[0].allowed, "a text in quotes");
    EXPECT_TRUE(contains(problems[0].hint, "0.0.0.0:7117"));
  }
}

TEST(Config, RefusesABadPort) {
  const auto problems = problems_in("[node]\nlisten = \"0.0.0.0:70000\"\nadvertise = \"a:0\"\n");
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].found, "\"0.0.0.0:70000\"");
  EXPECT_TRUE(contains(problems[0].allowed, "[::1]:7117"));
  EXPECT_TRUE(contains(problems[1].allowed, "1 to 65535"));
}

TEST(Config, RefusesChoicesThatDoNotExist) {
  EXPECT_EQ(problems_in("[log]\nlevel = \"loud\"\n").size(), 1U);
  EXPECT_EQ(problems_in("[sync]\nserve = \"none\"\n").size(), 1U);
  EXPECT_EQ(problems_in("[node]\nname = \"two\\nlines\"\n").size(), 1U);
}

TEST(Config, ReadsSpansOfTimeAsPeopleWriteThem) {
  const auto parsed = parse(
      "[erase]\npersonal_hold = \"30m\"\npublic_hold = \"0s\"\n[store]\nscrub_every = "
      "\"2d\"\n",
      "config.toml");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->personal_hold_ms, 30 * 60'000);
  EXPECT_EQ(parsed->public_hold_ms, 0);
  EXPECT_EQ(parsed->scrub_every_ms, 2 * 86'400'000);
  for (const char* bad : {"24", "h", "-1h", "1.5h", "1w", "", "24 h", "99999999d"}) {
    const auto problems = problems_in("[erase]\npublic_hold = \"" + std::string(bad) + "\"\n");
    ASSERT_EQ(problems.size(), 1U) << bad;
    EXPECT_TRUE(contains(problems[0].allowed, "24h"));
  }
  EXPECT_EQ(problems_in("[store]\nscrub_every = \"0s\"\n").size(), 1U);
}

TEST(Config, ReadsRetentionRulesInBothSpellings) {
  const auto parsed = parse(
      "[retention]\nservice.personal = \"6 months\"\n\"referral.public\" = \"24 months\"\n"
      "[retention.organization]\npublic = \"1 month\"\npersonal = \"0 months\"\n",
      "config.toml");
  ASSERT_TRUE(parsed.has_value());
  const std::vector<RetentionRule> expected = {{"organization", false, 1},
                                               {"organization", true, 0},
                                               {"referral", false, 24},
                                               {"service", true, 6}};
  EXPECT_EQ(parsed->retention, expected);
  EXPECT_TRUE(problems_in("[retention]\n").empty());
  EXPECT_TRUE(problems_in("[retention]\nservice.public = \"1200 months\"\n").empty());
}

TEST(Config, RefusesRetentionRulesThatWouldDoNothing) {
  for (const std::string value : {"\"6\"", "6", "\"6 years\"", "\"6months\"", "\"-1 months\"",
                                  "\"1201 months\"", "\"99999999999 months\"", "\"\"", "true"}) {
    const auto problems = problems_in("[retention]\nservice.personal = " + value + "\n");
    ASSERT_EQ(problems.size(), 1U) << value;
    EXPECT_EQ(problems[0].where, "config.toml line 2: retention.service.personal");
    EXPECT_TRUE(contains(problems[0].allowed, "1200 months"));
  }
  for (const std::string key : {"service", "service.private", "\"service.\"", "\".public\"",
                                "\"Service.public\"", "service.public.all", "\"a.b.public\""}) {
    EXPECT_EQ(problems_in("[retention]\n" + key + " = \"6 months\"\n").size(), 1U) << key;
  }
  const auto slip = problems_in("[retention]\nservices.personal = \"6 months\"\n");
  ASSERT_EQ(slip.size(), 1U);
  EXPECT_EQ(slip[0].hint, "did you mean service?");
  const auto twice = problems_in(
      "[retention]\nservice.public = \"6 months\"\n\"service.public\" = \"7 months\"\n");
  ASSERT_EQ(twice.size(), 1U);
  EXPECT_TRUE(contains(twice[0].found, "second rule"));
  EXPECT_EQ(problems_in("retention = \"6 months\"\n").size(), 1U);
}

TEST(Config, ReportsAllProblemsInTheOrderOfTheFile) {
  const auto problems = problems_in(
      "[sync]\nserve = 1\n[node]\nwhat = 1\nlisten = \"x\"\n[log]\nlevel = \"x\"\n[http]\nport = "
      "1\n");
  ASSERT_EQ(problems.size(), 5U);
  EXPECT_EQ(problems[0].where, "config.toml line 2: sync.serve");
  EXPECT_EQ(problems[1].where, "config.toml line 4: node.what");
  EXPECT_EQ(problems[2].where, "config.toml line 5: node.listen");
  EXPECT_EQ(problems[3].where, "config.toml line 7: log.level");
  EXPECT_EQ(problems[4].where, "config.toml line 9: http.port");
}

TEST(Config, NamesTheLineOfASyntaxFault) {
  const auto problems = problems_in("[node]\nname = The Hospice\n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(contains(problems[0].where, "config.toml line 2"));
  EXPECT_FALSE(problems[0].found.empty());
  EXPECT_EQ(problems_in("a = 1\na = 2\n").size(), 1U);
  EXPECT_EQ(problems_in("x = \"\xff\"").size(), 1U);
}

TEST(Config, RefusesHeadingsThatNoKeyFollows) {
  for (const std::string_view text :
       {"[[[1]]]", "[[[a]]]", "[[=", "[=]", "[", "[[", "[[a", "[.a]"}) {
    EXPECT_EQ(problems_in(text).size(), 1U) << text;
  }
}

TEST(Config, RefusesLettersOutsideQuotes) {
  for (const std::string_view text : {"é = 1", "[nodé]", "node.é = 1", "a = é", "a é = 1", "ҏ"}) {
    EXPECT_EQ(problems_in(text).size(), 1U) << text;
  }
  EXPECT_TRUE(problems_in("# é\n[node]\nname = \"é\" # é\n").empty());
}

TEST(Config, ShortensWhatItShows) {
  const auto problems = problems_in("[node]\nlisten = \"" + std::string(5000, 'x') + "\"\n" +
                                    std::string(5000, 'k') + " = 1\n");
  ASSERT_EQ(problems.size(), 2U);
  for (const Problem& problem : problems) {
    EXPECT_LT(problem.found.size(), 100U);
    EXPECT_LT(problem.where.size(), 130U);
  }
}

TEST(Config, ChecksValuesThatCameFromElsewhere) {
  EXPECT_TRUE(check(Config{}).empty());
  Config bad;
  bad.name = "two\nlines";
  bad.listen = "7117";
  bad.retention = {{"no kind", false, 1}, {"service", true, 1201}};
  const auto problems = check(bad);
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].where, "node.name");
  EXPECT_EQ(problems[1].where, "node.listen");
}

TEST(Config, WritesATextThatReadsEvenForAnOddName) {
  Config config;
  config.name = "\xff\xc3 \x7f \xed\xa0\x80 end";
  const auto problems = problems_in(to_text(config));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(contains(problems[0].where, "node.name"));
  EXPECT_EQ(problems[0].allowed, "a text on one line, at most 200 bytes");
}

}  // namespace
}  // namespace moot::config

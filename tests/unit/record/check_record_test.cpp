#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "record/kinds.hpp"
#include "records_for_tests.hpp"

namespace moot::record {
namespace {

using nlohmann::json;

std::vector<Problem> check(std::string_view kind, const json& record) {
  return check_record(kind, record.dump(), "here");
}

/// A service with a value at a path, and the one problem that this makes.
void expect_problem(const std::string& path, const json& value, std::string_view found,
                    std::string_view allowed, std::string_view hint = "") {
  json service = a_service(1);
  service["schedules"] = json::array({{{"id", uuid(2)}}});
  service["service_at_locations"] = json::array(
      {{{"id", uuid(3)}, {"location", {{"id", uuid(4)}, {"location_type", "physical"}}}}});
  EXPECT_EQ(words(check("service", service)), "");
  service[json::json_pointer(path)] = value;
  const auto problems = check("service", service);
  ASSERT_EQ(problems.size(), 1U) << path << ' ' << value << '\n' << words(problems);
  EXPECT_EQ(problems[0].where, "here: " + path);
  EXPECT_EQ(problems[0].found, found);
  EXPECT_TRUE(problems[0].allowed.starts_with(allowed)) << problems[0].allowed;
  EXPECT_EQ(problems[0].hint, hint) << path;
}

TEST(CheckRecord, TakesTheLeastThatEachKindNeeds) {
  const json named = {{"id", uuid(1)}, {"name", "n"}, {"description", "d"}};
  EXPECT_EQ(words(check("organization", named)), "");
  EXPECT_EQ(words(check("taxonomy", named)), "");
  EXPECT_EQ(words(check("taxonomy_term", named)), "");
  EXPECT_EQ(words(check("service", a_service(1))), "");
  EXPECT_EQ(words(check("location", {{"id", uuid(1)}, {"location_type", "virtual"}})), "");
  EXPECT_EQ(words(check("service_at_location", {{"id", uuid(1)}})), "");
}

TEST(CheckRecord, NamesEveryMissingField) {
  for (const std::string_view kind : known_kinds()) {
    const json schema = json::parse(*schema_text(kind));
    const auto problems = check_record(kind, "{}", "here");
    ASSERT_EQ(problems.size(), schema["required"].size()) << kind;
    for (const json& name : schema["required"]) {
      const auto is_it = [&](const Problem& p) {
        return p.where == "here: /" + name.get<std::string>();
      };
      EXPECT_EQ(std::count_if(problems.begin(), problems.end(), is_it), 1) << kind << name;
    }
    for (const Problem& problem : problems) EXPECT_EQ(problem.found, "nothing");
  }
}

TEST(CheckRecord, SaysWhatWasFoundAndWhatIsAllowed) {
  const std::string leave_out = "Leave the field out when there is nothing to say.";
  expect_problem("/id", "org_3557", "text \"org_3557\"", "a UUID such as",
                 "moot import makes UUIDs from local ids.");
  expect_problem("/status", "open", "text \"open\"",
                 "one of active, inactive, defunct, temporarily closed");
  expect_problem("/status", "Active", "text \"Active\"", "one of active", "Write \"active\".");
  expect_problem("/name", nullptr, "null", "text", leave_out);
  expect_problem("/name", 12, "the number 12", "text", "Put it in quotation marks.");
  expect_problem("/name", true, "true", "text");
  expect_problem("/unheard_of", nullptr, "null", "any value but null", leave_out);
  expect_problem("/url", "www.example.org", "text \"www.example.org\"", "a web address",
                 "Put https:// in front.");
  expect_problem("/email", "office at example", "text \"office at example\"", "an e-mail address");
  expect_problem("/email", "", "empty text", "an e-mail address",
                 "Leave the field out if it has no value.");
  expect_problem("/assured_date", "01/02/2024", "text \"01/02/2024\"", "a day such as",
                 "Write year, month and day in this order.");
  expect_problem("/assured_date", "2024-02-01T00:00:00Z", "text \"2024-02-01T00:00:00Z\"",
                 "a day such as", "Leave out the time: \"2024-02-01\".");
  expect_problem("/last_modified", "2024-02-01T00:00:00", "text \"2024-02-01T00:00:00\"",
                 "a day and time with its zone", "Add the zone: a Z at the end when it is UTC.");
  expect_problem("/minimum_age", -1, "the number -1", "a number not below 0");
  expect_problem("/minimum_age", "18", "text \"18\"", "a number not below 0",
                 "Take away the quotation marks.");
  expect_problem("/phones", json::object(), "an object without fields", "a list",
                 "Put [ ] around it.");
  expect_problem("/organization", json::array(), "an empty list", "an object");
  expect_problem("/organization", "Hall Trust", "text \"Hall Trust\"", "an object");
  expect_problem("/schedules/0/opens_at", "25:00", "text \"25:00\"",
                 "a time of day from 00:00 to 23:59");
  expect_problem("/schedules/0/opens_at", "9:30", "text \"9:30\"", "a time of day",
                 "Write \"09:30\".");
  expect_problem("/schedules/0/freq", "DAILY", "text \"DAILY\"", "one of WEEKLY, MONTHLY");
  expect_problem("/service_at_locations/0/location/longitude", 530000, "the number 530000",
                 "a number from -180 to 180", "Degrees are wanted, not metres of a grid.");
}

TEST(CheckRecord, RefusesNullHoweverDeep) {
  json service = a_service(1);
  service["unheard_of"] = json::array({1, {{"deep", nullptr}}});
  const auto problems = check("service", service);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].where, "here: /unheard_of/1/deep");
}

TEST(CheckRecord, ReportsAllProblemsOfARecord) {
  const json service = {
      {"id", "x"},
      {"status", "open"},
      {"phones", json::array({{{"id", uuid(2)}}, {{"id", 3}, {"number", "1"}}, "01632 960123"})}};
  EXPECT_EQ(
      words(check("service", service)),
      "here: /id | text \"x\" | a UUID such as 7a1f0c1e-52d8-4e0b-9c37-0d5b6f1a2e3c | moot import "
      "makes UUIDs from "
      "local ids.\n"
      "here: /phones/0/number | nothing | text | \n"
      "here: /phones/1/id | the number 3 | a UUID such as 7a1f0c1e-52d8-4e0b-9c37-0d5b6f1a2e3c | "
      "Put it in quotation "
      "marks.\n"
      "here: /phones/2 | text \"01632 960123\" | an object, in { } | \n"
      "here: /status | text \"open\" | one of active, inactive, defunct, temporarily closed | \n"
      "here: /name | nothing | text | \n");
}

TEST(CheckRecord, RefusesAFieldTwiceAlsoWhenItIsSpelledOtherwise) {
  const std::string start = R"({"id":")" + uuid(1) + R"(","name":"n","status":"active",)";
  for (const auto& [rest, path] : std::vector<std::pair<std::string, std::string>>{
           {R"("status":"active"})", "/status"},
           {R"("st\u0061tus":"active"})", "/status"},
           {R"("x":1,"y":2,"x":1})", "/x"},
           {R"("x":{"a":1,"b":{},"a":1}})", "/x/a"},
           {R"("phones":[{"id":")" + uuid(2) + R"(","number":"1","number":"2"}]})",
            "/phones/0/number"}}) {
    const auto problems = check_record("service", start + rest, "");
    ASSERT_EQ(problems.size(), 1U) << rest << words(problems);
    EXPECT_EQ(problems[0].where, path);
    EXPECT_EQ(problems[0].found, "the field twice");
  }
}

TEST(CheckRecord, AllowsFieldsThatNobodyKnows) {
  json service = a_service(1);
  service["moot:note"] = {{"a", json::array({1, "x", true, json::object()})}, {"", 1.5}};
  EXPECT_EQ(words(check("service", service)), "");
}

TEST(CheckRecord, KnowsTheFieldsOfBothStandards) {
  EXPECT_EQ(
      check("taxonomy_term", {{"id", uuid(1)}, {"name", "n"}, {"description", "d"}, {"term", 5}})
          .size(),
      1U);
  EXPECT_EQ(
      check("taxonomy_term", {{"id", uuid(1)}, {"name", "n"}, {"description", "d"}, {"code", 5}})
          .size(),
      1U);
  const json broken = {{"id", uuid(1)},
                       {"service", {{"id", uuid(2)}, {"name", "n"}, {"status", "shut"}}}};
  EXPECT_EQ(check("service_at_location", broken).size(), 1U);
}

TEST(CheckRecord, ObjectsMayNestInThemselvesDownToTheLimit) {
  // Each round of service and service_at_location is three levels: two objects and a list.
  const auto nested = [](int rounds) {
    json service = a_service(0);
    for (int i = 1; i <= rounds; ++i) {
      json outer = a_service(i);
      outer["service_at_locations"] = json::array({{{"id", uuid(100 + i)}, {"service", service}}});
      service = outer;
    }
    return service;
  };
  EXPECT_EQ(words(check("service", nested(21))), "");  // 1 + 3 * 21 = 64 levels
  const auto problems = check("service", nested(22));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].allowed.starts_with("at most 64")) << words(problems);
}

TEST(CheckRecord, TextOfStrangersIsShortAndHarmlessInMessages) {
  json service = a_service(1);
  service["status"] = "\x1b[31m" + std::string(5000, 'x');
  service["\x1b" + std::string(5000, 'y')] = nullptr;
  const auto problems = check("service", service);
  ASSERT_EQ(problems.size(), 2U);
  for (const Problem& problem : problems) {
    EXPECT_LE(problem.found.size(), 80U);
    EXPECT_LE(problem.where.size(), 100U);
    EXPECT_EQ(words({problem}).find('\x1b'), std::string::npos);
  }
}

TEST(CheckRecord, SyntaxErrorsHaveALineAndAColumn) {
  const auto problems = check_record("service", "{\"id\":\n \"\xc3\xa9\", }", "here");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].where, "here line 2 column 7");
  EXPECT_EQ(problems[0].hint, "Take away the comma before the }.");
}

TEST(CheckRecord, RefusesWhatIsNoSingleRecord) {
  EXPECT_EQ(check_record("service", "", "").size(), 1U);
  EXPECT_EQ(check_record("service", "[]", "").size(), 1U);
  EXPECT_EQ(check_record("service", "12", "").size(), 1U);
  EXPECT_EQ(check_record("service", "null", "").size(), 1U);
  EXPECT_EQ(check_record("service", R"({"contents":[]})", "").size(), 1U);
  EXPECT_EQ(check_record("service", a_service(1).dump() + a_service(2).dump(), "").size(), 1U);
  EXPECT_EQ(check_record("Service", a_service(1).dump(), "").size(), 1U);
}

TEST(CheckRecord, RefusesARecordThatIsTooLarge) {
  json service = a_service(1);
  service["description"] = "";
  const std::size_t without = service.dump().size();
  service["description"] = std::string(limits::body_bytes_max - without, 'x');
  EXPECT_EQ(words(check("service", service)), "");
  service["description"] = std::string(limits::body_bytes_max - without + 1, 'x');
  EXPECT_EQ(check("service", service).size(), 1U);
}

TEST(CheckRecord, HalfASurrogatePairIsNoText) {
  json service = a_service(1);
  std::string text = service.dump();
  text.insert(text.size() - 1, R"(,"alert":"\ud83d\ude00 \\ud800")");
  EXPECT_EQ(words(check_record("service", text, "")), "");
  for (const auto* half : {"\\udc00", "\\ud83d", "\\ud83d\\u0041", "\\ud83dx", "\\ude00\\ud83d"}) {
    std::string wrong = text;
    wrong.insert(wrong.size() - 1, R"(,"fees":")" + std::string(half) + '"');
    const auto problems = check_record("service", wrong, "");
    ASSERT_EQ(problems.size(), 1U) << half;
    EXPECT_TRUE(problems[0].allowed.starts_with("a character")) << words(problems);
  }
}

TEST(CheckRecord, UnknownKindsNeedAnIdAndNoMore) {
  EXPECT_EQ(words(check("outcome", {{"id", uuid(1)}, {"x", nullptr}, {"status", 5}})), "");
  for (const auto& [record, path] : std::vector<std::pair<std::string, std::string>>{
           {"{}", "/id"},
           {R"({"id":5})", "/id"},
           {R"({"id":"x"})", "/id"},
           {R"({"id":")" + uuid(1) + R"(","id":")" + uuid(2) + R"("})", "/id"}}) {
    const auto problems = check_record("outcome", record, "");
    ASSERT_EQ(problems.size(), 1U) << record;
    EXPECT_EQ(problems[0].where, path);
  }
}

}  // namespace
}  // namespace moot::record

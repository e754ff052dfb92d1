#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "record/report.hpp"
#include "records_for_tests.hpp"

namespace moot::record {
namespace {

using nlohmann::json;

/// The bodies in `text` must be exactly these, on these lines.
void expect_records(const std::string& text, const std::vector<std::string>& bodies,
                    const std::vector<std::uint32_t>& lines) {
  const ReadResult result = read(text);
  EXPECT_EQ(words(result.problems), "") << text;
  ASSERT_EQ(result.records.size(), bodies.size()) << text;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    EXPECT_EQ(result.records[i].body, bodies[i]);
    EXPECT_EQ(result.records[i].kind, "service");
    EXPECT_EQ(result.records[i].line, lines[i]);
    EXPECT_EQ(to_string(result.records[i].id), json::parse(bodies[i])["id"].get<std::string>());
  }
}

/// Written as nobody would write it again: a body is not what a parser makes of it.
std::string odd(int number) {
  return "{ \"status\":\n\t\"active\" ,\"name\":\"caf\\u00e9 \\/ caf\xc3\xa9 }{\" , "
         "\"minimum_age\": 1.50e1,\r\n\"id\":\"" +
         uuid(number) + "\"}";
}

TEST(ReadRecords, TakesEveryFormOfInputAndKeepsItsBytes) {
  const std::string a = odd(1);
  const std::string b = a_service(2).dump();
  const std::string c = a_service(3).dump(2);
  expect_records(a, {a}, {1});
  expect_records("\xef\xbb\xbf" + a, {a}, {1});
  expect_records("\n \t\r\n" + a + "\n\n", {a}, {3});
  expect_records("[" + a + "," + b + "]", {a, b}, {1, 3});
  expect_records("[\n" + a + "\n,\n\n" + b + " ]\n", {a, b}, {2, 7});
  expect_records(b + "\n\n" + b.substr(0, 0) + a_service(4).dump() + "\r\n" + a,
                 {b, a_service(4).dump(), a}, {1, 3, 4});
  expect_records(c + "\n" + a_service(4).dump(2), {c, a_service(4).dump(2)}, {1, 6});
  expect_records(
      R"({"total_items":2,"total_pages":1,"page_number":1,"size":2,"first_page":true,"last_page":true,
 "empty":false,"contents":[)" +
          a + ",\n" + b + R"(],"more":{"contents":[]}})",
      {a, b}, {2, 5});
  expect_records("{\"contents\":[" + a + "]}\n{\"contents\":[" + b + "]}", {a, b}, {1, 4});
  expect_records("[{\"contents\":[" + a + "]},{\"contents\":[]}]", {a}, {1});
  expect_records("[]", {}, {});
  expect_records("{\"contents\":[ ],\"empty\":true}", {}, {});
}

TEST(ReadRecords, AnIdMakesARecordOfAnObjectWithContents) {
  json service = a_service(1);
  service["contents"] = json::array({a_service(2)});
  expect_records(service.dump(), {service.dump()}, {1});
}

TEST(ReadRecords, CountsSourcesFromZero) {
  const std::vector<Source> sources = {
      {"a", a_service(1).dump()}, {"b", "[]"}, {"-", "\n" + a_service(2).dump()}};
  const ReadResult result = read_records(sources, {});
  ASSERT_EQ(result.records.size(), 2U) << words(result.problems);
  EXPECT_EQ(result.records[0].source, 0U);
  EXPECT_EQ(result.records[1].source, 2U);
  EXPECT_EQ(result.records[1].line, 2U);
}

TEST(ReadRecords, NamesTheLineOfTheValueItself) {
  json service = a_service(1);
  service["phones"] =
      json::array({{{"id", uuid(2)}, {"number", "1"}}, {{"id", uuid(3)}, {"number", 2}}});
  const std::string text = "[\n" + a_service(9).dump(2) + ",\n" + service.dump(2) + "\n]";
  const ReadResult result = read(text);
  ASSERT_EQ(result.problems.size(), 1U);
  const std::string before = text.substr(0, text.find("\"number\": 2"));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  EXPECT_EQ(result.problems[0].where,
            "in.json line " + std::to_string(line) + ": /phones/1/number");
}

TEST(ReadRecords, StandardInputIsCalledSo) {
  const std::vector<Source> sources = {{"-", "{}"}};
  EXPECT_TRUE(read_records(sources, {}).problems.at(0).where.starts_with("standard input line 1"));
}

TEST(ReadRecords, ABadLineDoesNotHideTheOthers) {
  const std::string good = a_service(1).dump();
  const std::string text = good + "\n{\"id\": 5,}\nnonsense\n" + a_service(2).dump() +
                           "\n{\"id\":\"unended\n" + R"({"id":"x","name":"n","status":"active"})" +
                           "\n" + a_service(3).dump() + "\n";
  const ReadResult result = read(text);
  EXPECT_EQ(result.records.size(), 3U);
  ASSERT_EQ(result.problems.size(), 3U) << words(result.problems);
  EXPECT_EQ(result.problems[0].where, "in.json line 2 column 10");
  EXPECT_EQ(result.problems[1].where, "in.json line 5 column 15");
  EXPECT_EQ(result.problems[2].where, "in.json line 6: /id");
}

// Each line begins an object that only ends at the end of the text, or never: reading must not go
// over all of it for each.
TEST(ReadRecords, NestedRubbishCostsABoundedTime) {
  std::string open;
  std::string close;
  for (int i = 0; i < 200'000; ++i) {
    open += "{\n";
    close += "}";
  }
  for (const std::string& text : {open, open + close}) {
    const ReadResult result = read(text);
    EXPECT_LT(result.problems.size(), 20U);
    EXPECT_EQ(result.problems.back().hint, "What follows was not read.");
  }
}

TEST(ReadRecords, SaysWhatIsWrongBetweenRecords) {
  const std::string a = a_service(1).dump();
  const std::string b = a_service(2).dump();
  for (const auto& [text, where, allowed, hint] : std::vector<std::array<std::string, 4>>{
           {"[" + a + ",]", "line 1 column " + std::to_string(a.size() + 3), "a JSON object",
            "Take away the comma before the ]."},
           {"[" + std::string(a).append("\n").append(b) + "]", "line 2 column 1", "a comma or ]",
            ""},
           {"[" + a, "line 1 column " + std::to_string(a.size() + 2), "a comma or ]", ""},
           {"[" + a + ",5]", "line 1 column " + std::to_string(a.size() + 3), "a JSON object", ""},
           {a + ",\n" + b, "line 1 column " + std::to_string(a.size() + 1), "the end of the line",
            "Put [ ] around all records if commas stand between them."},
           {a + b, "line 1 column " + std::to_string(a.size() + 1), "the end of the line", ""},
           {"id,name\n1,Food bank\n", "line 1 column 1", "a JSON object, or a list of objects",
            "A table is read by moot import csv."},
           {R"({"contents":[)" + a + "]", "line 1 column " + std::to_string(a.size() + 15),
            "a comma or }", ""},
           {R"({"contents":[)" + a + R"(],"a":1,"a":2})", "line 1: /a", "each field once", ""},
           {R"({"contents":[],"contents":[)" + a + R"(]})", "line 1: /contents", "each field once",
            ""},
           {R"({"contents":[{"contents":[]}]})", "line 1", "a record", ""},
           {R"({"conten\u0074s":[]})", "line 1", "a list in its field contents", ""}}) {
    const ReadResult result = read(text);
    ASSERT_EQ(result.problems.size(), 1U) << text << '\n' << words(result.problems);
    EXPECT_EQ(result.problems[0].where, "in.json " + where) << text;
    EXPECT_EQ(result.problems[0].allowed, allowed) << text;
    EXPECT_EQ(result.problems[0].hint, hint) << text;
  }
}

TEST(ReadRecords, AnEmptyFileIsAProblem) {
  for (const auto* text : {"", " \n\t\r\n", "\xef\xbb\xbf"}) {
    const ReadResult result = read(text);
    ASSERT_EQ(result.problems.size(), 1U);
    EXPECT_EQ(result.problems[0].where, "in.json");
  }
  EXPECT_TRUE(read_records({}, {}).problems.empty());
}

TEST(ReadRecords, TellsTheKindFromTheFields) {
  const json id = {{"id", uuid(1)}, {"name", "n"}, {"description", "d"}};
  const auto with = [&id](std::initializer_list<std::string> fields) {
    json object = id;
    for (const std::string& field : fields) object[field] = "x";
    return object;
  };
  // Values are wrong on purpose: a record is told by its fields also when it has problems, which
  // then name the kind's rules.
  const auto kind_of = [](const json& object) {
    const ReadResult result = read(object.dump());
    return result.problems.empty() ? result.records.at(0).kind : words(result.problems);
  };
  EXPECT_EQ(kind_of({{"id", uuid(1)}, {"name", "n"}, {"status", "active"}}), "service");
  EXPECT_EQ(kind_of({{"id", uuid(1)}, {"location_type", "virtual"}}), "location");
  EXPECT_EQ(kind_of({{"id", uuid(1)}, {"service_id", uuid(2)}, {"location_id", uuid(3)}}),
            "service_at_location");
  EXPECT_EQ(kind_of(with({"tax_id"})), "organization");
  EXPECT_EQ(kind_of(with({"logo"})), "organization");
  EXPECT_EQ(kind_of(with({"version"})), "taxonomy");
  EXPECT_EQ(kind_of(with({"code"})), "taxonomy_term");
  json organization = id;
  organization["email"] = "a@b.co";  // services have one too, but would need a status
  EXPECT_EQ(kind_of(organization), "organization");
  json service =
      with({"application_process", "fees"});  // no status: still a service, with a problem
  EXPECT_NE(kind_of(service).find("/status | nothing | one of active"), std::string::npos);
  EXPECT_NE(kind_of(service).find("Taken for a record of kind service"), std::string::npos);
}

TEST(ReadRecords, AsksForTheKindWhenItCannotBeTold) {
  json object = {{"id", uuid(1)}, {"name", "n"}, {"description", "d"}};
  ReadResult result = read(object.dump());
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].where, "in.json line 1");
  EXPECT_NE(result.problems[0].hint.find("--kind"), std::string::npos);
  object["uri"] = "https://example.org";
  result = read(object.dump());
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].hint,
            "Say which it is with --kind organization or --kind taxonomy.");
  EXPECT_EQ(read(object.dump(), "organization").records.at(0).kind, "organization");
  EXPECT_EQ(read(object.dump(), "taxonomy").records.at(0).kind, "taxonomy");
}

TEST(ReadRecords, SaysHowToUnwrapRecords) {
  const ReadResult result =
      read(R"({"organization":{"id":"x"},"services":[{"id":"y"}],"total":2})");
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(
      result.problems[0].hint,
      "The records seem to be inside it; jq -c '.organization, .services[]' FILE takes them out.");
}

TEST(ReadRecords, UnknownKindsPassThrough) {
  const std::string text = R"({"id":")" + uuid(1) + R"(","x":null})";
  const ReadResult result = read(text, "commitment");
  ASSERT_EQ(result.records.size(), 1U) << words(result.problems);
  EXPECT_EQ(result.records[0].kind, "commitment");
  EXPECT_EQ(result.records[0].body, text);
  EXPECT_EQ(read("{\"contents\":[" + text + "]}", "commitment").records.size(), 1U);
  EXPECT_EQ(read(text, "Commitment").problems.size(), 1U);
  EXPECT_EQ(read(text, std::string(33, 'a')).problems.at(0).where, "--kind");
}

TEST(ReadRecords, AnIdComesOnlyOnceInACall) {
  json other_case = a_service(1);
  other_case["id"] = "7A1F0C1E-52D8-4E0B-9C37-000000000001";
  const std::vector<Source> sources = {{"a.json", a_service(1).dump() + "\n" + a_service(2).dump()},
                                       {"b.json", "\n" + other_case.dump()}};
  const ReadResult result = read_records(sources, {});
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].where, "b.json line 2: /id");
  EXPECT_NE(result.problems[0].found.find("a.json line 1"), std::string::npos);
}

TEST(ReadRecords, ReportsSoManyProblemsAndCountsTheRest) {
  std::string text;
  for (std::size_t i = 0; i < limits::problems_reported_max + 7; ++i) text += "{}\n";
  const ReadResult result = read(text, "service_at_location");
  ASSERT_EQ(result.problems.size(), limits::problems_reported_max + 1);
  EXPECT_EQ(result.problems.back().found, "7 more problems");
}

TEST(ReadRecords, RefusesTooManyRecordsAndTooManyBytes) {
  std::string text;
  for (std::size_t i = 0; i < limits::publish_records_max; ++i) {
    text += "{\"id\":\"" + uuid(static_cast<int>(i)) + "\"}\n";
  }
  EXPECT_EQ(read(text, "thing").records.size(), limits::publish_records_max);
  text += "{\"id\":\"" + uuid(999'999) + "\"}\n{\"id\":5}\n";
  const ReadResult result = read(text, "thing");
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_TRUE(result.problems[0].allowed.starts_with("at most 100000 records"));
  const std::string half(limits::publish_bytes_max / 2, ' ');
  const std::vector<Source> sources = {{"a", half}, {"b", half + " "}};
  ASSERT_EQ(read_records(sources, {}).problems.size(), 1U);
  EXPECT_EQ(read_records(sources, {}).problems[0].found, "65 MiB");
}

TEST(ReadRecords, PagesMayBeLargerThanRecords) {
  std::string text = "{\"total_items\":3000,\n\"contents\":[";
  for (int i = 0; i < 3000; ++i) {
    json service = a_service(i);
    service["description"] = std::string(500, 'd');
    text += (i == 0 ? "\n" : ",\n") + service.dump();
  }
  ASSERT_GT(text.size(), limits::body_bytes_max);
  const ReadResult good = read(text + "],\n\"size\":3000}");
  EXPECT_EQ(good.records.size(), 3000U) << words(good.problems);
  EXPECT_EQ(good.records.at(2999).line, 3002U);
  const ReadResult bad = read(text + "],\n\"size\":3000,}");
  ASSERT_EQ(bad.problems.size(), 1U);
  EXPECT_EQ(bad.problems[0].where, "in.json line 3003 column 13");
  json large = a_service(1);
  large["description"] = std::string(limits::body_bytes_max, 'd');
  large["contents"] = json::array();
  EXPECT_TRUE(read(large.dump()).problems.at(0).found.starts_with("a record of "));
}

TEST(Report, KeepsNoMoreThanItsLimit) {
  Report report;
  std::size_t built = 0;
  for (std::size_t i = 0; i < limits::problems_reported_max * 3; ++i) {
    report.add([&built] {
      ++built;
      return Problem{};
    });
  }
  EXPECT_EQ(built, limits::problems_reported_max);
  EXPECT_EQ(report.count(), limits::problems_reported_max * 3);
}

}  // namespace
}  // namespace moot::record

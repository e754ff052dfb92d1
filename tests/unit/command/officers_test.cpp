#include "command/officers.hpp"

#include <fstream>

#include "call.hpp"
#include "command/officers_advice.hpp"
#include "log/rotation.hpp"

namespace moot::command {
namespace {

crypto::PublicKeyBytes key_of(std::uint8_t filling) {
  FixedBytes<32> seed;
  seed.fill(filling);
  return crypto::SigningKey::from_seed(seed).public_key().bytes();
}

std::string text_of_key(std::uint8_t filling) { return log::reserve_key_text(key_of(filling)); }

Officer an_officer(const std::string& name, std::uint8_t filling) {
  return {.name = name,
          .key = key_of(filling),
          .role = "treasurer",
          .until = "2027-03-31",
          .note = {},
          .last_drill = "2024-02-29"};
}

log::Establish decided_by(std::initializer_list<std::uint8_t> fillings, std::uint8_t threshold) {
  log::Establish event;
  event.threshold_next = threshold;
  for (const std::uint8_t filling : fillings) {
    event.next_digests.push_back(log::reserve_digest(key_of(filling)));
  }
  return event;
}

TEST(OfficersFile, ComesBackFromItsText) {
  Officers officers;
  officers.threshold = 2;
  officers.officers = {an_officer("Ann", 1), an_officer("Bea", 2)};
  officers.known = {an_officer("", 3)};
  officers.hosting = "VPS";
  officers.request = "/tmp/change.txt";
  const auto again = parse_officers(to_json_text(officers));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, officers);
  EXPECT_EQ(officers.find(key_of(3)), &officers.known[0]);
  EXPECT_EQ(officers.find_by_digest(log::reserve_digest(key_of(2))), &officers.officers[1]);
  EXPECT_EQ(officers.find(key_of(9)), nullptr);
}

TEST(OfficersFile, RefusesWhatIsNotAsItMustBe) {
  Officers officers;
  officers.officers = {an_officer("Ann", 1)};
  const std::string text = to_json_text(officers);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string out = text;
    const std::size_t at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return parse_officers(out.replace(at, from.size(), to)).has_value();
  };
  EXPECT_TRUE(with("treasurer", "chair"));
  EXPECT_FALSE(with("officers/v1", "officers/v2"));
  EXPECT_FALSE(with("\"threshold\": 1", "\"threshold\": 0"));
  EXPECT_FALSE(with("\"threshold\": 1", "\"threshold\": 17"));
  EXPECT_FALSE(with("\"threshold\": 1", "\"threshold\": \"1\""));
  EXPECT_FALSE(with("2027-03-31", "2027-02-30"));
  EXPECT_FALSE(with("mootpub1", "mootpub1q"));
  EXPECT_FALSE(with("\"Ann\"", "7"));
  EXPECT_FALSE(with("\"role\"", "\"rule\""));
  EXPECT_FALSE(with("\"known\": []", "\"known\": {}"));
  EXPECT_FALSE(parse_officers(""));
  EXPECT_FALSE(parse_officers("[]"));
  officers.known = {an_officer("Ann", 1)};
  EXPECT_FALSE(parse_officers(to_json_text(officers)));  // one key twice
}

TEST(OfficersAdvice, LeadsFromOneToTwoOfThree) {
  const auto today_event = decided_by({1}, 1);
  Officers officers;
  officers.officers = {an_officer("sheet", 1)};
  const auto step = [&] { return next_step(today_event, officers, {}); };
  EXPECT_NE(step().find("moot keys make"), std::string::npos) << step();
  officers.officers.push_back(an_officer("Ann", 2));
  EXPECT_NE(step().find("third officer"), std::string::npos) << step();
  officers.officers.push_back(an_officer("Bea", 3));
  EXPECT_NE(step().find("moot officers threshold 2"), std::string::npos) << step();
  officers.threshold = 2;
  EXPECT_NE(step().find("moot keys rotate"), std::string::npos) << step();
  OpenChange open{.request = "r.txt", .missing = 1};
  EXPECT_NE(next_step(today_event, officers, open).find("moot keys sign r.txt"), std::string::npos);
  open.missing = 0;
  EXPECT_NE(next_step(today_event, officers, open).find("moot keys apply r.txt"),
            std::string::npos);
  open.missing.reset();
  EXPECT_NE(next_step(today_event, officers, open).find("moot keys cancel"), std::string::npos);
  EXPECT_NE(next_step(decided_by({1, 2, 3}, 2), officers, {}).find("Nothing"), std::string::npos);
}

TEST(OfficersAdvice, AsksForKeysThatAreNotKnown) {
  Officers officers;
  officers.officers = {an_officer("a", 5), an_officer("b", 6), an_officer("c", 7)};
  officers.threshold = 2;
  const auto today_event = decided_by({1, 2}, 2);
  EXPECT_NE(next_step(today_event, officers, {}).find("moot officers known"), std::string::npos);
  EXPECT_EQ(warnings(today_event, officers, "2026-01-01").size(), 1U);
}

TEST(OfficersAdvice, MindsTermsAndDrills) {
  Officers officers;
  officers.officers = {an_officer("Ann", 1)};  // until 2027-03-31, tried 2024-02-29
  const auto today_event = decided_by({1}, 1);
  const auto at = [&](const char* date) { return warnings(today_event, officers, date); };
  EXPECT_EQ(at("2024-03-01").size(), 0U);
  EXPECT_EQ(at("2025-03-01").size(), 0U);
  ASSERT_EQ(at("2025-03-02").size(), 1U);
  EXPECT_NE(at("2025-03-02")[0].find("2024-02-29"), std::string::npos);
  EXPECT_EQ(at("2027-02-01").size(), 2U);
  EXPECT_NE(at("2027-04-01")[0].find("ended"), std::string::npos);
  EXPECT_EQ(days_between("2024-02-28", "2024-03-01"), 2);
  EXPECT_FALSE(days_between("2023-02-29", "2024-03-01"));
}

class OfficersCommand : public CommandTest {
 protected:
  OfficersCommand() { EXPECT_EQ(call_at_home({"init", "Hall Trust", "--json"}).code, 0); }
  nlohmann::json officers(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "officers");
    arguments.push_back("--json");
    const Called called = call_at_home(arguments);
    EXPECT_EQ(called.code, 0) << called.err;
    return json_of(called.out);
  }
};

TEST_F(OfficersCommand, NotesRenamesAndRemoves) {
  auto listed = officers(
      {"add", "Ann", "--key", text_of_key(1), "--role", "treasurer", "--until", "2027-03-31"});
  EXPECT_EQ(listed["planned"]["officers"].size(), 2U);
  EXPECT_EQ(listed["planned"]["officers"][1]["until"], "2027-03-31");
  EXPECT_EQ(listed["in_force"], false);
  listed = officers({"add", "Ann Lee", "--key", text_of_key(1)});
  EXPECT_EQ(listed["planned"]["officers"].size(), 2U);
  EXPECT_EQ(listed["planned"]["officers"][1]["name"], "Ann Lee");
  listed = officers({"threshold", "2"});
  EXPECT_EQ(listed["planned"]["threshold"], 2);
  listed = officers({"remove", "recovery sheet"});
  EXPECT_EQ(listed["planned"]["officers"].size(), 1U);
  // Its key still decides, and is still known.
  EXPECT_EQ(listed["present"]["officers"][0]["name"], "recovery sheet");
  EXPECT_EQ(call_at_home({"officers", "remove", "nobody"}).code, 4);
}

TEST_F(OfficersCommand, RefusesWhatCannotBe) {
  EXPECT_EQ(call_at_home({"officers", "add", "Ann", "--key", "mootpub1qqq"}).code, 2);
  EXPECT_EQ(call_at_home({"officers", "add", "", "--key", text_of_key(1)}).code, 2);
  EXPECT_EQ(call_at_home({"officers", "add", "A", "--key", text_of_key(1), "--until", "soon"}).code,
            2);
  EXPECT_EQ(call_at_home({"officers", "threshold", "0"}).code, 2);
  EXPECT_EQ(call_at_home({"officers", "threshold", "17"}).code, 2);
  EXPECT_EQ(call_at_home({"officers", "known", text_of_key(1)}).code, 1);  // decides nothing today
  ASSERT_EQ(call_at_home({"officers", "add", "Ann", "--key", text_of_key(1)}).code, 0);
  EXPECT_EQ(call_at_home({"officers", "add", "Ann", "--key", text_of_key(2)}).code, 1);
  EXPECT_EQ(call({"officers", "list", "--home", home("nowhere")}).code, 4);
}

TEST_F(OfficersCommand, SaysWhenTheListWasSpoilt) {
  std::ofstream(home() + "/officers.json") << "{}";
  const Called called = call_at_home({"officers", "list"});
  EXPECT_EQ(called.code, 1);
  EXPECT_NE(called.err.find("officers.json"), std::string::npos);
}

TEST_F(OfficersCommand, SpeaksPlainly) {
  const Called called = call_at_home({"officers", "list"});
  EXPECT_NE(called.out.find("Next step: "), std::string::npos);
  for (const char* unsaid : {"establish", "epoch", "threshold of", "fork", "root"}) {
    EXPECT_EQ(called.out.find(unsaid), std::string::npos) << unsaid;
  }
}

TEST_F(OfficersCommand, HandoverTellsATrusteeWhatToDo) {
  officers({"add", "Ann <Lee>", "--key", text_of_key(1)});
  const Called page = call_at_home({"handover", "--hosting", "VPS at Example"});
  ASSERT_EQ(page.code, 0) << page.err;
  for (const char* said : {"Hall Trust", "moot1", "VPS at Example", "recovery sheet", "4. "}) {
    EXPECT_NE(page.out.find(said), std::string::npos) << said;
  }
  const std::string file = home("page.html");
  ASSERT_EQ(call_at_home({"handover", "--html", "--output", file}).code, 0);
  const std::string html = test::read_file(file);
  EXPECT_TRUE(html.starts_with("<!doctype html>"));
  EXPECT_NE(html.find("VPS at Example"), std::string::npos);  // it was noted
  const auto json = json_of(call_at_home({"handover", "--json"}).out);
  EXPECT_EQ(json["to_do"].size(), 4U);
  std::ofstream(home() + "/backup.json") << R"({"time":"2026-01-02T03:04:05Z"})";
  EXPECT_NE(call_at_home({"handover"}).out.find("2026-01-02"), std::string::npos);
}

}  // namespace
}  // namespace moot::command

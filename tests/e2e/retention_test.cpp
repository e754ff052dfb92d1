// Rules of retention: what is past its time is listed first, and erased everywhere when somebody
// says so.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

const std::string secret = "ring Marjorie on 07700 900123";
const std::string other_id = "3b0f7e0c-6a2f-4c1e-9f0d-2f6c1c4a9d12";

std::string services_from(int first, int count) {
  std::string lines;
  for (int i = first; i < first + count; ++i) {
    std::string number = std::to_string(i);
    number.insert(0, 8 - number.size(), '0');
    lines += R"({"id": ")" + number + R"(-6a2f-4c1e-9f0d-2f6c1c4a9d11", "name": "Lunch )" + number +
             R"(", "status": "active"})" + "\n";
  }
  return lines;
}

class RetentionRules : public testing::Test {
 protected:
  void set_rules(const std::string& rules) {
    EXPECT_EQ(hall.stop(), 0);
    write_file(hall.home() / "config.toml",
               read_file(hall.home() / "config.toml") + "\n" + rules + "\n");
    hall.start();
  }
  bool is_warned() const {
    const auto status = hall.json({"status"});
    return status.at("retention_due") != 0 &&
           status.at("warnings").dump().find("moot retention preview") != std::string::npos;
  }

  TemporaryFolder folder;
  Node hall{folder.path() / "hall", "Hall Trust"};
};

TEST_F(RetentionRules, AreShownFirstAndThenEraseEverywhere) {
  EXPECT_NE(hall.moot({"retention", "preview"}).output.find("[retention]"), std::string::npos);
  set_rules("service.public = \"0 months\"\nreferral.personal = \"6 months\"");
  Node food{folder.path() / "food", "Food Bank"};
  follow(food, hall.address());
  hall.lines({"publish", "-"}, lunch_club("Before noon " + secret));
  hall.lines({"publish", "-"}, lunch_club("A hot meal."));
  hall.lines({"publish", "-", "--kind", "organization"}, an_organization(other_id, "Hall Trust"));
  const auto nothing = hall.json({"retention", "preview"});
  expect_keys(nothing, {"rules", "due", "soon", "unused_kinds"});
  EXPECT_TRUE(nothing.at("due").empty());
  EXPECT_EQ(nothing.at("unused_kinds"), nlohmann::json{"referral"});
  const Finished idle = hall.moot({"retention", "run"});
  EXPECT_EQ(idle.exit_code, 0) << idle.errors;
  EXPECT_NE(idle.output.find("Nothing is past its retention time"), std::string::npos);

  hall.lines({"withdraw", lunch_id});
  hall.lines({"withdraw", other_id});
  const auto due = hall.json({"retention", "preview"}).at("due");
  ASSERT_EQ(due.size(), 1U) << due;
  expect_keys(due[0], {"record", "kind", "part", "withdrawn", "due", "texts", "entries"});
  EXPECT_EQ(due[0].at("record"), lunch_id);
  EXPECT_EQ(due[0].at("texts"), 2);
  EXPECT_TRUE(eventually([&] { return is_warned(); }));
  const auto size = own_size(hall);

  // Nobody is there to be asked.
  expect_error(hall.moot({"retention", "run", "--json"}), 2, "usage", "nothing was erased");
  EXPECT_EQ(own_size(hall), size);
  EXPECT_EQ(hall.stop(), 0);
  EXPECT_EQ(hall.json({"retention", "preview"}).at("due"), due);
  expect_error(hall.moot({"retention", "run", "--yes", "--json"}), 5, "not-reachable", "");
  hall.start();
  hall.json({"confirm-not-restored"});  // the food bank may not have called yet

  const auto ran = hall.json({"retention", "run", "--yes"});
  EXPECT_EQ(ran.at("erased"), due);
  EXPECT_EQ(ran.at("texts"), 2);
  EXPECT_EQ(ran.at("erase_entries").size(), 1U);
  EXPECT_EQ(ran.at("mass"), false);
  EXPECT_EQ(ran.at("left"), 0);
  EXPECT_EQ(own_size(hall), size + 1);
  sync(food, hall.organisation());
  for (const Node* node : {&hall, &food}) {
    const auto history = node->moot({"show", lunch_id, "--history", "--json"}).output;
    EXPECT_EQ(history.find("Marjorie"), std::string::npos) << history;
    EXPECT_NE(history.find("data-protection"), std::string::npos) << history;
    EXPECT_NE(node->moot({"show", other_id, "--history", "--json"}).output.find("Hall Trust"),
              std::string::npos);
    expect_audit_ok(*node);
  }
  EXPECT_TRUE(hall.json({"retention", "preview"}).at("due").empty());
  EXPECT_EQ(hall.json({"retention", "run", "--yes"}).at("texts"), 0);
  EXPECT_TRUE(eventually([&] { return !is_warned(); }));
}

TEST_F(RetentionRules, KeepToAHundredADayUnlessTold) {
  set_rules("service.public = \"0 months\"");
  hall.lines({"publish", "-"}, services_from(0, 130));
  for (const auto& line : hall.lines({"log", "--limit", "200"})) {
    if (line.value("type", "") == "record") hall.lines({"withdraw", line.at("record")});
  }
  const Finished first = hall.moot({"retention", "run", "--yes"});
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_NE(first.output.find("Erased 100 texts"), std::string::npos) << first.output;
  EXPECT_NE(first.output.find("30 lines"), std::string::npos) << first.output;
  EXPECT_EQ(hall.json({"retention", "preview"}).at("due").size(), 30U);
  expect_error(hall.moot({"retention", "run", "--yes", "--json"}), 1, "refused", "24 hours");
  const auto rest = hall.json({"retention", "run", "--yes", "--all"});
  EXPECT_EQ(rest.at("texts"), 30);
  EXPECT_EQ(rest.at("mass"), true);
  EXPECT_TRUE(hall.json({"retention", "preview"}).at("due").empty());
}

TEST_F(RetentionRules, AreCheckedWithTheOtherSettings) {
  const auto config = hall.home() / "config.toml";
  const std::string before = read_file(config);
  EXPECT_NE(before.find("\n[retention]\n# "), std::string::npos);
  write_file(config, before + "services.personal = \"6 months\"\n");
  expect_error(hall.moot({"config", "check", "--json"}), 1, "refused", "1 problem");
  expect_error(hall.moot({"retention", "preview", "--json"}), 1, "refused", "1 problem");
  write_file(config, before + "service.personal = \"6 months\"\n");
  EXPECT_EQ(hall.moot({"config", "check"}).exit_code, 0);
  EXPECT_EQ(hall.json({"config", "get", "retention.service.personal"}).at("value"), "6 months");
}

}  // namespace
}  // namespace moot::test

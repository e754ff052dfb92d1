#include <fstream>

#include "call.hpp"
#include "crypto/secret.hpp"

namespace moot::command {
namespace {

class Library : public testing::Environment {
 public:
  void SetUp() override { ASSERT_TRUE(crypto::start_library()); }
};
const auto* const library = testing::AddGlobalTestEnvironment(new Library);

TEST(Run, SuggestsTheNearestCommand) {
  const Called called = call({"stauts"});
  EXPECT_EQ(called.code, 2);
  EXPECT_EQ(called.out, "");
  EXPECT_NE(called.err.find("`moot stauts`"), std::string::npos) << called.err;
  EXPECT_NE(called.err.find("Hint: did you mean `moot status`?"), std::string::npos) << called.err;
}

TEST(Run, SuggestsTheNearestCommandBelowAnother) {
  const Called called = call({"--home", "/x", "keys", "lst"});
  EXPECT_EQ(called.code, 2);
  EXPECT_NE(called.err.find("did you mean `moot keys list`?"), std::string::npos) << called.err;
}

TEST(Run, SuggestsTheNearestOption) {
  const Called called = call({"show", "x", "--histroy"});
  EXPECT_EQ(called.code, 2);
  EXPECT_NE(called.err.find("did you mean --history?"), std::string::npos) << called.err;
}

TEST(Run, NeedsACommand) {
  EXPECT_EQ(call({}).code, 2);
  EXPECT_EQ(call({"keys"}).code, 2);
  EXPECT_NE(call({"config"}).err.find("`moot config` needs a command"), std::string::npos);
}

TEST(Run, AnswersAUsageErrorInJsonOnOneLine) {
  const Called called = call({"--json", "frobnicate"});
  EXPECT_EQ(called.code, 2);
  EXPECT_EQ(called.out, "");
  EXPECT_EQ(std::count(called.err.begin(), called.err.end(), '\n'), 1);
  EXPECT_EQ(json_of(called.err)["error"]["code"], "usage");
}

TEST(Run, EveryCommandHasHelpWithAnExample) {
  const std::vector<std::vector<std::string>> commands = {
      {"init"},         {"run"},           {"publish"},
      {"show"},         {"log"},           {"follow"},
      {"unfollow"},     {"orgs"},          {"sync"},
      {"status"},       {"peers"},         {"proof"},
      {"verify"},       {"audit"},         {"keys"},
      {"keys", "list"}, {"config", "get"}, {"config", "check"},
      {"schema"},       {"paths"},         {}};
  for (std::vector<std::string> command : commands) {
    const std::string name = command.empty() ? "moot" : command.front();
    command.emplace_back("--help");
    const Called called = call(command);
    EXPECT_EQ(called.code, 0) << name;
    EXPECT_NE(called.out.find("Example:\n  moot "), std::string::npos) << name << called.out;
    EXPECT_NE(called.out.find("--json"), std::string::npos) << name;
    EXPECT_EQ(called.err, "") << name;
  }
}

TEST(Run, TellsItsVersion) {
  const Called called = call({"--version"});
  EXPECT_EQ(called.code, 0);
  EXPECT_TRUE(called.out.starts_with("moot ")) << called.out;
}

using Paths = CommandTest;
TEST_F(Paths, AreAllBelowTheHome) {
  const Called called = call_at_home({"paths", "--json"});
  EXPECT_EQ(called.code, 0);
  const auto paths = json_of(called.out);
  ASSERT_EQ(paths.size(), 9U) << called.out;
  for (const auto& [name, path] : paths.items()) {
    EXPECT_TRUE(path.get<std::string>().starts_with(home())) << name;
  }
  EXPECT_EQ(paths["home"], home());
}

TEST_F(Paths, LeaveOutASlashAtTheEnd) {
  EXPECT_EQ(json_of(call({"paths", "--json", "--home", home() + "/"}).out)["home"], home());
}

TEST(Schema, ListsAndPrintsKinds) {
  const Called listed = call({"schema", "--json"});
  EXPECT_EQ(listed.code, 0);
  const auto kinds = json_of(listed.out)["kinds"];
  ASSERT_FALSE(kinds.empty());
  for (const auto& kind : kinds) {
    const Called printed = call({"schema", kind.get<std::string>()});
    EXPECT_EQ(printed.code, 0);
    EXPECT_TRUE(json_of(printed.out).is_object()) << kind;
  }
}

TEST(Schema, OfAnUnknownKindIsNotFound) {
  const Called called = call({"schema", "servise", "--json"});
  EXPECT_EQ(called.code, 4);
  const auto error = json_of(called.err)["error"];
  EXPECT_EQ(error["code"], "not-found");
  EXPECT_EQ(error["hint"], "did you mean `moot schema service`?");
  EXPECT_EQ(call({"schema", "nothing_like_it"}).code, 4);
}

using ConfigCommand = CommandTest;
TEST_F(ConfigCommand, SaysWhereAHomeIsMissing) {
  const Called called = call_at_home({"config", "check"});
  EXPECT_EQ(called.code, 4);
  EXPECT_NE(called.err.find("moot init NAME"), std::string::npos) << called.err;
}

TEST_F(ConfigCommand, ListsAllThatIsWrong) {
  std::filesystem::create_directory(home());
  std::ofstream(home() + "/config.toml") << "[node]\nlisten = \"nowhere\"\nnmae = \"x\"\n";
  const Called called = call_at_home({"config", "check", "--json"});
  EXPECT_EQ(called.code, 1);
  EXPECT_EQ(json_of(called.err)["error"]["problems"].size(), 2U) << called.err;
}

TEST_F(ConfigCommand, GetsOneSettingOrAll) {
  std::filesystem::create_directory(home());
  std::ofstream(home() + "/config.toml") << "[node]\nname = \"Hall Trust\"\n";
  EXPECT_EQ(call_at_home({"config", "get", "node.name"}).out, "Hall Trust\n");
  EXPECT_EQ(json_of(call_at_home({"config", "get", "log.level", "--json"}).out)["value"], "info");
  EXPECT_EQ(json_of(call_at_home({"config", "get", "--json"}).out)["values"].size(), 6U);
  const Called unknown = call_at_home({"config", "get", "node.lisen"});
  EXPECT_EQ(unknown.code, 4);
  EXPECT_NE(unknown.err.find("node.listen"), std::string::npos) << unknown.err;
}

using WithoutNode = CommandTest;
TEST_F(WithoutNode, WhatNeedsOneIsNotReachable) {
  const std::string file = home("records.json");
  std::ofstream(file) << "{}";
  const std::vector<std::vector<std::string>> commands = {
      {"publish", file}, {"follow", "moot1x"}, {"unfollow", "x"}, {"orgs"},
      {"sync"},          {"status"},           {"peers"}};
  for (const auto& command : commands) {
    const Called called = call_at_home(command);
    EXPECT_EQ(called.code, 5) << command.front();
    EXPECT_NE(called.err.find("Hint: start it with `mootd --home " + home() + "`"),
              std::string::npos)
        << called.err;
  }
}

TEST_F(WithoutNode, AMissingFileIsSaidBeforeTheNodeIsAsked) {
  const Called called = call_at_home({"publish", home("missing.json"), "--json"});
  EXPECT_EQ(called.code, 4);
  const auto error = json_of(called.err)["error"];
  EXPECT_NE(error["message"].get<std::string>().find("missing.json"), std::string::npos);
  EXPECT_NE(error["hint"], "");
}

TEST_F(WithoutNode, AFolderIsNoFileOfRecords) {
  EXPECT_EQ(call_at_home({"publish", folder().string()}).code, 1);
}

TEST_F(WithoutNode, StandardInputIsNamedOnce) {
  EXPECT_EQ(call_at_home({"publish", "-", "-"}).code, 2);
}

TEST_F(WithoutNode, AHomeThatIsNotThereIsNotFound) {
  for (const std::string command : {"log", "audit"}) {
    const Called called = call_at_home({command});
    EXPECT_EQ(called.code, 4) << command;
    EXPECT_NE(called.err.find("moot init NAME"), std::string::npos) << called.err;
  }
  EXPECT_FALSE(std::filesystem::exists(home()));
}

TEST_F(WithoutNode, TooLongAPathForASocketIsSaid) {
  const Called called = call({"status", "--home", "/tmp/" + std::string(120, 'x')});
  EXPECT_EQ(called.code, 5);
  EXPECT_NE(called.err.find("too long a path"), std::string::npos) << called.err;
}

}  // namespace
}  // namespace moot::command

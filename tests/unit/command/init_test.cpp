#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "call.hpp"
#include "command/recovery_code.hpp"
#include "log/identity.hpp"
#include "log/rotation.hpp"
#include "store/store.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

mode_t mode_of(const fs::path& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

class Init : public CommandTest {
 protected:
  Called init(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"init", "Hall Trust", "--json", "--advertise",
                                          "node.example:7117"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call_at_home(arguments);
  }
};

TEST_F(Init, MakesAHomeThatTheStoreCanRead) {
  const Called called = init();
  ASSERT_EQ(called.code, 0) << called.err;
  const auto made = json_of(called.out);
  const auto store = store::Store::open(home() + "/store", {.read_only = true, .create = false});
  ASSERT_TRUE(store);
  const auto own = (*store)->own_organisation();
  ASSERT_TRUE(own);
  EXPECT_EQ(made["organisation"], log::to_text(*own));
  EXPECT_EQ(made["home"], home());
  EXPECT_EQ(made["name"], "Hall Trust");
  EXPECT_EQ(made["address"], "moot://" + log::to_text(*own) + "@node.example:7117");
  EXPECT_TRUE(log::parse_address(made["address"].get<std::string>()));

  const auto state = (*store)->state(*own);
  ASSERT_TRUE(state && state->head);
  EXPECT_EQ(state->head->head.size, 1U);
  const auto identity = (*store)->identity(*own);
  ASSERT_TRUE(identity);
  EXPECT_TRUE(log::check_checkpoint(state->head->note, *identity));
}

TEST_F(Init, KeepsTheRecoveryKeyNowhereInTheHome) {
  const auto made = json_of(init().out);
  const std::string words = made["recovery"];
  const std::string code = made["recovery_code"];
  const auto reserve = read_recovery(words);
  ASSERT_TRUE(reserve);
  ASSERT_TRUE(read_recovery_code(code));
  EXPECT_EQ(read_recovery_code(code)->public_key(), reserve->public_key());
  const auto store = store::Store::open(home() + "/store", {.read_only = true, .create = false});
  const auto identity = (*store)->identity(*(*store)->own_organisation());
  ASSERT_EQ(identity->newest().establish.next_digests.size(), 1U);
  EXPECT_EQ(identity->newest().establish.next_digests[0],
            log::reserve_digest(reserve->public_key().bytes()));

  const auto seed = reserve->seed();
  const std::string raw(seed.view().begin(), seed.view().end());
  for (const auto& item : fs::recursive_directory_iterator(home())) {
    if (!item.is_regular_file()) continue;
    const std::string text = test::read_file(item.path());
    EXPECT_EQ(text.find(raw), std::string::npos) << item.path();
    EXPECT_EQ(text.find(code.substr(0, 9)), std::string::npos) << item.path();
    EXPECT_EQ(text.find(words.substr(0, 30)), std::string::npos) << item.path();
  }
}

TEST_F(Init, LetsNobodyElseIn) {
  ASSERT_EQ(init().code, 0);
  EXPECT_EQ(mode_of(home()), 0700U);
  EXPECT_EQ(mode_of(home() + "/keys"), 0700U);
  EXPECT_EQ(mode_of(home() + "/keys/log.key"), 0600U);
  EXPECT_EQ(mode_of(home() + "/keys/node.key"), 0600U);
}

TEST_F(Init, RefusesASecondTimeAndSaysWhoIsThere) {
  const auto first = json_of(init().out);
  const auto before = names();
  const Called second = init();
  EXPECT_EQ(second.code, 1);
  const auto error = json_of(second.err)["error"];
  EXPECT_EQ(error["code"], "exists");
  EXPECT_NE(error["message"].get<std::string>().find(first["organisation"]), std::string::npos);
  EXPECT_EQ(names(), before);
}

TEST_F(Init, RefusesAFolderWithSomethingInIt) {
  fs::create_directory(home());
  std::ofstream(home() + "/letter.txt") << "Dear Sir";
  const Called called = init();
  EXPECT_EQ(called.code, 1);
  EXPECT_NE(called.err.find("letter.txt"), std::string::npos) << called.err;
  EXPECT_EQ(names().size(), 2U);
}

TEST_F(Init, TakesAnEmptyFolderAsTheServiceHasOne) {
  fs::create_directory(home());
  fs::permissions(home(), fs::perms(0750));
  ASSERT_EQ(init().code, 0);
  EXPECT_EQ(mode_of(home()), 0750U);
  EXPECT_EQ(call_at_home({"config", "check"}).code, 0);
  for (const auto& item : fs::directory_iterator(home())) {
    EXPECT_FALSE(item.path().filename().string().starts_with(".moot-init")) << item.path();
  }
}

TEST_F(Init, MakesParentsForThisUserAlone) {
  const Called called = call({"init", "Hall Trust", "--home", home("a/b/c/")});
  ASSERT_EQ(called.code, 0) << called.err;
  EXPECT_EQ(mode_of(folder() / "a"), 0700U);
  EXPECT_TRUE(fs::exists(folder() / "a/b/c/config.toml"));
}

TEST_F(Init, LeavesNothingWhereTheParentIsAFile) {
  std::ofstream(home("file")) << "x";
  const Called called = call({"init", "Hall Trust", "--home", home("file/inside")});
  EXPECT_EQ(called.code, 1) << called.err;
  EXPECT_EQ(names().size(), 1U);
}

TEST_F(Init, LeavesNothingWhereTheParentCannotBeWritten) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  fs::create_directory(home("locked"));
  fs::permissions(home("locked"), fs::perms(0500));
  const Called called = call({"init", "Hall Trust", "--home", home("locked/a/b")});
  EXPECT_EQ(called.code, 1);
  EXPECT_EQ(names().size(), 1U);
}

TEST_F(Init, LeavesNothingWhenTheRecoveryFileCannotBeWritten) {
  std::ofstream(home("taken")) << "another's";
  const Called called = init({"--recovery-file", home("taken")});
  EXPECT_EQ(called.code, 1);
  EXPECT_EQ(test::read_file(home("taken")), "another's");
  EXPECT_EQ(names().size(), 1U);
}

TEST_F(Init, WritesTheRecoveryFileForItsOwnerAlone) {
  const Called called = init({"--recovery-file", home("recovery.txt")});
  ASSERT_EQ(called.code, 0) << called.err;
  EXPECT_FALSE(json_of(called.out).contains("recovery"));
  EXPECT_EQ(mode_of(home("recovery.txt")), 0600U);
  const std::string text = test::read_file(home("recovery.txt"));
  EXPECT_TRUE(text.starts_with("moot/recovery/v1\norganisation moot1"));
  EXPECT_TRUE(read_recovery(text));
  const std::size_t at = text.find("\ncode ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_TRUE(read_recovery_code(text.substr(at + 6)));
}

TEST_F(Init, KeepsTheRecoveryFileOutOfTheHome) {
  EXPECT_EQ(init({"--recovery-file", home() + "/recovery.txt"}).code, 2);
  EXPECT_EQ(init({"--recovery-file", home() + "/../home/x/recovery.txt"}).code, 2);
  EXPECT_TRUE(names().empty());
}

TEST_F(Init, ListsSettingsThatCannotBe) {
  const Called called =
      call_at_home({"init", "Hall Trust", "--json", "--listen", "nowhere", "--http", "x:99999"});
  EXPECT_EQ(called.code, 2);
  EXPECT_EQ(json_of(called.err)["error"]["problems"].size(), 2U) << called.err;
  EXPECT_EQ(call_at_home({"init", "  "}).code, 2);
  EXPECT_EQ(call_at_home({"init", "two\nlines"}).code, 2);
  EXPECT_TRUE(names().empty());
}

TEST_F(Init, TakesTheHomeBackWhenNobodySawTheRecoveryCode) {
  std::ostringstream out;
  std::ostringstream err;
  out.setstate(std::ios::badbit);
  const std::vector<std::string> arguments = {"init", "Hall Trust", "--home", home()};
  EXPECT_EQ(run(arguments, out, err), 1);
  EXPECT_TRUE(names().empty());
}

TEST_F(Init, TellsPeopleWhatToDoNext) {
  const Called called = call_at_home({"init", "Hall Trust"});
  ASSERT_EQ(called.code, 0);
  for (const char* said : {"moot1", "RECOVERY SHEET", "moot run", "moot publish", "moot follow"}) {
    EXPECT_NE(called.out.find(said), std::string::npos) << said;
  }
  for (const char* unsaid : {"establish", "epoch", "root", "fork"}) {
    EXPECT_EQ(called.out.find(unsaid), std::string::npos) << unsaid;
  }
  EXPECT_NE(called.err.find("--advertise"), std::string::npos);
}

TEST_F(Init, WritesTheSheetAsAPageToPrint) {
  const Called called = init({"--recovery-svg", home("sheet.svg")});
  ASSERT_EQ(called.code, 0) << called.err;
  EXPECT_FALSE(json_of(called.out).contains("recovery"));
  EXPECT_EQ(mode_of(home("sheet.svg")), 0600U);
  EXPECT_NE(test::read_file(home("sheet.svg")).find("27. "), std::string::npos);
}

TEST_F(Init, RemovesTheFirstSheetWhenTheSecondCannotBeWritten) {
  std::ofstream(home("taken")) << "another's";
  const Called called =
      init({"--recovery-file", home("sheet.txt"), "--recovery-svg", home("taken")});
  EXPECT_EQ(called.code, 1);
  EXPECT_EQ(names().size(), 1U);
}

TEST_F(Init, NotesTheSheetAsTheFirstOfficer) {
  ASSERT_EQ(init().code, 0);
  const auto listed = json_of(call_at_home({"officers", "list", "--json"}).out);
  EXPECT_EQ(listed["present"]["threshold"], 1);
  EXPECT_EQ(listed["present"]["officers"][0]["name"], "recovery sheet");
  EXPECT_EQ(listed["in_force"], true);
  EXPECT_EQ(mode_of(home() + "/officers.json"), 0600U);
}

TEST_F(Init, TakesKeysThatOfficersMadeElsewhereAndHasNoSecretToShow) {
  const auto key = [](std::uint8_t filling) {
    FixedBytes<32> seed;
    seed.fill(filling);
    return log::reserve_key_text(crypto::SigningKey::from_seed(seed).public_key().bytes());
  };
  const Called called =
      init({"--officer-key", key(1), "--officer-key", key(2), "--officer-key", key(3)});
  ASSERT_EQ(called.code, 0) << called.err;
  const auto made = json_of(called.out);
  EXPECT_FALSE(made.contains("recovery"));
  EXPECT_FALSE(made.contains("recovery_code"));
  EXPECT_EQ(made["threshold"], 2);
  const auto listed = json_of(call_at_home({"officers", "list", "--json"}).out);
  EXPECT_EQ(listed["present"]["threshold"], 2);
  EXPECT_EQ(listed["present"]["officers"].size(), 3U);
}

TEST_F(Init, RefusesOfficersThatCannotBe) {
  EXPECT_EQ(init({"--officer-key", "mootpub1qqqq"}).code, 2);
  EXPECT_EQ(init({"--threshold", "2"}).code, 2);
  FixedBytes<32> seed{};
  const std::string key =
      log::reserve_key_text(crypto::SigningKey::from_seed(seed).public_key().bytes());
  EXPECT_EQ(init({"--officer-key", key, "--officer-key", key}).code, 2);
  EXPECT_EQ(init({"--officer-key", key, "--recovery-file", home("sheet")}).code, 2);
  EXPECT_TRUE(names().empty());
}

}  // namespace
}  // namespace moot::command

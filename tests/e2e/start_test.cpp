// What keeps mootd from starting: it says so, answers 1, and leaves the home as it was.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class Start : public testing::Test {
 protected:
  /// Runs mootd on a home where it must refuse.
  static std::string expect_refusal(const std::filesystem::path& home, const std::string& words) {
    const auto output = home.string() + ".refused.log";
    Process refused({program("mootd"), "--home", home.string()},
                    {.output_file = output, .file_bytes_max = {}});
    EXPECT_EQ(refused.exit_code(), 1);
    const std::string said = read_file(output);
    EXPECT_NE(said.find(words), std::string::npos) << said;
    std::filesystem::remove(output);
    return said;
  }

  TemporaryFolder folder;
  Node node{folder.path() / "node", "Hall Trust"};
};

TEST_F(Start, ASecondNodeOnOneHomeIsRefusedAndTheFirstGoesOn) {
  expect_refusal(node.home(),
                 "another mootd runs on this home, as process " + std::to_string(node.pid()));
  EXPECT_EQ(node.lines({"publish", "-"}, lunch_club("A meal.")).size(), 2U);
  EXPECT_EQ(node.stop(), 0);
  node.start();
}

TEST_F(Start, APortInUseIsNamed) {
  const auto other = folder.path() / "other";
  const std::string listen = "127.0.0.1:" + std::to_string(node.port());
  ASSERT_EQ(run({program("moot"), "--home", other.string(), "init", "Other", "--listen", listen})
                .exit_code,
            0);
  expect_refusal(other, listen);
  EXPECT_FALSE(std::filesystem::exists(other / "control.sock"));
}

TEST_F(Start, AKeyThatOthersMayReadIsRefused) {
  EXPECT_EQ(node.stop(), 0);
  for (const char* name : {"log.key", "node.key"}) {
    const auto key = node.home() / "keys" / name;
    ASSERT_EQ(::chmod(key.c_str(), 0644), 0);
    expect_refusal(node.home(), key.string() + " may be read by others");
    ASSERT_EQ(::chmod(key.c_str(), 0600), 0);
  }
  node.start();
}

TEST_F(Start, AMissingKeyIsNamed) {
  EXPECT_EQ(node.stop(), 0);
  for (const char* name : {"log.key", "node.key"}) {
    const auto key = node.home() / "keys" / name;
    const auto aside = folder.path() / "aside";
    std::filesystem::rename(key, aside);
    expect_refusal(node.home(), "there is no key " + key.string());
    std::filesystem::rename(aside, key);
  }
  node.start();
}

TEST_F(Start, ADamagedKeyIsNamed) {
  EXPECT_EQ(node.stop(), 0);
  const auto key = node.home() / "keys" / "log.key";
  const std::string text = read_file(key);
  write_file(key, text.substr(0, text.size() / 2));
  expect_refusal(node.home(), key.string());
}

TEST_F(Start, TheKeyOfAnotherOrganisationIsRefused) {
  Node other(folder.path() / "other", "Other");
  EXPECT_EQ(node.stop(), 0);
  write_file(node.home() / "keys" / "log.key", read_file(other.home() / "keys" / "log.key"));
  expect_refusal(node.home(), "is not the one that the organisation's newest key event names");
}

TEST_F(Start, AnUnknownSettingIsNamedWithItsLineByNodeAndCommand) {
  EXPECT_EQ(node.stop(), 0);
  const auto config = node.home() / "config.toml";
  const std::string text = read_file(config);
  write_file(config, text + "\n[sync2]\nservee = \"all\"\n");
  const auto line = std::count(text.begin(), text.end(), '\n') + 3;
  expect_refusal(node.home(), "config.toml line " + std::to_string(line));
  expect_error(node.moot({"config", "check", "--json"}), 1, "refused",
               "config.toml line " + std::to_string(line));
}

TEST_F(Start, AFolderThatIsNoHomeIsNotFilled) {
  const auto empty = folder.path() / "empty";
  std::filesystem::create_directory(empty);
  expect_refusal(empty, "there is no node in " + empty.string());
  EXPECT_TRUE(std::filesystem::is_empty(empty));
}

}  // namespace
}  // namespace moot::test

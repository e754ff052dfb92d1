#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "config/config.hpp"

namespace moot::config {
namespace {

/// The environment variables that matter here, cleared, and put back afterwards.
class HomePaths : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : names) {
      const char* value = std::getenv(name);
      if (value != nullptr) kept_[name] = value;
      unsetenv(name);
    }
    setenv("HOME", "/home/someone", 1);
  }
  void TearDown() override {
    for (const char* name : names) unsetenv(name);
    for (const auto& [name, value] : kept_) setenv(name.c_str(), value.c_str(), 1);
  }

 private:
  static constexpr const char* names[] = {"MOOT_HOME", "STATE_DIRECTORY", "XDG_DATA_HOME", "HOME"};
  std::map<std::string, std::string> kept_;
};

TEST_F(HomePaths, TakesTheOptionBeforeAllElse) {
  setenv("MOOT_HOME", "/from/environment", 1);
  EXPECT_EQ(paths("/from/option").home, "/from/option");
  EXPECT_EQ(paths("").home, "/from/environment");
}

TEST_F(HomePaths, TakesTheServicesFolderBeforeTheUsers) {
  setenv("XDG_DATA_HOME", "/data", 1);
  setenv("STATE_DIRECTORY", "/var/lib/moot:/var/lib/other", 1);
  EXPECT_EQ(paths("").home, "/var/lib/moot");
  setenv("STATE_DIRECTORY", "/var/lib/some-other-service", 1);
  EXPECT_EQ(paths("").home, "/data/moot");
}

TEST_F(HomePaths, FallsBackToTheUsersDataFolder) {
  EXPECT_EQ(paths("").home, "/home/someone/.local/share/moot");
  setenv("XDG_DATA_HOME", "relative", 1);
  EXPECT_EQ(paths("").home, "/home/someone/.local/share/moot");
}

TEST_F(HomePaths, IsNeverRelative) {
  unsetenv("HOME");
  EXPECT_TRUE(paths("").home.is_absolute());
  EXPECT_EQ(paths("some/../folder").home, std::filesystem::current_path() / "folder");
}

TEST_F(HomePaths, KeepsEverythingUnderTheHome) {
  const Paths found = paths("/h");
  EXPECT_EQ(found.config, "/h/config.toml");
  EXPECT_EQ(found.keys, "/h/keys");
  EXPECT_EQ(found.log_key, "/h/keys/log.key");
  EXPECT_EQ(found.node_key, "/h/keys/node.key");
  EXPECT_EQ(found.store, "/h/store");
  EXPECT_EQ(found.instance, "/h/instance");
  EXPECT_EQ(found.control_socket, "/h/control.sock");
  EXPECT_EQ(found.lock, "/h/lock");
}

}  // namespace
}  // namespace moot::config

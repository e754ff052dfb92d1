// Every way in which a home can be wrong is an error that says what to do.
#include "node/home.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "crypto/key_file.hpp"
#include "support.hpp"

namespace moot::node {
namespace {

namespace fs = std::filesystem;

class HomeTest : public ::testing::Test {
 protected:
  HomeTest() { organisation_ = test::make_home(paths_, "Hall Trust"); }

  Error error() {
    const auto home = open_home(paths_);
    EXPECT_FALSE(home.has_value());
    return home ? Error{} : home.error();
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  test::TemporaryFolder folder_;
  config::Paths paths_ = config::paths((folder_.path() / "home").string());
  log::OrganisationId organisation_;
};

TEST_F(HomeTest, Opens) {
  const auto home = open_home(paths_);
  ASSERT_TRUE(home.has_value()) << home.error().message;
  EXPECT_EQ(home->organisation, organisation_);
  EXPECT_EQ(home->config.name, "Hall Trust");
}

TEST_F(HomeTest, SaysHowToMakeOneWhereThereIsNone) {
  paths_ = config::paths((folder_.path() / "elsewhere").string());
  const Error error = this->error();
  EXPECT_TRUE(has(error.message, "there is no node in"));
  EXPECT_TRUE(has(error.hint, "moot init"));
}

TEST_F(HomeTest, RefusesASecondDaemonAndNamesTheFirst) {
  const auto first = open_home(paths_);
  ASSERT_TRUE(first.has_value());
  const Error error = this->error();
  EXPECT_TRUE(has(error.message, "another mootd")) << error.message;
  EXPECT_TRUE(has(error.message, std::to_string(::getpid()))) << error.message;
}

TEST_F(HomeTest, OpensAgainWhenTheFirstIsGone) {
  { ASSERT_TRUE(open_home(paths_).has_value()); }
  EXPECT_TRUE(open_home(paths_).has_value());
}

TEST_F(HomeTest, RefusesAKeyThatOthersMayRead) {
  fs::permissions(paths_.log_key, fs::perms(0644));
  const Error error = this->error();
  EXPECT_TRUE(has(error.message, "may be read by others"));
  EXPECT_TRUE(has(error.hint, "chmod 600"));
}

TEST_F(HomeTest, RefusesAMissingKey) {
  fs::remove(paths_.node_key);
  EXPECT_TRUE(has(error().message, "there is no key"));
}

TEST_F(HomeTest, RefusesKeysOfAnotherOrganisation) {
  const config::Paths other = config::paths((folder_.path() / "other").string());
  test::make_home(other, "Barn Trust");
  fs::copy_file(other.log_key, paths_.log_key, fs::copy_options::overwrite_existing);
  EXPECT_TRUE(has(error().message, "is not the one that"));
  fs::copy_file(other.node_key, paths_.node_key, fs::copy_options::overwrite_existing);
  EXPECT_TRUE(has(error().message, "is not the one that"));
}

TEST_F(HomeTest, RefusesALogKeyInPlaceOfANodeKey) {
  fs::copy_file(paths_.log_key, paths_.node_key, fs::copy_options::overwrite_existing);
  EXPECT_TRUE(has(error().message, "is not usable"));
}

TEST_F(HomeTest, ListsAllProblemsOfTheSettings) {
  std::ofstream(paths_.config) << "[node]\nlisten = \"x\"\n[log]\nlevel = \"loud\"\n";
  EXPECT_EQ(error().problems.size(), 2U);
}

TEST_F(HomeTest, RefusesAHomeWithoutAStore) {
  fs::remove_all(paths_.store);
  EXPECT_TRUE(has(error().message, "there is no node in"));
}

TEST_F(HomeTest, AFailedStartLeavesNoLockBehind) {
  fs::permissions(paths_.log_key, fs::perms(0644));
  EXPECT_FALSE(open_home(paths_).has_value());
  fs::permissions(paths_.log_key, fs::perms(0600));
  EXPECT_TRUE(open_home(paths_).has_value());
}

}  // namespace
}  // namespace moot::node

#include "crypto/next_keys.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "crypto/key_file.hpp"
#include "support/shared.hpp"

namespace moot::crypto {
namespace {

namespace fs = std::filesystem;

/// A folder of keys as `moot init` makes it. Crashes are set up as the file system would be found.
class NextKeysTest : public testing::Test {
 protected:
  NextKeysTest() {
    EXPECT_TRUE(write_key_file(keys() / "log.key", KeyUse::log, old_log));
    EXPECT_TRUE(write_key_file(keys() / "node.key", KeyUse::node, old_node));
  }
  fs::path keys() const { return folder.path(); }
  PublicKeyBytes log_now() const {
    return read_key_file(keys() / "log.key", KeyUse::log)->public_key().bytes();
  }
  PublicKeyBytes node_now() const {
    return read_key_file(keys() / "node.key", KeyUse::node)->public_key().bytes();
  }

  moot::test::TemporaryFolder folder;
  SigningKey old_log = SigningKey::generate();
  SigningKey old_node = SigningKey::generate();
};

TEST_F(NextKeysTest, AreMadeOnceAndForTheirOwnerAlone) {
  EXPECT_FALSE(has_next_keys(keys()));
  const auto made = make_next_keys(keys());
  ASSERT_TRUE(made);
  EXPECT_TRUE(has_next_keys(keys()));
  struct stat status {};
  ASSERT_EQ(::stat((keys() / "next").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700U);
  EXPECT_EQ(make_next_keys(keys()).error(), Fault::file_exists);
  const auto read = read_next_keys(keys());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->log.public_key(), made->log.public_key());
  EXPECT_EQ(read->node.public_key(), made->node.public_key());
  EXPECT_EQ(log_now(), old_log.public_key().bytes());
}

TEST_F(NextKeysTest, AreDropped) {
  ASSERT_TRUE(make_next_keys(keys()));
  ASSERT_TRUE(drop_next_keys(keys()));
  EXPECT_FALSE(has_next_keys(keys()));
  EXPECT_TRUE(drop_next_keys(keys()));
  EXPECT_EQ(read_next_keys(keys()).error(), Fault::cannot_read_file);
}

TEST_F(NextKeysTest, WaitUntilTheEventIsThere) {
  ASSERT_TRUE(make_next_keys(keys()));
  EXPECT_EQ(finish_key_change(keys(), old_log.public_key().bytes()).value(), false);
  EXPECT_TRUE(has_next_keys(keys()));
  EXPECT_EQ(log_now(), old_log.public_key().bytes());
}

TEST_F(NextKeysTest, TakeTheirPlaceOnceItIs) {
  const auto made = make_next_keys(keys());
  EXPECT_EQ(finish_key_change(keys(), made->log.public_key().bytes()).value(), true);
  EXPECT_FALSE(has_next_keys(keys()));
  EXPECT_EQ(log_now(), made->log.public_key().bytes());
  EXPECT_EQ(node_now(), made->node.public_key().bytes());
  EXPECT_EQ(finish_key_change(keys(), made->log.public_key().bytes()).value(), false);
}

TEST_F(NextKeysTest, AreFinishedAfterACrashBetweenTheTwo) {
  const auto made = make_next_keys(keys());
  fs::rename(keys() / "next/node.key", keys() / "node.key");
  EXPECT_EQ(finish_key_change(keys(), made->log.public_key().bytes()).value(), true);
  EXPECT_EQ(log_now(), made->log.public_key().bytes());
  EXPECT_EQ(node_now(), made->node.public_key().bytes());
  EXPECT_FALSE(has_next_keys(keys()));
}

TEST_F(NextKeysTest, AreFinishedAfterACrashBeforeTheFolderWasRemoved) {
  const auto made = make_next_keys(keys());
  fs::rename(keys() / "next/node.key", keys() / "node.key");
  fs::rename(keys() / "next/log.key", keys() / "log.key");
  EXPECT_EQ(finish_key_change(keys(), made->log.public_key().bytes()).value(), false);
  EXPECT_FALSE(has_next_keys(keys()));
}

TEST_F(NextKeysTest, ThatAreHalfMadeAreLeftForThePersonToDrop) {
  fs::create_directory(keys() / "next");
  ASSERT_TRUE(write_key_file(keys() / "next/node.key", KeyUse::node, SigningKey::generate()));
  EXPECT_EQ(finish_key_change(keys(), old_log.public_key().bytes()).value(), false);
  EXPECT_TRUE(has_next_keys(keys()));
  EXPECT_EQ(node_now(), old_node.public_key().bytes());
}

TEST_F(NextKeysTest, ThatAreDamagedAreNamed) {
  const auto made = make_next_keys(keys());
  fs::resize_file(keys() / "next/log.key", 10);
  EXPECT_EQ(finish_key_change(keys(), made->log.public_key().bytes()).error(),
            Fault::unknown_format);
}

TEST_F(NextKeysTest, KeepWhatTheOfficersWereAskedBesideThem) {
  EXPECT_EQ(write_next_plan(keys(), "a plan").error(), Fault::cannot_write_file);
  const auto made = make_next_keys(keys());
  EXPECT_EQ(read_next_plan(keys()).error(), Fault::cannot_read_file);
  ASSERT_TRUE(write_next_plan(keys(), "a plan\n"));
  EXPECT_EQ(write_next_plan(keys(), "another").error(), Fault::file_exists);
  EXPECT_EQ(read_next_plan(keys()).value(), "a plan\n");
  struct stat status {};
  ASSERT_EQ(::stat((keys() / "next" / "plan").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  // It goes with the change.
  EXPECT_EQ(finish_key_change(keys(), made->log.public_key().bytes()).value(), true);
  EXPECT_FALSE(has_next_keys(keys()));
}

TEST_F(NextKeysTest, TakeTheirPlaceAlsoWhenTheChangeWasGivenUpMeanwhile) {
  const auto made = make_next_keys(keys());
  const auto expect_in_place = [&] {
    EXPECT_TRUE(settle_key_change(keys(), *made));
    EXPECT_EQ(log_now(), made->log.public_key().bytes());
    EXPECT_EQ(node_now(), made->node.public_key().bytes());
    EXPECT_FALSE(has_next_keys(keys()));
  };
  ASSERT_TRUE(drop_next_keys(keys()));
  expect_in_place();
  expect_in_place();  // nothing to do
  // Given up half, and given up for another.
  fs::remove(keys() / "node.key");
  expect_in_place();
  fs::remove(keys() / "log.key");
  ASSERT_TRUE(make_next_keys(keys()));
  expect_in_place();
}

TEST_F(NextKeysTest, AreLeftWhereTheyAreWhenTheyCannotTakeTheirPlace) {
  const auto made = make_next_keys(keys());
  fs::remove(keys() / "log.key");
  fs::create_directories(keys() / "log.key" / "in the way");
  EXPECT_FALSE(settle_key_change(keys(), *made));
  EXPECT_TRUE(read_key_file(keys() / "next" / "log.key", KeyUse::log).has_value());
  fs::remove_all(keys() / "log.key");
  EXPECT_TRUE(settle_key_change(keys(), *made));
  EXPECT_EQ(log_now(), made->log.public_key().bytes());
}

}  // namespace
}  // namespace moot::crypto

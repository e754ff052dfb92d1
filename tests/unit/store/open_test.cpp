#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "store/environment.hpp"
#include "store_fixture.hpp"

namespace moot::test {
namespace {

TEST(StoreOpen, MakesAFolderForItsOwnerOnly) {
  const StoreFixture fixture;
  struct stat folder = {};
  ASSERT_EQ(stat(fixture.folder().c_str(), &folder), 0);
  EXPECT_EQ(folder.st_mode & 0777U, 0700U);
  struct stat data = {};
  ASSERT_EQ(stat((fixture.folder() / "data.mdb").c_str(), &data), 0);
  EXPECT_EQ(data.st_mode & 0777U, 0600U);
}

TEST(StoreOpen, SaysThatThereIsNone) {
  const TemporaryFolder temporary;
  ASSERT_FAULT(store::Store::open(temporary.path() / "store", {}), store::Fault::not_a_store);
  ASSERT_FAULT(store::Store::open(temporary.path() / "store", {.read_only = true}),
               store::Fault::not_a_store);
  EXPECT_FALSE(std::filesystem::exists(temporary.path() / "store"));
}

TEST(StoreOpen, RefusesAFileThatIsNoStore) {
  const TemporaryFolder temporary;
  std::ofstream(temporary.path() / "data.mdb") << std::string(10'000, 'x');
  ASSERT_FAULT(store::Store::open(temporary.path(), {}), store::Fault::not_a_store);
}

TEST(StoreOpen, RefusesANewerFormat) {
  StoreFixture fixture;
  fixture.close();
  {
    auto environment = store::Environment::open(fixture.folder(), {});
    ASSERT_TRUE(environment.has_value());
    store::WriteTransaction transaction(**environment);
    transaction.put(store::Table::meta, store::Key("format"),
                    Writer().u32(store::format_version + 1).view());
    ASSERT_EQ(transaction.commit(), 0);
  }
  ASSERT_FAULT(store::Store::open(fixture.folder(), {}), store::Fault::newer_format);
}

TEST(StoreOpen, RefusesAFileThatWasCutShort) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(3000)));
  fixture.close();
  const auto data = fixture.folder() / "data.mdb";
  std::filesystem::resize_file(data, std::filesystem::file_size(data) / 2);
  ASSERT_FAULT(store::Store::open(fixture.folder(), {}), store::Fault::corrupt);
}

TEST(StoreOpen, OpensWhatItMadeAgain) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(700)));
  const auto before = fixture.store().state(publisher.organisation());
  fixture.reopen();
  const auto after = fixture.store().state(publisher.organisation());
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->held, 701U);
  EXPECT_EQ(after->head->head, before->head->head);
  EXPECT_EQ(after->head->note, before->head->note);
  EXPECT_EQ(fixture.store().own_organisation(), publisher.organisation());
  expect_sound(fixture.store(), publisher.organisation());
}

TEST(StoreOpen, ReadOnlyReadsAndWritesNothing) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  fixture.close();
  fixture.open({.read_only = true});
  expect_sound(fixture.store(), publisher.organisation());
  ASSERT_FAULT(fixture.apply(publisher.records(1)), store::Fault::bad_job);
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 1U);
}

// Another process reads while this one writes past the size that the other's map has.
TEST(StoreOpen, AnotherProcessReadsBesideTheWriter) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  fixture.close();
  int to_child[2];
  int to_parent[2];
  ASSERT_EQ(pipe(to_child), 0);
  ASSERT_EQ(pipe(to_parent), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(to_child[1]);  // or it would never see its end
    auto reader = store::Store::open(fixture.folder(), {.read_only = true});
    char byte = reader ? 'r' : 'e';
    if (write(to_parent[1], &byte, 1) != 1) _exit(2);
    for (std::uint64_t held = 0; read(to_child[0], &held, sizeof held) == sizeof held;) {
      const auto state = (*reader)->state(publisher.organisation());
      const auto tree = (*reader)->tree(publisher.organisation());
      const bool is_right =
          state && state->held == held && log::root_at(held, *tree) == state->head->head.root;
      byte = is_right ? 'r' : 'w';
      if (write(to_parent[1], &byte, 1) != 1) _exit(2);
    }
    _exit(0);
  }
  ASSERT_GT(child, 0);
  close(to_child[0]);
  close(to_parent[1]);
  fixture.open();
  char byte = 0;
  ASSERT_EQ(read(to_parent[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'r');
  std::uint64_t held = 1;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(fixture.apply(publisher.records(40, 600'000)));
    held += 40;
    ASSERT_EQ(write(to_child[1], &held, sizeof held), static_cast<ssize_t>(sizeof held));
    ASSERT_EQ(read(to_parent[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'r') << "at " << held;
  }
  close(to_child[1]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  close(to_parent[0]);
}

}  // namespace
}  // namespace moot::test

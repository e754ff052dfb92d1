#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "store/environment.hpp"
#include "store_fixture.hpp"

namespace moot::test {
namespace {

TEST(Compacting, MakesTheFileSmallerAndKeepsEverything) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(500, 10'000)));
  ASSERT_TRUE(fixture.apply(store::PutValue{.name = "boot", .value = "one"}));
  std::vector<log::ErasedLeaf> all;
  for (log::LeafIndex leaf = 1; leaf <= 500; ++leaf) all.push_back({.leaf = leaf, .part_mask = 1});
  ASSERT_TRUE(fixture.apply(store::Erase{.erased = all,
                                         .reason = log::EraseReason::safety,
                                         .time_ms = 1,
                                         .now = true,
                                         .sign = publisher.signer()}));
  ASSERT_EQ(fixture.apply(store::DestroyErased{10})->first, 500U);
  const std::uint64_t before = fixture.store().bytes_on_disk();
  ASSERT_TRUE(fixture.store().compact());
  EXPECT_LT(fixture.store().bytes_on_disk(), before / 4);
  EXPECT_EQ(fixture.store().value("boot"), "one");
  expect_sound(fixture.store(), publisher.organisation());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(fixture.apply(publisher.records(50)));
    ASSERT_TRUE(fixture.store().compact());
  }
  fixture.reopen();
  expect_sound(fixture.store(), publisher.organisation());
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 656U);
  struct stat data = {};
  ASSERT_EQ(stat((fixture.folder() / "data.mdb").c_str(), &data), 0);
  EXPECT_EQ(data.st_mode & 0777U, 0600U);
}

TEST(Compacting, ReadsGoOnMeanwhile) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(2000)));
  std::atomic<bool> is_over = false;
  std::atomic<std::size_t> wrong = 0;
  std::thread reader([&] {
    while (!is_over) {
      const auto state = fixture.store().state(publisher.organisation());
      const auto bodies = fixture.store().bodies(publisher.organisation(), 100, 50, SIZE_MAX, true);
      if (!state || state->held < 2001 || bodies.next != 150) ++wrong;
    }
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(fixture.store().compact());
    EXPECT_TRUE(fixture.apply(publisher.records(10)));
  }
  is_over = true;
  reader.join();
  EXPECT_EQ(wrong, 0U);
  expect_sound(fixture.store(), publisher.organisation());
}

// Whoever reads the old file goes on reading it, whole.
TEST(Compacting, DoesNotDisturbAnotherProcessThatReads) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(500)));
  fixture.close();
  int to_child[2];
  int to_parent[2];
  ASSERT_EQ(pipe(to_child), 0);
  ASSERT_EQ(pipe(to_parent), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(to_child[1]);
    auto reader = store::Store::open(fixture.folder(), {.read_only = true});
    char byte = 0;
    do {
      const auto state = reader ? (*reader)->state(publisher.organisation()) : std::nullopt;
      byte = state && state->held == 501 ? 'r' : 'w';
      if (write(to_parent[1], &byte, 1) != 1) _exit(2);
    } while (read(to_child[0], &byte, 1) == 1);
    _exit(0);
  }
  ASSERT_GT(child, 0);
  close(to_child[0]);
  close(to_parent[1]);
  char byte = 0;
  ASSERT_EQ(read(to_parent[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'r');
  fixture.open();
  ASSERT_TRUE(fixture.store().compact());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(fixture.apply(publisher.records(100)));
    EXPECT_EQ(fixture.store().state(publisher.organisation())->held,
              601U + 100U * static_cast<unsigned>(i));
    ASSERT_EQ(write(to_child[1], "x", 1), 1);
    ASSERT_EQ(read(to_parent[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'r');
  }
  close(to_child[1]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  close(to_parent[0]);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST(Compacting, AReadOnlyStoreIsLeftAlone) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  fixture.close();
  fixture.open({.read_only = true});
  ASSERT_FAULT(fixture.store().compact(), store::Fault::bad_job);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST(Compacting, WhatACutOffOneLeftIsRemoved) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  fixture.close();
  const auto left = fixture.folder() / "data.mdb.new";
  std::ofstream(left) << "half a file";
  fixture.open({.read_only = true});
  EXPECT_TRUE(std::filesystem::exists(left));
  fixture.reopen();
  EXPECT_FALSE(std::filesystem::exists(left));
  expect_sound(fixture.store(), publisher.organisation());
}

TEST(CopyingTo, MakesAStoreOfItsOwn) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(300)));
  const TemporaryFolder temporary;
  const auto folder = temporary.path() / "copy";
  ASSERT_TRUE(fixture.store().copy_to(folder));
  struct stat made = {};
  ASSERT_EQ(stat(folder.c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777U, 0700U);
  ASSERT_TRUE(fixture.apply(publisher.records(10)));
  const auto copy = store::Store::open(folder, {});
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ((*copy)->state(publisher.organisation())->held, 301U);
  EXPECT_EQ((*copy)->own_organisation(), publisher.organisation());
  expect_sound(**copy, publisher.organisation());
  ASSERT_FAULT(fixture.store().copy_to(folder), store::Fault::bad_job);  // there already
  ASSERT_FAULT(fixture.store().copy_to(temporary.path() / "no" / "such"), store::Fault::io_error);
}

TEST(Values, AreKeptByName) {
  StoreFixture fixture;
  EXPECT_FALSE(fixture.store().value("instance").has_value());
  ASSERT_TRUE(fixture.apply(store::PutValue{.name = "instance", .value = "abc"}));
  ASSERT_TRUE(fixture.apply(store::PutValue{.name = "boot", .value = ""}));
  ASSERT_TRUE(fixture.apply(store::PutValue{.name = "instance", .value = "def"}));
  fixture.reopen();
  EXPECT_EQ(fixture.store().value("instance"), "def");
  EXPECT_EQ(fixture.store().value("boot"), "");
  EXPECT_FALSE(fixture.store().value("format").has_value());
  ASSERT_FAULT(fixture.apply(store::PutValue{.name = "", .value = "x"}), store::Fault::bad_job);
  ASSERT_FAULT(fixture.apply(store::PutValue{.name = std::string(60, 'n'), .value = "x"}),
               store::Fault::bad_job);
  ASSERT_FAULT(fixture.apply(store::PutValue{.name = "n", .value = std::string(1025, 'x')}),
               store::Fault::bad_job);
}

TEST(Adopting, MakesAHeldLogTheOwn) {
  StoreFixture fixture;
  LogBuilder builder;
  builder.put_many(20, 50);
  ASSERT_FAULT(fixture.apply(store::Adopt{builder.organisation()}), store::Fault::unknown_log);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  ASSERT_FAULT(fixture.apply(store::Adopt{builder.organisation()}), store::Fault::bad_job);
  store::Receive job{.organisation = builder.organisation(),
                     .own_catch_up = false,
                     .ranges = builder.ranges(0, 10),
                     .target = builder.checkpoint(21)};
  ASSERT_TRUE(fixture.apply(job));
  ASSERT_FAULT(fixture.apply(store::Adopt{builder.organisation()}), store::Fault::bad_job);
  job.ranges = builder.ranges(10, 21);
  ASSERT_TRUE(fixture.apply(job));
  ASSERT_TRUE(fixture.apply(store::Adopt{builder.organisation()}));
  fixture.reopen();
  EXPECT_EQ(fixture.store().own_organisation(), builder.organisation());
  ASSERT_FAULT(fixture.apply(store::Adopt{builder.organisation()}), store::Fault::exists_already);
  Publisher publisher;
  ASSERT_FAULT(fixture.apply(publisher.found()), store::Fault::exists_already);
  expect_sound(fixture.store(), builder.organisation());
}

/// Takes a store back to format 1: without the tables that came after, and rows as they were.
void make_format_1(const std::filesystem::path& folder) {
  MDB_env* environment = nullptr;
  ASSERT_EQ(mdb_env_create(&environment), 0);
  mdb_env_set_maxdbs(environment, store::table_count);
  ASSERT_EQ(mdb_env_open(environment, folder.c_str(), 0, 0600), 0);
  MDB_txn* transaction = nullptr;
  ASSERT_EQ(mdb_txn_begin(environment, nullptr, 0, &transaction), 0);
  for (std::size_t i = store::table_count_format_1; i < store::table_count; ++i) {
    MDB_dbi table = 0;
    const char* name = store::name_of(static_cast<store::Table>(i));
    ASSERT_EQ(mdb_dbi_open(transaction, name, 0, &table), 0);
    ASSERT_EQ(mdb_drop(transaction, table, 1), 0);
  }
  MDB_dbi meta = 0;
  ASSERT_EQ(mdb_dbi_open(transaction, "meta", 0, &meta), 0);
  std::string name = "format";
  Bytes format = Writer().u32(1).take();
  MDB_val key = {name.size(), name.data()};
  MDB_val value = {format.size(), format.data()};
  ASSERT_EQ(mdb_put(transaction, meta, &key, &value, 0), 0);
  ASSERT_EQ(mdb_txn_commit(transaction), 0);
  mdb_env_close(environment);
}

TEST(Migrating, AStoreOfFormat1IsReadAndBroughtOn) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(300)));
  fixture.close();
  ASSERT_NO_FATAL_FAILURE(make_format_1(fixture.folder()));
  const auto format = [&] {
    auto environment = store::Environment::open(fixture.folder(), {.read_only = true});
    store::ReadTransaction transaction(**environment);
    return Reader(*transaction.get(store::Table::meta, store::Key("format"))).u32();
  };
  EXPECT_EQ(format(), 1U);
  fixture.open({.read_only = true});
  expect_sound(fixture.store(), publisher.organisation());
  EXPECT_TRUE(fixture.store().erasures(publisher.organisation(), 0, 10).empty());
  EXPECT_TRUE(fixture.store().queued().empty());
  EXPECT_TRUE(fixture.store().witnesses(publisher.organisation()).empty());
  EXPECT_TRUE(fixture.store().abandoned(publisher.organisation()).empty());
  EXPECT_FALSE(fixture.store().next_destruction_ms().has_value());
  fixture.close();
  EXPECT_EQ(format(), 1U);
  fixture.open();
  fixture.close();
  EXPECT_EQ(format(), store::format_version);
  fixture.open();
  ASSERT_TRUE(fixture.apply(publisher.records(10)));
  ASSERT_TRUE(fixture.apply(store::Erase{.erased = {{.leaf = 1, .part_mask = 1}},
                                         .reason = log::EraseReason::safety,
                                         .time_ms = 1,
                                         .now = true,
                                         .sign = publisher.signer()}));
  fixture.reopen();
  EXPECT_EQ(fixture.store().erasures(publisher.organisation(), 0, 10).size(), 1U);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST(Migrating, ReadsRowsOfLogsOfBothFormats) {
  store::LogRow row;
  row.number = 7;
  row.own = true;
  row.events = 2;
  row.held = 12;
  row.indexed = 5;
  row.bodies_missing = 1;
  row.head = store::StoredHead{.head = {.size = 12, .root = {}}, .note = "note"};
  // As format 1 wrote it.
  Writer out;
  out.u32(7).u8(1 | 2).u32(2).u64(12).u64(5).u64(1);
  out.u64(12).bytes(Hash{}).u16(4).bytes(view_of("note"));
  EXPECT_EQ(store::encode(row), out.view());
  const auto decoded = store::decode_log_row(out.view());
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->held, 12U);
  EXPECT_EQ(decoded->erasures, 0U);
  row.erasures = 3;
  row.rewinds = 2;
  row.cosigned = 4;
  row.cosigned_ms = 5;
  row.kept_cosigned = 6;
  const auto both = store::decode_log_row(store::encode(row));
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(both->erasures, 3U);
  EXPECT_EQ(both->rewinds, 2U);
  EXPECT_EQ(both->cosigned, 4U);
  EXPECT_EQ(both->cosigned_ms, 5U);
  EXPECT_EQ(both->kept_cosigned, 6U);
  EXPECT_EQ(both->head->note, "note");
  const Bytes whole = store::encode(row);
  EXPECT_FALSE(store::decode_log_row(ByteView(whole).first(whole.size() - 1)).has_value());
}

}  // namespace
}  // namespace moot::test

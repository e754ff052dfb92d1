#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <random>

#include "store/environment.hpp"
#include "store_fixture.hpp"

namespace moot::test {
namespace {

/// Runs `body` in a process of its own, which ends with what it answers.
template <class Body>
int status_of_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void limit_file_bytes(rlim_t bytes) {
  rlimit limit = {};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

// The limit on file sizes plays the full disk. Whatever is asked then fails as a whole and changes
// nothing; reading goes on; with room again, so does writing.
TEST(FullDisk, FailsEveryJobChangesNothingAndRecovers) {
  StoreFixture fixture;
  fixture.close();
  const auto publish_on_full_disk = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    fixture.open();
    Publisher publisher;
    if (!fixture.apply(publisher.found())) return 1;
    if (!fixture.apply(publisher.records(500, 1000))) return 2;
    const auto before = fixture.store().state(publisher.organisation());
    const auto data = fixture.folder() / "data.mdb";
    for (const rlim_t more : {rlim_t{0}, rlim_t{4096}, rlim_t{100'000}, rlim_t{700'000}}) {
      limit_file_bytes(std::filesystem::file_size(data) + more);
      const auto results = fixture.apply_all(
          {store::PutFollow{}, publisher.records(2000, 1000), store::RemoveFollow{}});
      for (const store::JobResult& result : results) {
        if (result || result.error() != store::Fault::disk_full) return 3;
      }
      const auto after = fixture.store().state(publisher.organisation());
      if (!after || after->held != before->held || after->head->note != before->head->note) {
        return 4;
      }
      if (!fixture.store().follows().empty()) return 5;
      expect_sound(fixture.store(), publisher.organisation());
    }
    limit_file_bytes(RLIM_INFINITY);
    const auto published = fixture.apply(publisher.records(2000, 1000));
    if (!published || published->first != before->held) return 6;
    expect_sound(fixture.store(), publisher.organisation());
    fixture.reopen();
    expect_sound(fixture.store(), publisher.organisation());
    if (fixture.store().state(publisher.organisation())->held != before->held + 2000) return 7;
    return ::testing::Test::HasFailure() ? 8 : 0;
  };
  EXPECT_EQ(status_of_child(publish_on_full_disk), 0);
}

TEST(FullDisk, ACompactionOrACopyThatDoesNotFitChangesNothing) {
  StoreFixture fixture;
  fixture.close();
  const auto compact_on_full_disk = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    fixture.open();
    Publisher publisher;
    if (!fixture.apply(publisher.found())) return 1;
    if (!fixture.apply(publisher.records(2000, 1000))) return 2;
    limit_file_bytes(500'000);
    const auto compacted = fixture.store().compact();
    if (compacted || compacted.error() != store::Fault::disk_full) return 3;
    if (std::filesystem::exists(fixture.folder() / "data.mdb.new")) return 4;
    const auto copied = fixture.store().copy_to(fixture.folder() / "copy");
    if (copied || copied.error() != store::Fault::disk_full) return 5;
    if (std::filesystem::exists(fixture.folder() / "copy")) return 6;
    expect_sound(fixture.store(), publisher.organisation());
    limit_file_bytes(RLIM_INFINITY);
    if (!fixture.store().compact()) return 7;
    if (!fixture.apply(publisher.records(10))) return 8;
    expect_sound(fixture.store(), publisher.organisation());
    return ::testing::Test::HasFailure() ? 9 : 0;
  };
  EXPECT_EQ(status_of_child(compact_on_full_disk), 0);
}

TEST(FullDisk, MakingAStoreSaysSo) {
  const TemporaryFolder temporary;
  EXPECT_EQ(status_of_child([&] {
              std::signal(SIGXFSZ, SIG_IGN);
              limit_file_bytes(3 * 4096);
              const auto opened = store::Store::open(temporary.path() / "store", {.create = true});
              if (opened) return 1;
              return opened.error() == store::Fault::disk_full ? 0 : 2;
            }),
            0);
}

TEST(Environment, OpensAnewBehindTheGate) {
  StoreFixture fixture;
  fixture.close();
  auto opened = store::Environment::open(fixture.folder(), {});
  ASSERT_TRUE(opened.has_value());
  store::Environment& environment = **opened;
  for (int i = 0; i < 3; ++i) {
    {
      store::WriteTransaction transaction(environment);
      transaction.put(store::Table::meta, store::Key("test"), view_of("kept"));
      ASSERT_EQ(transaction.commit(), 0);
    }
    { const store::ReadTransaction idle(environment); }
    ASSERT_TRUE(environment.reopen());
    store::ReadTransaction transaction(environment);
    EXPECT_TRUE(transaction.get(store::Table::meta, store::Key("test")).has_value());
  }
}

TEST(MapGrowth, GrowsPastSeveralDoublings) {
  StoreFixture fixture;
  fixture.close();
  {
    auto opened = store::Environment::open(fixture.folder(), {});
    ASSERT_TRUE(opened.has_value());
    store::Environment& environment = **opened;
    const std::uint64_t at_first = environment.map_bytes();
    ASSERT_TRUE(environment.make_room(at_first / 2));
    EXPECT_EQ(environment.map_bytes(), at_first);
    ASSERT_TRUE(environment.make_room(at_first * 5));
    EXPECT_EQ(environment.map_bytes(), at_first * 8);
    ASSERT_TRUE(environment.make_room(2500 * limits::MiB));  // from 1 GiB on by 1 GiB
    EXPECT_EQ(environment.map_bytes(), 3072 * limits::MiB);
  }
  fixture.open();
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(fixture.apply(publisher.records(60, 1'000'000)));
  EXPECT_GT(fixture.store().bytes_on_disk(), 340 * limits::MiB);
  EXPECT_EQ(fixture.store().state(publisher.organisation())->held, 361U);
  const auto last = fixture.store().bodies(publisher.organisation(), 360, 1, SIZE_MAX, true);
  EXPECT_EQ(last.bundle.size(), 1'000'021U);
}

/// Publishes until it is killed; tells each acknowledged size.
int publish_until_killed(const std::filesystem::path& folder, int acknowledged) {
  auto opened = store::Store::open(folder, {.create = true});
  if (!opened) return 1;
  Publisher publisher;
  std::vector<store::Job> jobs{publisher.found()};
  if (!(*opened)->apply(jobs).front()) return 2;
  for (std::size_t i = 0;; ++i) {
    jobs.clear();
    jobs.emplace_back(publisher.records(1 + i * 7 % 300, 200 + i * 31 % 2000));
    jobs.emplace_back(publisher.records(2));
    const auto results = (*opened)->apply(jobs);
    if (!results[0] || !results[1]) return 3;
    const log::Head head = results[1]->checkpoint->head;
    std::uint8_t told[40];
    std::copy(head.root.begin(), head.root.end(), told);
    std::memcpy(told + 32, &head.size, sizeof head.size);
    if (write(acknowledged, told, sizeof told) != sizeof told) return 4;
  }
}

// Killed at random moments. What was acknowledged is there, with the root that was shown, all that
// is there agrees with itself, and publishing goes on.
TEST(Killed, KeepsWhatItAcknowledged) {
  std::mt19937 random(4711);
  for (int round = 0; round < 30; ++round) {
    const TemporaryFolder temporary;
    const auto folder = temporary.path() / "store";
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) _exit(publish_until_killed(folder, pipe_ends[1]));
    ASSERT_GT(child, 0);
    close(pipe_ends[1]);
    // Waits for some acknowledgements, then for a moment that falls anywhere in a transaction.
    log::Head last;
    std::uint8_t told[40];
    const auto read_one = [&] {
      if (read(pipe_ends[0], told, sizeof told) != sizeof told) return false;
      std::copy(told, told + 32, last.root.begin());
      std::memcpy(&last.size, told + 32, sizeof last.size);
      return true;
    };
    for (auto i = 1 + random() % 12; i > 0; --i) ASSERT_TRUE(read_one());
    usleep(static_cast<useconds_t>(random() % 4000));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << WEXITSTATUS(status);
    while (read_one()) {
    }
    close(pipe_ends[0]);

    auto opened = store::Store::open(folder, {});
    ASSERT_TRUE(opened.has_value());
    const auto organisation = (*opened)->own_organisation();
    ASSERT_TRUE(organisation.has_value());
    const auto state = (*opened)->state(*organisation);
    ASSERT_TRUE(state.has_value());
    EXPECT_GE(state->held, last.size);
    EXPECT_EQ(state->held, state->head->head.size);
    EXPECT_EQ(log::root_at(last.size, *(*opened)->tree(*organisation)), last.root);
    expect_sound(**opened, *organisation);
  }
}

}  // namespace
}  // namespace moot::test

// Each test publishes an honest log in memory, changes one thing in what is held, and sees the
// audit name it.
#include "audit/verifier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/memory_log.hpp"

namespace moot::audit {
namespace {

using test::HeldLog;
using test::LogAuthor;
using test::MemoryLog;

std::string body_of(std::uint64_t number) {
  return "{\"id\":" + std::to_string(number) + ",\"name\":\"Lunch club\"}";
}

class Audit : public testing::Test {
 protected:
  void fill(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) author.put(records_++, body_of(i));
    author.sign();
  }
  LogReport report(const Options& options = {}) {
    Report all = audit::audit(memory, options);
    EXPECT_EQ(all.logs.size(), 1U);
    return all.logs.front();
  }
  static bool names(const LogReport& report, std::string_view where, std::string_view found) {
    return std::any_of(report.problems.begin(), report.problems.end(), [&](const Problem& problem) {
      return problem.where == where && problem.found.find(found) != std::string::npos;
    });
  }
  static std::string all_of(const LogReport& report) {
    std::string text;
    for (const Problem& problem : report.problems) {
      text += problem.where + ": " + problem.found + "; allowed: " + problem.allowed + "\n";
    }
    for (const std::string& what : report.not_checked) text += "not checked: " + what + "\n";
    return text;
  }
  void expect_failed(std::string_view where, std::string_view found) {
    const LogReport found_report = report();
    EXPECT_EQ(found_report.verdict, Verdict::failed);
    EXPECT_TRUE(names(found_report, where, found)) << where << "\n" << all_of(found_report);
  }
  void expect_one_problem(std::string_view where, std::string_view found) {
    expect_failed(where, found);
    EXPECT_EQ(report().problems.size(), 1U) << all_of(report());
  }

  MemoryLog memory;
  LogAuthor author{memory};
  std::uint64_t records_ = 0;
};

TEST_F(Audit, FindsNothingInAnHonestLog) {
  fill(10);
  author.put(3, body_of(33));
  author.put(3, body_of(34), "{\"phone\":\"1\"}");
  author.withdraw(4);
  author.erase({1, 2});
  author.sign();
  author.rotate();
  author.put(11, body_of(11));
  author.sign();
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_EQ(found.entries, 17U);
  EXPECT_EQ(found.head.size, 17U);
  EXPECT_EQ(found.bodies, 12U);
  EXPECT_EQ(found.checkpoints, 3U);
  EXPECT_EQ(found.erased, 2U);
  EXPECT_EQ(found.withheld, 0U);
  EXPECT_EQ(found.disowned, 0U);
}

TEST_F(Audit, FindsNothingInALogOfManyBlocks) {
  fill(255);
  fill(1);
  fill(300);
  for (std::uint64_t i = 0; i < 100; ++i) author.put(i * 5, body_of(i));
  author.sign();
  fill(3900);
  fill(1000);
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_EQ(found.entries, 5557U);
  EXPECT_EQ(found.bodies, 5556U);
  EXPECT_EQ(found.checkpoints, 6U);
}

TEST_F(Audit, SaysTheSameOnManyThreads) {
  fill(9000);
  author.held().bodies[8000][0].body[0] ^= 1;
  author.held().bodies[300][0].body[0] ^= 1;
  std::atomic<std::uint64_t> progress_max = 0;
  Options options;
  options.parallel = [](std::size_t count, const std::function<void(std::size_t)>& task) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < count; i = next++) task(i);
    };
    std::thread other(work);
    work();
    other.join();
  };
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, 9001U);
    std::uint64_t seen = progress_max;
    while (seen < done && !progress_max.compare_exchange_weak(seen, done)) {
    }
  };
  const LogReport on_two = report(options);
  EXPECT_EQ(progress_max, 9001U);
  EXPECT_EQ(all_of(on_two), all_of(report()));
  ASSERT_EQ(on_two.problems.size(), 2U);
  EXPECT_EQ(on_two.problems[0].where, "entry 300");
  EXPECT_EQ(on_two.problems[1].where, "entry 8000");
}

TEST_F(Audit, NamesAnEntryInWhichAnyBitWasFlipped) {
  fill(5);
  const Bytes honest = author.held().leaves[3];
  for (std::size_t bit = 0; bit < honest.size() * 8; bit += 7) {
    Bytes& leaf = author.held().leaves[3];
    leaf = honest;
    leaf[bit / 8] = static_cast<std::uint8_t>(leaf[bit / 8] ^ (1U << bit % 8));
    expect_failed("entry 3", "does not match the tree");
    expect_failed("checkpoint of size 6", "does not follow from the entries");
  }
}

TEST_F(Audit, NamesABodyThatIsNotWhatWasSigned) {
  fill(5);
  author.held().bodies[4][0].body[3] ^= 1;
  expect_one_problem("entry 4", "the body does not match what was signed");
}

TEST_F(Audit, NamesABodyWithAnotherSalt) {
  fill(5);
  author.held().bodies[4][0].salt[15] ^= 1;
  expect_one_problem("entry 4", "the body does not match what was signed");
}

TEST_F(Audit, NamesABodyThatWasSwappedWithAnother) {
  fill(5);
  std::swap(author.held().bodies[1], author.held().bodies[2]);
  const LogReport found = report();
  EXPECT_TRUE(names(found, "entry 1", "the body"));
  EXPECT_TRUE(names(found, "entry 2", "the body"));
}

TEST_F(Audit, NamesBodiesThatDoNotFitTheirEntries) {
  fill(5);
  author.held().bodies[2].clear();
  expect_failed("the bodies of entries 0 to 5", "do not fit the entries");
}

TEST_F(Audit, SaysWhichBodiesAreMissing) {
  fill(5);
  author.held().bodies[2][0] = {log::Part::public_part, log::BodyStatus::missing, {}, {}};
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::incomplete);
  ASSERT_EQ(found.not_checked.size(), 1U);
  EXPECT_EQ(found.not_checked[0], "1 body is not held here, for example of entry 2");
  EXPECT_EQ(found.bodies, 4U);
}

TEST_F(Audit, CountsPersonalPartsThatWereWithheldAndIsContent) {
  author.put(1, body_of(1), "{\"phone\":\"1\"}");
  author.sign();
  author.held().bodies[1][1] = {log::Part::personal_part, log::BodyStatus::withheld, {}, {}};
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok);
  EXPECT_EQ(found.withheld, 1U);
}

TEST_F(Audit, TakesAPublicPartThatWasWithheldForMissing) {
  fill(2);
  author.held().bodies[1][0] = {log::Part::public_part, log::BodyStatus::withheld, {}, {}};
  EXPECT_EQ(report().verdict, Verdict::incomplete);
}

TEST_F(Audit, NamesABodyThatIsErasedByNoEntry) {
  fill(3);
  author.erase({1});
  author.sign();
  author.held().bodies[2][0] = {log::Part::public_part, log::BodyStatus::erased, {}, {}};
  expect_one_problem("entry 2", "no entry erases it");
}

TEST_F(Audit, NamesAnEraseOfWhatIsNotThere) {
  fill(3);
  log::EraseLeaf leaf;
  leaf.organisation = author.organisation();
  leaf.erased = {{0, 1}, {1, 2}, {2, 1}, {9, 1}};
  author.append(log::encode(leaf));
  author.sign();
  const LogReport found = report();
  EXPECT_TRUE(names(found, "entry 4", "erases a part of entry 0"));
  EXPECT_TRUE(names(found, "entry 4", "erases a part of entry 1"));
  EXPECT_TRUE(names(found, "entry 4", "erases a part of entry 9"));
  EXPECT_EQ(found.problems.size(), 3U) << all_of(found);
}

class AuditOfChains : public Audit {
 protected:
  // Three versions of record 0 at entries 1, 4 and 5, the last with `previous` changed.
  void third_version_names(std::uint64_t previous) {
    fill(3);
    author.put(0, body_of(10));
    log::RecordLeaf leaf = author.next_leaf(0);
    leaf.previous = previous;
    leaf.parts = {{log::Part::public_part, log::body_commitment({}, log::Part::public_part, {})}};
    author.append(log::encode(leaf), {HeldLog::Body{}});
    author.sign();
  }
};

TEST_F(AuditOfChains, IsContentWithVersionsInARow) {
  third_version_names(5);
  EXPECT_EQ(report().verdict, Verdict::ok) << all_of(report());
}
TEST_F(AuditOfChains, NamesAVersionThatSkipsOne) {
  third_version_names(2);
  expect_one_problem("entry 5", "names entry 1 as the record's version before it");
}
TEST_F(AuditOfChains, NamesAVersionThatBeginsAgain) {
  third_version_names(0);
  expect_one_problem("entry 5", "names no version");
}
TEST_F(AuditOfChains, NamesAVersionThatFollowsAnotherRecord) {
  third_version_names(3);
  expect_one_problem("entry 5", "names entry 2");
}
TEST_F(AuditOfChains, NamesAVersionThatFollowsTheFuture) {
  third_version_names(100);
  expect_one_problem("entry 5", "names entry 99");
}
TEST_F(AuditOfChains, NamesAWithdrawalOfNothing) {
  fill(1);
  author.withdraw(77);
  author.sign();
  expect_one_problem("entry 2", "withdraws a record that was never published");
}

TEST_F(Audit, NamesAnEntryOfAnotherOrganisation) {
  fill(1);
  log::RecordLeaf leaf = author.next_leaf(0);
  leaf.operation = log::Operation::withdraw;
  leaf.organisation.bytes[0] ^= 1;
  author.append(log::encode(leaf));
  author.sign();
  expect_one_problem("entry 2", "belongs to moot1");
}

TEST_F(Audit, NamesAnEntryWrittenUnderAnotherEvent) {
  fill(1);
  author.rotate();
  log::RecordLeaf leaf = author.next_leaf(0);
  leaf.operation = log::Operation::withdraw;
  leaf.epoch = 0;
  author.append(log::encode(leaf));
  author.put(9, body_of(9));
  author.sign();
  expect_one_problem("entry 3", "was written under establish event 0");
}

TEST_F(Audit, NamesLeavesThatAreNoEntries) {
  fill(1);
  author.append({1, 2, 3});
  author.sign();
  expect_failed("entry 2", "");
}

TEST_F(Audit, SaysWhenALeafMattersAndIsTooNewForIt) {
  fill(1);
  author.append({1, 99, 0});
  author.sign();
  EXPECT_EQ(report().verdict, Verdict::ok) << all_of(report());
  author.append({1, 99, 1});
  author.sign();
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::incomplete) << all_of(found);
  EXPECT_NE(all_of(found).find("entry 3: this version of Moot is too old"), std::string::npos);
}

TEST_F(Audit, SaysWhereEntriesCannotBeRead) {
  fill(600);
  author.put(2, body_of(3));
  author.sign();
  author.held().unreadable_from = 300;
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::failed);
  EXPECT_TRUE(names(found, "entries 300 to 601", "cannot be read")) << all_of(found);
  EXPECT_EQ(found.problems.size(), 1U) << all_of(found);
  EXPECT_NE(all_of(found).find("not checked: the root of the checkpoint of size 601"),
            std::string::npos);
}

}  // namespace
}  // namespace moot::audit

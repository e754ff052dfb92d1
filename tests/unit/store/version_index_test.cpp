#include <map>
#include <random>

#include "store/log_table.hpp"
#include "store/recent_versions.hpp"
#include "store_fixture.hpp"

namespace moot::test {
namespace {

// Publishes versions of records in any order, in batches of any size, reopening now and then, and
// asks for every record what a plain map answers: through batches being indexed, half indexed and
// split rows.
TEST(VersionIndex, AnswersAsAMapDoes) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  std::mt19937 random(20'240'521);
  std::map<std::uint64_t, log::LeafIndex> newest;
  log::LeafIndex next = 1;
  for (int round = 0; round < 60; ++round) {
    store::Publish job = publisher.one(record_id(0), "x");
    const store::NewRecord pattern = job.records.front();
    job.records.clear();
    const std::size_t count = round % 7 == 0 ? 1500 : 1 + random() % 300;
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 0; i < count; ++i) {
      numbers.push_back(random() % 9000);
      job.records.push_back(pattern);
      job.records.back().record = record_id(numbers.back());
    }
    ASSERT_TRUE(fixture.apply(job));
    const Bytes bundle = fixture.store().leaves(publisher.organisation(), next, count, SIZE_MAX);
    const auto leaves = log::split_leaves(bundle, count);
    ASSERT_EQ(leaves->size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto before = newest.find(numbers[i]);
      ASSERT_EQ(log::decode_record((*leaves)[i])->previous,
                before == newest.end() ? 0 : before->second + 1)
          << "round " << round << ", entry " << next;
      newest[numbers[i]] = next++;
    }
    if (round % 9 == 4) fixture.reopen();
    if (round % 10 == 9) {
      for (std::uint64_t number = 0; number < 9000; number += 3) {
        const auto answer =
            fixture.store().newest_version(publisher.organisation(), record_id(number));
        const auto expected = newest.find(number);
        ASSERT_EQ(answer.has_value(), expected != newest.end());
        if (answer) {
          ASSERT_EQ(*answer, expected->second);
        }
      }
    }
  }
}

TEST(VersionIndex, KnowsReceivedLogsThroughoutAFetch) {
  StoreFixture fixture;
  LogBuilder builder;
  builder.put_many(5000, 10);
  for (std::uint64_t i = 0; i < 5000; i += 2) builder.put(record_id(i), "second version");
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  for (log::LeafIndex held = 0; held < builder.size();) {
    const log::LeafIndex end = std::min<log::LeafIndex>(builder.size(), held + 700);
    ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                             .ranges = builder.ranges(held, end),
                                             .target = std::nullopt}));
    held = end;
    for (std::uint64_t i = 0; i < 5000; i += 97) {
      const log::LeafIndex first = 1 + i;
      const log::LeafIndex second = 5001 + i / 2;
      std::optional<log::LeafIndex> expected;
      if (first < held) expected = first;
      if (i % 2 == 0 && second < held) expected = second;
      ASSERT_EQ(fixture.store().newest_version(builder.organisation(), record_id(i)), expected)
          << "record " << i << " of " << held;
    }
    if (held % 2100 == 0) fixture.reopen();
  }
}

TEST(VersionIndex, SplitsItsRows) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(fixture.apply(publisher.records(700, 1)));
  fixture.close();
  auto environment = store::Environment::open(fixture.folder(), {});
  ASSERT_TRUE(environment.has_value());
  store::ReadTransaction transaction(**environment);
  const auto row = store::read_log_row(transaction, publisher.organisation());
  EXPECT_GE(row->indexed, 4096U);
  std::size_t rows = 0;
  std::size_t pairs = 0;
  store::Cursor cursor(transaction, store::Table::versions);
  for (auto stored = cursor.first(); stored; stored = cursor.next()) {
    ++rows;
    pairs += stored->value.size() / 8;
    EXPECT_LE(stored->value.size(), 240U * 8);
  }
  EXPECT_GE(rows, pairs / 240);
  EXPECT_GE(pairs, row->indexed - 1);
}

// A reader that began before others went on must not be answered from what they know.
TEST(RecentVersions, AnswersSnapshotsOfDifferentAges) {
  StoreFixture fixture;
  Publisher publisher;
  ASSERT_TRUE(fixture.apply(publisher.found()));
  ASSERT_TRUE(fixture.apply(publisher.records(300, 1)));  // record i is entry i + 1
  fixture.close();
  auto environment = store::Environment::open(fixture.folder(), {});
  ASSERT_TRUE(environment.has_value());
  store::ReadTransaction transaction(**environment);
  const std::uint32_t number = store::read_log_row(transaction, publisher.organisation())->number;
  store::RecentVersions recent({1, 2, 3});
  const auto find = [&](log::LeafIndex indexed, log::TreeSize held, std::uint64_t record) {
    const store::WantedHash wanted{.hash = recent.hash_of(record_id(record)), .position = 0};
    std::vector<store::Candidate> candidates;
    recent.find(transaction, {.number = number, .indexed = indexed, .held = held},
                std::span(&wanted, 1), candidates);
    std::vector<std::uint32_t> entries;
    for (const store::Candidate& candidate : candidates) entries.push_back(candidate.entry);
    return entries;
  };
  using Entries = std::vector<std::uint32_t>;
  EXPECT_EQ(find(0, 250, 100), Entries{101});
  EXPECT_EQ(find(200, 301, 100), Entries{});
  EXPECT_EQ(find(200, 301, 299), Entries{300});
  EXPECT_EQ(find(50, 120, 100), Entries{101});
  EXPECT_EQ(find(0, 301, 299), Entries{300});
  EXPECT_EQ(find(301, 301, 299), Entries{});
  const auto pairs = recent.pairs(transaction, {.number = number, .indexed = 100, .held = 150});
  EXPECT_EQ(pairs.size(), 50U);
}

TEST(PairTable, FindsAllOfAHashAndNothingElse) {
  store::PairTable table;
  std::multimap<std::uint32_t, std::uint32_t> expected;
  std::mt19937 random(7);
  for (std::uint32_t entry = 1; entry < 5000; ++entry) {
    // Few hashes, at both ends of the range, so that runs wrap around the table's end.
    const auto low = static_cast<std::uint32_t>(random() % 50);
    const std::uint32_t hash = random() % 2 == 0 ? low : ~low;
    table.insert({.hash = hash, .entry = entry});
    expected.emplace(hash, entry);
  }
  EXPECT_EQ(table.size(), expected.size());
  EXPECT_EQ(table.all().size(), expected.size());
  for (std::uint32_t i = 0; i < 60; ++i) {
    for (const std::uint32_t hash : {i, ~i}) {
      std::vector<std::uint32_t> entries;
      table.find(hash, entries);
      EXPECT_EQ(entries.size(), expected.count(hash));
    }
  }
}

}  // namespace
}  // namespace moot::test

// Which texts are due to be erased by the rules of retention.
#include "query/retention.hpp"

#include <gtest/gtest.h>

#include "query/words.hpp"
#include "support/memory_log.hpp"

namespace moot::query {
namespace {

using test::LogAuthor;
using test::MemoryLog;

constexpr auto public_part = log::Part::public_part;
constexpr auto personal_part = log::Part::personal_part;
constexpr std::uint64_t day_ms = 86'400'000;

std::string after(std::uint64_t unix_ms, unsigned months) {
  return time_text(months_after(unix_ms, months)).value_or("never");
}

TEST(Months, AreThoseOfTheCalendar) {
  constexpr std::uint64_t new_year = 1'735'776'000'123;  // 2025-01-02
  EXPECT_EQ(after(new_year, 0), "2025-01-02T00:00:00.123Z");
  EXPECT_EQ(after(new_year, 1), "2025-02-02T00:00:00.123Z");
  EXPECT_EQ(after(new_year, 24), "2027-01-02T00:00:00.123Z");
  EXPECT_EQ(after(new_year, 1200), "2125-01-02T00:00:00.123Z");
}

TEST(Months, EndWithAShorterMonth) {
  constexpr std::uint64_t last_of_august = 1'693'440'000'000 + 3'600'000;  // 2023-08-31T01:00Z
  EXPECT_EQ(after(last_of_august, 1), "2023-09-30T01:00:00.000Z");
  EXPECT_EQ(after(last_of_august, 6), "2024-02-29T01:00:00.000Z");
  EXPECT_EQ(after(last_of_august, 18), "2025-02-28T01:00:00.000Z");
}

TEST(Months, NeverEndPastTheYear9999) {
  EXPECT_EQ(months_after(UINT64_MAX, 1), UINT64_MAX);
  EXPECT_EQ(months_after(253'402'300'799'999, 0), 253'402'300'799'999U);
  EXPECT_EQ(months_after(253'402'300'799'999, 1), UINT64_MAX);
}

class Retention : public testing::Test {
 protected:
  std::vector<RetentionRow> due(std::vector<RetentionRule> rules, std::uint64_t unix_ms) {
    auto rows = retention_due(memory, organisation, std::move(rules), unix_ms);
    EXPECT_TRUE(rows.has_value());
    return rows ? *rows : std::vector<RetentionRow>{};
  }
  std::uint64_t time_of(log::LeafIndex entry) {
    const auto record = log::decode_record(author.held().leaves.at(entry));
    return record ? record->time_ms : 0;
  }

  MemoryLog memory;
  LogAuthor author{memory};
  log::OrganisationId organisation = author.organisation();
};

TEST_F(Retention, IsOverToTheMillisecond) {
  author.put(1, "{}");
  author.put(1, "{\"a\":1}");
  const auto entry = author.withdraw(1);
  author.sign();
  const std::uint64_t due_ms = months_after(time_of(entry), 6);
  EXPECT_TRUE(due({{"service", public_part, 6}}, due_ms - 1).empty());
  const auto rows = due({{"service", public_part, 6}}, due_ms);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].record, LogAuthor::record_id(1));
  EXPECT_EQ(rows[0].kind, "service");
  EXPECT_EQ(rows[0].withdrawn_ms, time_of(entry));
  EXPECT_EQ(rows[0].due_ms, due_ms);
  EXPECT_EQ(rows[0].versions, (std::vector<log::LeafIndex>{1, 2}));
}

TEST_F(Retention, IsOverAtOnceAfterNoMonths) {
  author.put(1, "{}");
  const auto entry = author.withdraw(1);
  author.sign();
  EXPECT_TRUE(due({{"service", public_part, 0}}, time_of(entry) - 1).empty());
  EXPECT_EQ(due({{"service", public_part, 0}}, time_of(entry)).size(), 1U);
}

TEST_F(Retention, ConcernsOnlyWhatIsWithdrawnNow) {
  author.put(1, "{}");
  author.put(2, "{}");
  author.withdraw(2);
  const auto again = author.put(2, "{}");
  author.sign();
  EXPECT_TRUE(due({{"service", public_part, 0}}, time_of(again) + day_ms).empty());
  const auto entry = author.withdraw(2);
  author.sign();
  const auto rows = due({{"service", public_part, 0}}, time_of(entry));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].withdrawn_ms, time_of(entry));
  EXPECT_EQ(rows[0].versions, (std::vector<log::LeafIndex>{2, 4}));
}

TEST_F(Retention, TellsPersonalFromPublic) {
  author.put(1, "{}", "{\"phone\":\"1\"}");
  author.put(1, "{}");
  author.put(2, "{}");
  author.withdraw(2);
  const auto entry = author.withdraw(1);
  author.sign();
  const std::vector<RetentionRule> rules = {{"service", public_part, 24},
                                            {"service", personal_part, 6}};
  const auto first = due(rules, months_after(time_of(entry), 6));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].part, personal_part);
  EXPECT_EQ(first[0].versions, std::vector<log::LeafIndex>{1});
  const auto all = due(rules, months_after(time_of(entry), 24));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].part, personal_part);
  const std::vector<log::ErasedLeaf> leaves = {{1, 3}, {2, 1}, {3, 1}};
  EXPECT_EQ(leaves_of(all), leaves);
}

TEST_F(Retention, SkipsWhatIsErasedAlready) {
  author.put(1, "{}", "{\"phone\":\"1\"}");
  author.put(1, "{}", "{\"phone\":\"2\"}");
  const auto entry = author.withdraw(1);
  author.sign();
  author.held().erasures = {{1, 2, 4, log::EraseReason::safety, 5, 9, 2},
                            {2, 1, 4, log::EraseReason::safety, 6, 9, 0}};
  const std::vector<RetentionRule> rules = {{"service", public_part, 0},
                                            {"service", personal_part, 0}};
  auto rows = due(rules, time_of(entry));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].versions, std::vector<log::LeafIndex>{1});
  EXPECT_EQ(rows[1].versions, std::vector<log::LeafIndex>{2});
  for (log::Erasure& erasure : author.held().erasures) erasure.part_mask = 3;
  EXPECT_TRUE(due(rules, time_of(entry)).empty());
  EXPECT_EQ(erased_since(memory, organisation, 5), 2U);
  EXPECT_EQ(erased_since(memory, organisation, 6), 1U);
}

TEST_F(Retention, ConcernsOnlyTheKindThatTheRuleNames) {
  author.put(1, "{}");
  const auto entry = author.withdraw(1);
  author.sign();
  EXPECT_TRUE(due({{"referral", public_part, 0}}, time_of(entry)).empty());
  WithdrawnRecords records(
      organisation,
      {{"referral", public_part, 0}, {"referral", personal_part, 0}, {"service", public_part, 0}});
  ASSERT_TRUE(records.read_on(memory));
  EXPECT_EQ(records.kinds_without_records(), std::vector<std::string>{"referral"});
}

TEST_F(Retention, GoesByWhatTheOfficersStandBy) {
  author.put(1, "{}");
  const auto first = author.withdraw(1);
  author.put(2, "{}");
  author.put(1, "{}");                     // by a thief
  const auto stolen = author.withdraw(2);  // by a thief
  author.rotate(4);
  author.sign();
  const auto rows = due({{"service", public_part, 0}}, time_of(stolen) + day_ms);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].record, LogAuthor::record_id(1));
  EXPECT_EQ(rows[0].withdrawn_ms, time_of(first));
  EXPECT_EQ(rows[0].versions, (std::vector<log::LeafIndex>{1, 4}));
}

TEST_F(Retention, IsReadOnAsTheLogGrows) {
  WithdrawnRecords records(organisation, {{"service", public_part, 0}});
  author.put(1, "{}");
  author.put(2, "{}");
  author.withdraw(1);
  author.sign();
  ASSERT_TRUE(records.read_on(memory));
  EXPECT_EQ(records.due_until(memory, UINT64_MAX)->size(), 1U);
  author.put(1, "{}");
  author.sign();
  ASSERT_TRUE(records.read_on(memory));
  EXPECT_TRUE(records.due_until(memory, UINT64_MAX)->empty());
  author.withdraw(2);
  author.sign();
  ASSERT_TRUE(records.read_on(memory));
  EXPECT_EQ(records.due_until(memory, UINT64_MAX)->size(), 1U);
  // Disowned afterwards.
  author.rotate(3);
  author.sign();
  ASSERT_TRUE(records.read_on(memory));
  EXPECT_TRUE(records.due_until(memory, UINT64_MAX)->empty());
}

TEST_F(Retention, TakesWholeRowsOfTheOldestFirst) {
  for (std::uint64_t record = 1; record <= 3; ++record) {
    author.put(record, "{}");
    author.put(record, "{}");
  }
  author.withdraw(3);
  author.withdraw(1);
  const auto entry = author.withdraw(2);
  author.sign();
  const auto rows = due({{"service", public_part, 0}}, time_of(entry));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].record, LogAuthor::record_id(3));
  EXPECT_EQ(rows_within(rows, 1), 0U);
  EXPECT_EQ(rows_within(rows, 3), 1U);
  EXPECT_EQ(rows_within(rows, 6), 3U);
  EXPECT_EQ(rows_within({}, 6), 0U);
}

TEST_F(Retention, SaysThatALogCannotBeRead) {
  author.put(1, "{}");
  author.withdraw(1);
  author.sign();
  author.held().unreadable_from = 1;
  EXPECT_FALSE(retention_due(memory, organisation, {{"service", public_part, 0}}, 0).has_value());
  EXPECT_FALSE(retention_due(memory, log::OrganisationId{}, {}, 0).has_value());
}

}  // namespace
}  // namespace moot::query

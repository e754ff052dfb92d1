// A log taken into a store from a file or another store: by the rules of sync, whatever the source
// says.
#include "command/take_log.hpp"

#include <gtest/gtest.h>

#include "log/bundle_reader.hpp"
#include "log/evidence.hpp"
#include "log/rotation.hpp"
#include "support/memory_log.hpp"
#include "support/shared.hpp"

namespace moot::command {
namespace {

using test::LogAuthor;
using test::MemoryLog;

class TakeLog : public testing::Test {
 protected:
  void SetUp() override {
    auto opened =
        store::Store::open(folder_.path() / "store", {.read_only = false, .create = true});
    ASSERT_TRUE(opened);
    store = std::move(*opened);
  }
  void fill(LogAuthor& of, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      of.put(records_++, "{\"number\":" + std::to_string(i) + "}");
    }
    of.sign();
  }
  Result<TakenLog, Error> take(const log::LogReader& from, log::LeafIndex first = 0,
                               bool is_restoring = false) {
    TakeOptions options;
    options.is_restoring = is_restoring;
    return take_log(*store, from, organisation(), first, options);
  }
  TakenLog taken(const log::LogReader& from, log::LeafIndex first = 0) {
    auto out = take(from, first);
    EXPECT_TRUE(out) << out.error().message;
    return out ? std::move(*out) : TakenLog{};
  }
  void expect_false(const log::LogReader& from) {
    const auto before = store->state(organisation());
    const auto out = take(from);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, "verification-failed") << out.error().message;
    const auto after = store->state(organisation());
    EXPECT_EQ(after ? after->held : 0, before ? before->held : 0);
  }
  log::OrganisationId organisation() const { return author.organisation(); }
  log::TreeSize held() const { return store->state(organisation())->held; }
  /// What the store holds is what this log is.
  void expect_holds(const MemoryLog& log) const {
    const log::TreeSize size = log.state(organisation())->head->head.size;
    ASSERT_EQ(held(), size);
    EXPECT_EQ(store->state(organisation())->head->note, log.state(organisation())->head->note);
    EXPECT_EQ(log::root_at(size, *store->tree(organisation())),
              log::root_at(size, *log.tree(organisation())));
    for (log::LeafIndex at = 0; at < size;) {
      const auto part = store->bodies(organisation(), at, size - at, limits::MiB, true);
      ASSERT_GT(part.next, at);
      EXPECT_EQ(part.bundle, log.bodies(organisation(), at, part.next - at, SIZE_MAX, true).bundle);
      at = part.next;
    }
  }
  std::unique_ptr<log::BundleReader> bundle_of(const MemoryLog& log, log::LeafIndex from) {
    Bytes bytes;
    const auto written = log::write_bundle(log, std::vector{organisation()},
                                           {.from = from, .with_personal = true}, [&](ByteView b) {
                                             append(bytes, b);
                                             return true;
                                           });
    EXPECT_TRUE(written);
    return log::BundleReader::open(std::make_shared<log::MemorySource>(std::move(bytes))).value();
  }

  MemoryLog memory;
  LogAuthor author{memory};
  std::unique_ptr<store::Store> store;

 private:
  test::TemporaryFolder folder_;
  std::uint64_t records_ = 0;
};

TEST_F(TakeLog, TakesAllOfANewOne) {
  fill(author, 700);
  author.rotate();
  fill(author, 50);
  EXPECT_EQ(taken(memory).added, 752U);
  expect_holds(memory);
  const auto again = taken(memory);
  EXPECT_EQ(again.added, 0U);
  EXPECT_EQ(again.held, 752U);
}

TEST_F(TakeLog, AddsWhatIsNewFromTheMiddleOfABlock) {
  fill(author, 100);
  taken(memory);
  fill(author, 10);
  EXPECT_EQ(taken(memory).added, 10U);
  fill(author, 400);
  EXPECT_EQ(taken(memory).added, 400U);
  expect_holds(memory);
}

TEST_F(TakeLog, AddsNothingFromAnOlderCopy) {
  fill(author, 300);
  MemoryLog older;
  (void)author.fork(older);
  fill(author, 300);
  taken(memory);
  const auto out = taken(older);
  EXPECT_EQ(out.added, 0U);
  EXPECT_EQ(out.held, 601U);
  EXPECT_FALSE(out.is_left_behind);
  expect_holds(memory);
}

TEST_F(TakeLog, JoinsAnEndToTheBeginningThatIsHere) {
  fill(author, 400);
  taken(memory);
  fill(author, 400);
  const auto end = bundle_of(memory, 300);
  EXPECT_EQ(taken(*end, end->first_entry(organisation())).added, 400U);
  expect_holds(memory);
}

TEST_F(TakeLog, RefusesAnEndWithoutItsBeginning) {
  fill(author, 100);
  taken(memory);
  fill(author, 700);
  const auto end = bundle_of(memory, 300);
  const auto out = take(*end, end->first_entry(organisation()));
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, "failed");
  EXPECT_NE(out.error().message.find("begins at entry 256"), std::string::npos);
}

TEST_F(TakeLog, RefusesAnEndOfAnotherHistory) {
  fill(author, 10);
  MemoryLog other;
  LogAuthor forked = author.fork(other);
  fill(author, 600);
  fill(forked, 300);
  taken(other);
  const auto end = bundle_of(memory, 300);
  const auto out = take(*end, end->first_entry(organisation()));
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, "verification-failed");
  EXPECT_NE(out.error().message.find("does not follow from the first 256"), std::string::npos)
      << out.error().message;
}

TEST_F(TakeLog, RefusesWhatIsFalseAndStoresNothingOfIt) {
  fill(author, 20);
  taken(memory);
  fill(author, 20);
  const auto honest = author.held();
  author.held().leaves[25][60] ^= 1;
  expect_false(memory);
  author.held() = honest;
  author.held().bodies[25][0].body[0] ^= 1;
  expect_false(memory);
  author.held() = honest;
  MemoryLog elsewhere;
  LogAuthor stranger{elsewhere};
  log::Checkpoint& newest = author.held().checkpoints.back();
  newest.note = log::sign_checkpoint(organisation(), newest.head, stranger.log_key());
  expect_false(memory);
  author.held() = honest;
  EXPECT_EQ(taken(memory).added, 20U);
}

TEST_F(TakeLog, FillsInBodiesThatWereMissing) {
  fill(author, 20);
  const auto whole = author.held();
  author.held().bodies[7][0] = {log::Part::public_part, log::BodyStatus::missing, {}, {}};
  taken(memory);
  EXPECT_EQ(store->state(organisation())->bodies_missing, 1U);
  author.held() = whole;
  taken(memory);
  EXPECT_EQ(store->state(organisation())->bodies_missing, 0U);
  expect_holds(memory);
}

class TakeForkedLog : public TakeLog {
 protected:
  void SetUp() override {
    TakeLog::SetUp();
    fill(author, 300);
    forked.emplace(author.fork(other));
    fill(author, 30);
    fill(*forked, 50);
  }
  MemoryLog other;
  std::optional<LogAuthor> forked;
};

TEST_F(TakeForkedLog, KeepsTheEvidenceAndTakesNothing) {
  taken(memory);
  const auto out = taken(other);
  EXPECT_EQ(out.evidence, 1U);
  EXPECT_TRUE(out.is_frozen);
  EXPECT_EQ(out.added, 0U);
  expect_holds(memory);
  ASSERT_EQ(store->evidence(organisation()).size(), 1U);
  const auto judged = log::judge_evidence(store->evidence(organisation())[0]);
  ASSERT_TRUE(judged);
  EXPECT_EQ(judged->evidence.kind, log::EvidenceKind::fork);
  // From now on nothing is added to either history.
  fill(author, 10);
  const auto later = taken(memory);
  EXPECT_TRUE(later.is_frozen);
  EXPECT_EQ(later.added, 0U);
}

TEST_F(TakeForkedLog, ProvesItFromTheLongerOneToo) {
  taken(other);
  EXPECT_EQ(taken(memory).evidence, 1U);
  EXPECT_TRUE(log::judge_evidence(store->evidence(organisation()).at(0)));
}

TEST_F(TakeForkedLog, TakesTheEvidenceThatComesAlong) {
  taken(memory);
  taken(other);
  author.held().evidence = store->evidence(organisation());
  test::TemporaryFolder folder;
  store = store::Store::open(folder.path() / "other", {.read_only = false, .create = true}).value();
  const auto out = taken(memory);
  EXPECT_EQ(out.evidence, 1U);
  EXPECT_TRUE(out.is_frozen);
  EXPECT_EQ(out.held, 0U);
  store.reset();
}

TEST_F(TakeForkedLog, FollowsTheOfficersToTheHistoryThatTheyStandBy) {
  taken(memory);
  taken(other);
  forked->rotate();
  fill(*forked, 5);
  const auto out = taken(other);
  EXPECT_TRUE(out.is_rewound);
  EXPECT_FALSE(out.is_frozen);
  EXPECT_EQ(out.added, 56U);
  expect_holds(other);
  ASSERT_EQ(store->abandoned(organisation()).size(), 1U);
  EXPECT_EQ(store->abandoned(organisation())[0].count, 30U);
  // What they left adds nothing any more.
  const auto left = taken(memory);
  EXPECT_TRUE(left.is_left_behind);
  EXPECT_EQ(left.added, 0U);
  expect_holds(other);
}

TEST_F(TakeForkedLog, RefusesOfficersWhoStandByAHistoryThatItIsNot) {
  taken(memory);
  const auto reserve = forked->reserve_key().public_key().bytes();
  log::RequestParameters parameters;
  parameters.trusted = other.state(organisation())->head->head;
  parameters.trusted.root[0] ^= 1;
  parameters.log_size = parameters.trusted.size;
  parameters.node_keys = {forked->node_key().public_key().bytes()};
  parameters.next_keys = {reserve};
  parameters.known_keys = {reserve};
  const auto log_key = crypto::SigningKey::generate();
  auto request = log::make_request(*other.identity(organisation()), parameters, log_key).value();
  ASSERT_TRUE(log::sign(request, forked->reserve_key()));
  const Bytes leaf = log::to_leaf(request);
  ASSERT_TRUE(forked->held().identity->extend(leaf, parameters.log_size));
  forked->append(leaf);
  forked->sign();
  log::Checkpoint& newest = forked->held().checkpoints.back();
  newest.note = log::sign_checkpoint(organisation(), newest.head, log_key);
  expect_false(other);
}

TEST_F(TakeForkedLog, OfTwoDecisionsOfTheOfficersIsProvedAndFrozen) {
  author.rotate();
  fill(author, 3);
  forked->rotate();
  fill(*forked, 3);
  taken(memory);
  const auto out = taken(other);
  EXPECT_EQ(out.evidence, 1U);
  EXPECT_TRUE(out.is_frozen);
  EXPECT_FALSE(out.is_rewound);
  expect_holds(memory);
  const auto judged = log::judge_evidence(store->evidence(organisation()).at(0));
  ASSERT_TRUE(judged);
  EXPECT_EQ(judged->evidence.kind, log::EvidenceKind::rivals);
}

class TakeOwnLog : public TakeLog {
 protected:
  void SetUp() override {
    TakeLog::SetUp();
    fill(author, 30);
    taken(memory);
    const store::Job job = store::Adopt{organisation()};
    ASSERT_TRUE(store->apply({&job, 1}).front());
  }
};

TEST_F(TakeOwnLog, AddsNothingToAHomeThatIsOlderThanTheBundle) {
  EXPECT_EQ(taken(memory).added, 0U);
  fill(author, 10);
  const auto out = take(memory);
  ASSERT_FALSE(out);
  EXPECT_NE(out.error().hint.find("moot restore"), std::string::npos);
  EXPECT_EQ(held(), 31U);
}

TEST_F(TakeOwnLog, CatchesUpWhileTheHomeIsRestored) {
  fill(author, 10);
  const auto out = take(memory, 0, true);
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->added, 10U);
  expect_holds(memory);
}

}  // namespace
}  // namespace moot::command

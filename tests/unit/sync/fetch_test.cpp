// A fetch is driven by hand against a log in memory: each question is answered by serve(), honestly
// or changed in one place.
#include "sync/fetch.hpp"

#include <gtest/gtest.h>

#include "support/memory_log.hpp"
#include "sync/serve.hpp"

namespace moot::sync {
namespace {

struct Stage {
  test::MemoryLog source;
  test::LogAuthor author{source};
  test::MemoryLog nothing;
  LogPoint point;
  std::vector<log::Verified<log::EntryRange>> ranges;

  explicit Stage(std::uint64_t records) {
    for (std::uint64_t i = 0; i < records; ++i) author.put(i, "body of " + std::to_string(i));
    author.sign();
  }
  wire::Message answer(const wire::Message& question) {
    if (const auto* get = std::get_if<wire::HeadGet>(&question)) return serve(*get, source, false);
    if (const auto* get = std::get_if<wire::NodesGet>(&question)) return serve(*get, source);
    if (const auto* get = std::get_if<wire::HeadersGet>(&question)) return serve(*get, source);
    wire::BodiesGet get = std::get<wire::BodiesGet>(question);
    return serve_some(get, source, false);
  }

  static Result<FetchStep, FetchFault> give(Fetch& fetch, wire::Message message) {
    if (auto* head = std::get_if<wire::Head>(&message)) return fetch.handle(std::move(*head));
    if (auto* nodes = std::get_if<wire::Nodes>(&message)) return fetch.handle(std::move(*nodes));
    if (auto* headers = std::get_if<wire::Headers>(&message))
      return fetch.handle(std::move(*headers));
    if (auto* bodies = std::get_if<wire::Bodies>(&message)) return fetch.handle(std::move(*bodies));
    return fail(FetchFault{"refused"});
  }

  /// Runs to the end, `change` having a say in every answer; the last step or the fault.
  template <class Change>
  Result<FetchStep, FetchFault> run(Fetch& fetch, Change change) {
    std::deque<wire::Message> questions = {fetch.begin()};
    while (!questions.empty()) {
      wire::Message message = answer(questions.front());
      questions.pop_front();
      change(message);
      auto step = give(fetch, std::move(message));
      if (!step) return step;
      for (auto& range : step->ranges) ranges.push_back(std::move(range));
      if (step->is_finished) return step;
      for (wire::Message& question : step->send) questions.push_back(std::move(question));
      for (wire::Message& question : fetch.refill(limits::fetch_window_bytes))
        questions.push_back(std::move(question));
    }
    return fail(FetchFault{"ended in the middle"});
  }
  Fetch fetch() { return {author.organisation(), 1, false, point, nothing}; }
};

constexpr auto honestly = [](wire::Message&) {};

TEST(Fetch, TakesASmallLogWithItsHead) {
  Stage stage(3);
  Fetch fetch = stage.fetch();
  const auto step = stage.run(fetch, honestly);
  ASSERT_TRUE(step.has_value()) << step.error().detail;
  EXPECT_TRUE(step->identity.has_value());
  ASSERT_EQ(stage.ranges.size(), 1U);
  EXPECT_EQ(stage.ranges[0]->count(), 4U);
}

TEST(Fetch, TakesALargeLogBlockByBlock) {
  Stage stage(5000);
  Fetch fetch = stage.fetch();
  const auto step = stage.run(fetch, honestly);
  ASSERT_TRUE(step.has_value()) << step.error().detail;
  EXPECT_EQ(stage.ranges.size(), 20U);
  log::LeafIndex next = 0;
  for (const auto& range : stage.ranges) {
    EXPECT_EQ(range->first, next);
    next += range->count();
  }
  EXPECT_EQ(next, 5001U);
}

TEST(Fetch, RefusesAHeadThatTheLogKeyHasNotSigned) {
  Stage stage(3);
  Fetch fetch = stage.fetch();
  const auto step = stage.run(fetch, [](wire::Message& message) {
    if (auto* head = std::get_if<wire::Head>(&message)) head->note[head->note.size() - 10] ^= 1;
  });
  ASSERT_FALSE(step.has_value());
  EXPECT_NE(step.error().detail.find("its checkpoint"), std::string::npos) << step.error().detail;
}

TEST(Fetch, RefusesAnotherOrganisationsChain) {
  Stage stage(3);
  Stage other(3);
  Fetch fetch = stage.fetch();
  const auto step = stage.run(fetch, [&](wire::Message& message) {
    if (auto* head = std::get_if<wire::Head>(&message)) {
      wire::HeadGet get;
      get.organisation = other.author.organisation();
      auto theirs = std::get<wire::Head>(serve(get, other.source, false));
      head->events = theirs.events;
    }
  });
  EXPECT_FALSE(step.has_value());
}

TEST(Fetch, RefusesBlockHashesThatDoNotLeadToTheRoot) {
  Stage stage(5000);
  Fetch fetch = stage.fetch();
  const auto step = stage.run(fetch, [](wire::Message& message) {
    if (auto* nodes = std::get_if<wire::Nodes>(&message)) nodes->hashes[3][0] ^= 1;
  });
  ASSERT_FALSE(step.has_value());
  EXPECT_TRUE(stage.ranges.empty());
}

TEST(Fetch, KeepsTheBlocksBeforeALieAndNamesTheEntry) {
  Stage stage(5000);
  Fetch fetch = stage.fetch();
  const auto step = stage.run(fetch, [](wire::Message& message) {
    auto* headers = std::get_if<wire::Headers>(&message);
    if (headers != nullptr && headers->first == 512) headers->leaves[1000] ^= 1;
  });
  ASSERT_FALSE(step.has_value());
  EXPECT_NE(step.error().detail.find("entries from 512"), std::string::npos) << step.error().detail;
  EXPECT_LE(stage.ranges.size(), 2U);
}

TEST(Fetch, RefusesAnswersThatWereNotAskedFor) {
  Stage stage(5000);
  Fetch fetch = stage.fetch();
  EXPECT_FALSE(fetch.handle(wire::Nodes{}).has_value());
  EXPECT_FALSE(fetch.handle(wire::Headers{}).has_value());
  EXPECT_FALSE(fetch.handle(wire::Bodies{}).has_value());
}

TEST(Fetch, FreezesALogWhosePublisherSignedAnEntryThatCannotBeTaken) {
  for (const std::uint64_t records : {1UL, 5000UL}) {
    Stage stage(records);
    log::RecordLeaf leaf = stage.author.next_leaf(1);
    leaf.organisation.bytes[0] ^= 1;
    leaf.parts = {log::PartCommitment{}};
    stage.author.append(log::encode(leaf), {{.status = log::BodyStatus::missing, .body = {}}});
    stage.author.sign();
    Fetch fetch = stage.fetch();
    const auto step = stage.run(fetch, honestly);
    ASSERT_TRUE(step.has_value()) << "the peer that served it was blamed: " << step.error().detail;
    EXPECT_TRUE(step->freeze.has_value());
  }
}

// Whether two heads are a fork is shown with the signed note of the one held: without it there is
// no evidence, and the peer is left (forks: tests/simulation/branches_test.cpp).
TEST(Fetch, FreezesNothingOverAContradictionThatCannotBeProved) {
  Stage stage(3);
  stage.point.identity = stage.source.identity(stage.author.organisation());
  stage.point.verified = {4, Hash{}};
  Fetch fetch = stage.fetch();
  EXPECT_FALSE(stage.run(fetch, honestly).has_value());
}

TEST(Fetch, GoesOnFromWhatIsHeldAtEverySize) {
  // Held sizes at, before and after block boundaries, and growth that ends on one or not.
  for (const std::uint64_t held : {1UL, 255UL, 511UL, 512UL, 1500UL}) {
    for (const std::uint64_t more : {300UL, 1023UL, 1024UL, 2000UL}) {
      Stage stage(held);
      const auto before = *stage.source.state(stage.author.organisation());
      stage.point.identity = stage.source.identity(stage.author.organisation());
      stage.point.verified = before.head->head;
      stage.point.frontier =
          log::frontier_at(before.held, *stage.source.tree(stage.author.organisation()));
      for (std::uint64_t i = 0; i < more; ++i) stage.author.put(held + i, std::string(500, 'x'));
      stage.author.sign();
      for (const bool lies : {false, true}) {
        stage.ranges.clear();
        Fetch fetch(stage.author.organisation(), 1, false, stage.point, stage.source);
        bool has_lied = false;
        const auto step = stage.run(fetch, [&](wire::Message& message) {
          auto* nodes = std::get_if<wire::Nodes>(&message);
          if (nodes == nullptr || !lies) return;
          nodes->hashes.back()[7] ^= 1;
          has_lied = true;
        });
        EXPECT_EQ(step.has_value(), !has_lied) << held << " and " << more;
        EXPECT_TRUE(!has_lied || stage.ranges.empty());
      }
    }
  }
}

TEST(Fetch, RefusesAProofThatLeadsFromNothing) {
  Stage stage(3);
  Fetch fetch = stage.fetch();
  EXPECT_FALSE(stage.run(fetch, [](wire::Message& message) {
    if (auto* head = std::get_if<wire::Head>(&message)) head->consistency.emplace_back();
  }));
  EXPECT_TRUE(stage.ranges.empty());
}

TEST(Fetch, IgnoresAnOlderHead) {
  Stage stage(3);
  stage.point.identity = stage.source.identity(stage.author.organisation());
  stage.point.verified = {100, Hash{}};
  Fetch fetch = stage.fetch();
  const auto step = stage.run(fetch, honestly);
  ASSERT_TRUE(step.has_value());
  EXPECT_FALSE(step->target.has_value());
  EXPECT_FALSE(step->freeze.has_value());
  EXPECT_EQ(step->told, (Progress{0, 4}));
}

}  // namespace
}  // namespace moot::sync

#include <algorithm>

#include "log/note.hpp"
#include "store_fixture.hpp"

namespace moot::test {
namespace {

/// An organisation whose node cosigns.
struct Witness {
  LogBuilder log;
  crypto::SigningKey key = crypto::SigningKey::generate();

  const log::OrganisationId& organisation() const { return log.organisation(); }
  std::string line(const log::Checkpoint& checkpoint, std::uint64_t time_s) const {
    const std::string text = log::parse_note(checkpoint.note)->text;
    return log::signature_line(log::cosign_note(text, log::node_name(organisation()), key, time_s));
  }
  store::KeepCosignature cosign(const log::Checkpoint& checkpoint, std::uint64_t time_s) const {
    return {.witness = organisation(),
            .size = checkpoint.head.size,
            .time_s = time_s,
            .line = line(checkpoint, time_s),
            .now_ms = 5'000 + time_s};
  }
};

class Witnessing : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fixture.apply(publisher.found()));
    ASSERT_TRUE(fixture.apply(publisher.records(3)));
  }
  log::Checkpoint head() const { return *fixture.store().state(publisher.organisation())->head; }
  std::size_t lines_on_head() const { return log::parse_note(head().note)->signatures.size() - 1; }
  std::vector<log::WitnessRow> witnesses() const {
    return fixture.store().witnesses(publisher.organisation());
  }

  mutable StoreFixture fixture;
  Publisher publisher;
};

TEST_F(Witnessing, TheHeadCarriesTheLinesOfThoseWhoCosignedIt) {
  const Witness first;
  const Witness second;
  ASSERT_TRUE(fixture.apply(first.cosign(head(), 100)));
  ASSERT_TRUE(fixture.apply(second.cosign(head(), 101)));
  EXPECT_EQ(lines_on_head(), 2U);
  fixture.reopen();
  EXPECT_EQ(lines_on_head(), 2U);
  EXPECT_EQ(fixture.store().checkpoints(publisher.organisation()).back().note, head().note);
  expect_sound(fixture.store(), publisher.organisation());
  // Again by the same: its line is replaced.
  ASSERT_TRUE(fixture.apply(first.cosign(head(), 200)));
  EXPECT_EQ(lines_on_head(), 2U);
  // The next head has none of them; who has seen what is known all the same.
  ASSERT_TRUE(fixture.apply(publisher.records(1)));
  EXPECT_EQ(lines_on_head(), 0U);
  ASSERT_TRUE(fixture.apply(first.cosign(head(), 300)));
  EXPECT_EQ(lines_on_head(), 1U);
  const auto rows = witnesses();
  ASSERT_EQ(rows.size(), 2U);
  const auto of_first = std::ranges::find(rows, first.organisation(), &log::WitnessRow::witness);
  ASSERT_NE(of_first, rows.end());
  EXPECT_EQ(*of_first, (log::WitnessRow{.witness = first.organisation(),
                                        .size = 5,
                                        .time_s = 300,
                                        .line = first.line(head(), 300),
                                        .first_size = 4,
                                        .first_time_s = 100,
                                        .kept_since_ms = 5'100}));
}

TEST_F(Witnessing, KeepsTheNewestCosignedCheckpoint) {
  const Witness witness;
  const auto sizes = [&] {
    std::vector<log::TreeSize> kept;
    for (const auto& one : fixture.store().checkpoints(publisher.organisation())) {
      kept.push_back(one.head.size);
    }
    return kept;
  };
  ASSERT_TRUE(fixture.apply(witness.cosign(head(), 100)));  // 4
  ASSERT_TRUE(fixture.apply(publisher.records(1)));         // 5
  ASSERT_TRUE(fixture.apply(publisher.records(1)));         // 6
  EXPECT_EQ(sizes(), (std::vector<log::TreeSize>{1, 4, 6}));
  ASSERT_TRUE(fixture.apply(witness.cosign(head(), 200)));
  EXPECT_EQ(sizes(), (std::vector<log::TreeSize>{1, 4, 6}));
  ASSERT_TRUE(fixture.apply(publisher.records(1)));
  EXPECT_EQ(sizes(), (std::vector<log::TreeSize>{1, 6, 7}));
  ASSERT_TRUE(fixture.apply(publisher.records(1)));
  EXPECT_EQ(sizes(), (std::vector<log::TreeSize>{1, 6, 8}));
}

TEST_F(Witnessing, ALateCosignatureGoesToTheKeptCheckpoint) {
  const Witness early;
  const Witness late;
  const log::Checkpoint before = head();
  ASSERT_TRUE(fixture.apply(early.cosign(before, 100)));
  ASSERT_TRUE(fixture.apply(publisher.records(1)));
  ASSERT_TRUE(fixture.apply(late.cosign(before, 101)));
  EXPECT_EQ(lines_on_head(), 0U);
  const auto kept = fixture.store().checkpoints(publisher.organisation());
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(log::parse_note(kept[1].note)->signatures.size(), 3U);
  EXPECT_EQ(witnesses().size(), 2U);
}

TEST_F(Witnessing, AtMostSixteenLines) {
  for (std::uint64_t i = 0; i < limits::cosignatures_max + 3; ++i) {
    const Witness witness;
    ASSERT_TRUE(fixture.apply(witness.cosign(head(), 100 + i)));
  }
  EXPECT_EQ(lines_on_head(), limits::cosignatures_max);
  EXPECT_EQ(witnesses().size(), limits::cosignatures_max + 3);
  expect_sound(fixture.store(), publisher.organisation());
}

TEST_F(Witnessing, KeepsOnlySoManyThatAreNotFollowed) {
  const Witness known;
  ASSERT_TRUE(fixture.apply(known.cosign(head(), 100)));
  for (std::size_t i = 1; i < limits::unfollowed_witnesses_max; ++i) {
    const Witness stranger;
    ASSERT_TRUE(fixture.apply(stranger.cosign(head(), 100)));
  }
  const Witness late;
  ASSERT_FAULT(fixture.apply(late.cosign(head(), 100)), store::Fault::witnesses_full);
  // Those that are known go on; one that is followed is kept, and takes nobody's place.
  ASSERT_TRUE(fixture.apply(known.cosign(head(), 200)));
  store::Follow follow;
  follow.organisation = late.organisation();
  ASSERT_TRUE(fixture.apply(store::PutFollow{follow}));
  ASSERT_TRUE(fixture.apply(late.cosign(head(), 100)));
  const Witness another;
  ASSERT_FAULT(fixture.apply(another.cosign(head(), 100)), store::Fault::witnesses_full);
  EXPECT_EQ(witnesses().size(), limits::unfollowed_witnesses_max + 1);
}

TEST_F(Witnessing, RefusesAndIgnores) {
  const Witness witness;
  ASSERT_FAULT(StoreFixture().apply(witness.cosign(head(), 1)), store::Fault::not_founded);
  const auto good = witness.cosign(head(), 100);
  const auto refuse = [&](auto change) {
    auto job = good;
    change(job);
    ASSERT_FAULT(fixture.apply(job), store::Fault::bad_job);
  };
  refuse([](auto& job) { job.size = 5; });
  refuse([](auto& job) { job.size = 0; });
  refuse([](auto& job) { job.line.clear(); });
  refuse([](auto& job) { job.line += "\u2014 another line\n"; });
  refuse([](auto& job) { job.line.pop_back(); });
  refuse([](auto& job) { job.line.insert(job.line.size() - 1, 600, 'A'); });
  refuse([&](auto& job) { job.witness = publisher.organisation(); });
  EXPECT_TRUE(witnesses().empty());
  ASSERT_TRUE(fixture.apply(good));
  // An older one changes nothing.
  ASSERT_TRUE(fixture.apply(witness.cosign(head(), 99)));
  EXPECT_EQ(witnesses().at(0).time_s, 100U);
}

TEST_F(Witnessing, OfOtherLogsTheNotesTell) {
  LogBuilder builder;
  builder.put_many(5, 10);
  const Witness witness;
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  const auto receive = [&](log::LeafIndex first, log::TreeSize size, std::uint64_t time_s) {
    std::string note = builder.checkpoint(size)->note;
    if (time_s > 0) note += witness.line(*builder.checkpoint(size), time_s);
    auto target = log::check_checkpoint(note, builder.identity());
    ASSERT_TRUE(target.has_value());
    ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                             .own_catch_up = false,
                                             .ranges = builder.ranges(first, size),
                                             .target = std::move(*target)}));
  };
  receive(0, 3, 50);
  receive(3, 4, 60);
  receive(4, 6, 0);
  auto rows = fixture.store().witnesses(builder.organisation());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].witness, witness.organisation());
  EXPECT_EQ(rows[0].size, 4U);
  EXPECT_EQ(rows[0].time_s, 60U);
  EXPECT_EQ(rows[0].line, witness.line(*builder.checkpoint(4), 60));
  // The head itself with a cosignature that it had not before.
  receive(6, 6, 70);
  rows = fixture.store().witnesses(builder.organisation());
  EXPECT_EQ(rows.at(0).size, 6U);
  EXPECT_EQ(rows.at(0).first_size, 4U);
  EXPECT_EQ(
      log::parse_note(fixture.store().state(builder.organisation())->head->note)->signatures.size(),
      2U);
  // And without it again: what is known stays.
  receive(6, 6, 0);
  EXPECT_EQ(fixture.store().witnesses(builder.organisation()).at(0).size, 6U);
}

TEST_F(Witnessing, CosignsALogAtMostOnceInAWhileAndNeverBackwards) {
  LogBuilder builder;
  builder.put_many(9, 10);
  ASSERT_FAULT(fixture.apply(store::NoteCosigned{builder.organisation(), 1, 1}),
               store::Fault::unknown_log);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  ASSERT_TRUE(fixture.apply(store::Receive{.organisation = builder.organisation(),
                                           .own_catch_up = false,
                                           .ranges = builder.ranges(0, 8),
                                           .target = builder.checkpoint(8)}));
  const auto note = [&](log::TreeSize size, std::uint64_t time_ms) {
    return fixture.apply(store::NoteCosigned{builder.organisation(), size, time_ms});
  };
  ASSERT_FAULT(note(9, 1'000'000), store::Fault::bad_job);
  ASSERT_FAULT(note(0, 1'000'000), store::Fault::bad_job);
  ASSERT_TRUE(note(5, 1'000'000));
  fixture.reopen();
  ASSERT_FAULT(note(8, 1'029'999), store::Fault::contradiction);
  ASSERT_FAULT(note(8, 999'999), store::Fault::contradiction);
  ASSERT_FAULT(note(4, 1'030'000), store::Fault::contradiction);
  ASSERT_TRUE(note(8, 1'030'000));
  ASSERT_FAULT(fixture.apply(store::NoteCosigned{publisher.organisation(), 1, 1}),
               store::Fault::bad_job);
}

TEST_F(Witnessing, KeepsOneEvidenceAnEpoch) {
  LogBuilder builder;
  const auto keep = [&](std::uint32_t epoch, std::string_view text) {
    return fixture.apply(
        store::KeepEvidence{builder.organisation(), epoch, to_bytes(view_of(text))});
  };
  ASSERT_FAULT(keep(0, "x"), store::Fault::unknown_log);
  ASSERT_TRUE(fixture.apply(store::PutIdentity{builder.identity()}));
  ASSERT_TRUE(keep(2, "second"));
  ASSERT_TRUE(keep(0, "first"));
  ASSERT_TRUE(keep(2, "another"));
  ASSERT_FAULT(keep(64, "x"), store::Fault::bad_job);
  ASSERT_FAULT(keep(1, ""), store::Fault::bad_job);
  ASSERT_FAULT(keep(1, std::string(limits::evidence_bytes_max + 1, 'x')), store::Fault::bad_job);
  fixture.reopen();
  EXPECT_EQ(fixture.store().evidence(builder.organisation()),
            (std::vector<Bytes>{to_bytes(view_of("first")), to_bytes(view_of("second"))}));
  EXPECT_TRUE(fixture.store().evidence(publisher.organisation()).empty());
}

}  // namespace
}  // namespace moot::test

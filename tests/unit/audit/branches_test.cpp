// Erased parts, disowned and abandoned entries, witnesses and evidence: what an audit says of a log
// whose history is not one straight line.
#include <gtest/gtest.h>

#include <algorithm>

#include "audit/verifier.hpp"
#include "support/memory_log.hpp"

namespace moot::audit {
namespace {

using test::HeldLog;
using test::LogAuthor;
using test::MemoryLog;

class AuditOfBranches : public testing::Test {
 protected:
  void fill(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) author.put(records_++, "{}");
    author.sign();
  }
  LogReport report() {
    options.only = {author.organisation()};
    return audit(memory, options).logs.at(0);
  }
  static std::string all_of(const LogReport& report) {
    std::string text;
    for (const Problem& problem : report.problems) {
      text += problem.where + ": " + problem.found + "\n";
    }
    for (const std::string& what : report.not_checked) text += "not checked: " + what + "\n";
    for (const std::string& what : report.notes) text += "note: " + what + "\n";
    return text;
  }
  void expect(Verdict verdict, std::string_view text) {
    const LogReport found = report();
    EXPECT_EQ(found.verdict, verdict) << all_of(found);
    EXPECT_NE(all_of(found).find(text), std::string::npos) << text << " in:\n" << all_of(found);
  }
  /// What another copy of the log, told another story, is proved to be.
  Bytes evidence_against(const LogAuthor& forked, const MemoryLog& other) {
    const log::Checkpoint& ours = author.held().checkpoints.back();
    const log::Checkpoint& theirs = other.logs.at(forked.organisation()).checkpoints.back();
    const auto tree = other.tree(forked.organisation());
    const auto found =
        log::find_fork(*author.held().identity, ours, theirs, log::root_at(ours.head.size, *tree),
                       log::consistency_proof(ours.head.size, theirs.head.size, *tree));
    return log::to_file(found.value()).value();
  }
  /// A row as a node of `witness` would have it kept, over the head of `size`.
  log::WitnessRow row_of(const LogAuthor& witness, log::TreeSize size, std::uint64_t time_s) {
    const auto tree = memory.tree(author.organisation());
    const std::string text =
        log::checkpoint_text(author.organisation(), {size, log::root_at(size, *tree)});
    const auto signature =
        log::cosign_note(text, log::node_name(witness.organisation()), witness.node_key(), time_s);
    return {witness.organisation(), size, time_s, log::signature_line(signature), 2, 1000};
  }

  MemoryLog memory;
  LogAuthor author{memory};
  Options options;
  std::uint64_t records_ = 0;
};

TEST_F(AuditOfBranches, CountsRemovedPublicRecordsByReason) {
  author.put(1, "{}", "{\"phone\":\"1\"}");
  fill(3);
  author.erase({1, 2});
  author.erase({2, 3});  // entry 2 again
  author.sign();
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_EQ(found.erased, 3U);
  EXPECT_EQ(found.removed,
            (std::map<log::EraseReason, std::uint64_t>{{log::EraseReason::data_protection, 3}}));
}

TEST_F(AuditOfBranches, CountsNoRemovalThatTheOfficersTookBack) {
  fill(3);
  author.erase({1});
  author.rotate(4);
  author.sign();
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_EQ(found.erased, 1U);
  EXPECT_TRUE(found.removed.empty());
}

TEST_F(AuditOfBranches, ComparesWhatIsHiddenWithTheEntriesThatSaySo) {
  fill(3);
  const log::LeafIndex by = author.erase({1});
  author.sign();
  author.held().erasures = {{1, 1, by, log::EraseReason::data_protection, 5, 9, 0}};
  const LogReport waiting = report();
  EXPECT_EQ(waiting.verdict, Verdict::ok) << all_of(waiting);
  EXPECT_EQ(waiting.erased_waiting, 1U);
  author.held().erasures[0].destroyed_mask = 1;
  EXPECT_EQ(report().erased_waiting, 0U);
  author.held().erasures[0].part_mask = 3;
  expect(Verdict::failed, "entry 1: is hidden as erased by entry 4, which does not say so");
}

TEST_F(AuditOfBranches, SaysThatARemovedTextIsStillHere) {
  fill(3);
  const auto body = author.held().bodies[1];
  author.erase({1});
  author.sign();
  author.held().bodies[1] = body;
  expect(Verdict::ok, "note: 1 text that the organisation removed is still here");
}

TEST_F(AuditOfBranches, TellsBodiesThatThisNodeHoldsBackFromMissingOnes) {
  fill(3);
  author.held().bodies[1][0] = {log::Part::public_part, log::BodyStatus::missing, {}, {}};
  author.held().bodies[2][0] = {log::Part::public_part, log::BodyStatus::withheld, {}, {}};
  author.held().hidden_here = {{2, 1, "court", 5}};
  const LogReport found = report();
  EXPECT_EQ(found.hidden_here, 1U);
  expect(Verdict::incomplete, "1 body is held back by this node");
  expect(Verdict::incomplete, "1 body is not held here, for example of entry 1");
}

TEST_F(AuditOfBranches, ListsDisownedEntries) {
  fill(5);
  author.rotate(4);
  fill(2);
  author.rotate();
  author.sign();
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_EQ(found.disowned, 2U);
  ASSERT_EQ(found.disowned_ranges.size(), 1U);
  EXPECT_EQ(found.disowned_ranges[0].first, 4U);
  EXPECT_EQ(found.disowned_ranges[0].end, 6U);
  EXPECT_EQ(found.disowned_ranges[0].seq, 1U);
}

class AuditOfAbandoned : public AuditOfBranches {
 protected:
  void SetUp() override {
    fill(300);
    // What the thief of the key went on with, and what the officers stood by instead.
    LogAuthor thief = author.fork(other);
    for (std::uint64_t i = 0; i < 400; ++i) thief.put(1000 + i, "{\"by\":\"a thief\"}");
    thief.sign();
    author.rotate();
    author.put(5000, "{}");
    author.sign();
    const HeldLog& left_behind = other.logs.at(author.organisation());
    author.held().abandoned = {{1, 301, 400, left_behind.checkpoints.back()}};
    author.held().abandoned_leaves[1] = {left_behind.leaves.begin() + 301,
                                         left_behind.leaves.end()};
  }
  MemoryLog other;
};

TEST_F(AuditOfAbandoned, LeadsEntriesLeftBehindToTheRootThatWasSigned) {
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  ASSERT_EQ(found.abandoned.size(), 1U);
  EXPECT_TRUE(found.abandoned[0].is_matched);
  EXPECT_EQ(found.abandoned[0].count, 400U);
}

TEST_F(AuditOfAbandoned, SaysWhenThatCannotBeDone) {
  author.held().abandoned_leaves[1][7][20] ^= 1;
  expect(Verdict::incomplete, "the 400 entries that were left behind from entry 301 on");
  EXPECT_FALSE(report().abandoned.at(0).is_matched);
  author.held().abandoned_leaves[1].resize(3);
  expect(Verdict::incomplete, "left behind");
}

TEST_F(AuditOfAbandoned, BelievesNoStrangersSignatureOverThem) {
  MemoryLog strangers;
  LogAuthor stranger{strangers};
  log::Checkpoint& checkpoint = author.held().abandoned[0].checkpoint;
  checkpoint.note =
      log::sign_checkpoint(author.organisation(), checkpoint.head, stranger.log_key());
  expect(Verdict::incomplete, "left behind");
}

TEST_F(AuditOfBranches, FailsALogWithAForkThatIsNotHealed) {
  fill(5);
  MemoryLog other;
  LogAuthor forked = author.fork(other);
  fill(1);
  forked.put(100, "{\"another\":\"story\"}");
  forked.put(101, "{}");
  forked.sign();
  author.held().evidence = {evidence_against(forked, other)};
  expect(Verdict::failed, "this log: two histories were signed by one and the same key");
  EXPECT_FALSE(report().evidence.at(0).is_healed);

  author.rotate();
  author.sign();
  const LogReport healed = report();
  EXPECT_EQ(healed.verdict, Verdict::ok) << all_of(healed);
  ASSERT_EQ(healed.evidence.size(), 1U);
  EXPECT_TRUE(healed.evidence[0].is_healed);
  EXPECT_EQ(healed.evidence[0].kind, log::EvidenceKind::fork);
}

TEST_F(AuditOfBranches, BelievesNoEvidenceThatProvesNothing) {
  fill(5);
  author.held().evidence = {to_bytes(view_of("moot/evidence/v1\nAAAA\n"))};
  expect(Verdict::incomplete, "evidence that is kept of this log, because it proves nothing");
  EXPECT_TRUE(report().evidence.empty());
}

TEST_F(AuditOfBranches, SaysWhoSawWhatAndWhen) {
  LogAuthor witness{memory};
  MemoryLog elsewhere;
  LogAuthor stranger{elsewhere};
  fill(5);
  author.held().witnesses = {row_of(witness, 4, 7000), row_of(stranger, 5, 8000)};
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  ASSERT_EQ(found.witnesses.size(), 2U);
  for (const Witnessed& one : found.witnesses) {
    const bool is_known = one.witness == witness.organisation();
    EXPECT_EQ(one.is_verified, is_known);
    EXPECT_EQ(one.size, is_known ? 4U : 5U);
    EXPECT_EQ(one.time_s, is_known ? 7000U : 8000U);
    EXPECT_EQ(one.first_size, 2U);
    EXPECT_EQ(one.first_time_s, 1000U);
  }
}

TEST_F(AuditOfBranches, NamesAWitnessThatSawAnotherHistory) {
  LogAuthor witness{memory};
  fill(5);
  author.held().witnesses = {row_of(witness, 4, 7000)};
  author.held().witnesses[0].size = 5;
  expect(Verdict::failed, "is not over the first 5 entries as they are here");
  // Unless the witness may have seen what was left behind since.
  author.held().abandoned = {{1, 4, 0, author.held().checkpoints.back()}};
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_FALSE(found.witnesses.at(0).is_verified);
}

class AuditOfPolicy : public AuditOfBranches {
 protected:
  log::WitnessPolicy policy() {
    log::WitnessPolicy out;
    const auto add = [&](const char* name, const LogAuthor& witness) {
      out.witnesses.push_back(
          {name,
           {log::node_name(witness.organisation()), log::SignatureType::cosignature_v1,
            witness.node_key().public_key().bytes()},
           {}});
    };
    add("one", one);
    add("two", two);
    out.groups = {{"both", 2, {"one", "two"}}};
    out.quorum = "both";
    return out;
  }
  MemoryLog elsewhere;
  LogAuthor one{elsewhere};
  LogAuthor two{elsewhere};
};

TEST_F(AuditOfPolicy, FindsTheNewestStateThatEnoughWitnessesSaw) {
  fill(5);
  fill(5);
  options.policy = policy();
  expect(Verdict::incomplete, "whether enough of your policy's witnesses have seen this log");
  author.held().witnesses = {row_of(one, 6, 7000), row_of(two, 11, 7000)};
  EXPECT_FALSE(report().policy_met);
  author.held().witnesses.push_back(row_of(two, 6, 6000));
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_EQ(found.policy_met, 6U);
}

TEST_F(AuditOfPolicy, AsksThatThePolicyNamesTheLog) {
  fill(5);
  options.policy = policy();
  options.policy->quorum = "none";
  EXPECT_EQ(report().policy_met, 6U);
  options.policy->logs = {{log::log_verifier_key(author.organisation(), {}), {}}};
  expect(Verdict::incomplete, "it does not name this log");
  options.policy->logs.push_back(
      {log::log_verifier_key(author.organisation(), author.log_key().public_key().bytes()), {}});
  EXPECT_EQ(report().policy_met, 6U);
}

}  // namespace
}  // namespace moot::audit

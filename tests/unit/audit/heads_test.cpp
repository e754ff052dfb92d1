// Identity, checkpoints, cosignatures and the stored tree: changed one at a time in an honest log,
// and named by the audit.
#include <gtest/gtest.h>

#include <algorithm>

#include "audit/verifier.hpp"
#include "support/memory_log.hpp"

namespace moot::audit {
namespace {

using test::LogAuthor;
using test::MemoryLog;

class AuditOfHeads : public testing::Test {
 protected:
  void fill(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) author.put(records_++, "{}");
    author.sign();
  }
  LogReport report() {
    Options options;
    options.only = {author.organisation()};
    return audit(memory, options).logs.at(0);
  }
  static std::string all_of(const LogReport& report) {
    std::string text;
    for (const Problem& problem : report.problems) {
      text += problem.where + ": " + problem.found + "\n";
    }
    for (const std::string& what : report.not_checked) text += "not checked: " + what + "\n";
    return text;
  }
  void expect(Verdict verdict, std::string_view text) {
    const LogReport found = report();
    EXPECT_EQ(found.verdict, verdict);
    EXPECT_NE(all_of(found).find(text), std::string::npos) << text << " in:\n" << all_of(found);
  }
  std::vector<log::Checkpoint>& checkpoints() { return author.held().checkpoints; }

  MemoryLog memory;
  LogAuthor author{memory};
  std::uint64_t records_ = 0;
};

TEST_F(AuditOfHeads, NamesACheckpointWhoseSignatureIsWrong) {
  fill(3);
  fill(3);
  std::string& note = checkpoints()[0].note;
  const std::size_t last_char = note.size() - 4;
  note[last_char] = note[last_char] == 'A' ? 'B' : 'A';
  expect(Verdict::failed, "checkpoint of size 4: ");
  EXPECT_EQ(report().checkpoints, 1U);
}

TEST_F(AuditOfHeads, NamesACheckpointOfAnotherRootThanTheEntriesHave) {
  fill(3);
  log::Head head = checkpoints()[0].head;
  head.root[0] ^= 1;
  checkpoints()[0] = {author.organisation(), head,
                      log::sign_checkpoint(author.organisation(), head, author.log_key())};
  expect(Verdict::failed, "checkpoint of size 4: its root does not follow from the entries");
}

TEST_F(AuditOfHeads, NamesAForkAmongTheCheckpoints) {
  fill(3);
  log::Head head = checkpoints()[0].head;
  head.root[0] ^= 1;
  checkpoints().push_back({author.organisation(), head,
                           log::sign_checkpoint(author.organisation(), head, author.log_key())});
  expect(Verdict::failed, "checkpoint of size 4: was signed twice with different roots: a fork");
}

TEST_F(AuditOfHeads, NamesACheckpointThatIsKeptUnderAnotherRoot) {
  fill(3);
  checkpoints()[0].head.root[5] ^= 1;
  expect(Verdict::failed, "checkpoint of size 4: is kept under another size or root");
}

TEST_F(AuditOfHeads, NamesACheckpointByASupersededKey) {
  fill(3);
  const crypto::SigningKey old_key = author.log_key().clone();
  author.rotate();
  author.sign();
  const log::Head head = checkpoints().back().head;
  checkpoints().back().note = log::sign_checkpoint(author.organisation(), head, old_key);
  expect(Verdict::failed, "checkpoint of size 5: ");
}

TEST_F(AuditOfHeads, NamesACheckpointOfAnotherOrganisation) {
  fill(3);
  LogAuthor stranger(memory);
  checkpoints()[0].note = stranger.sign().note;
  expect(Verdict::failed, "checkpoint of size 4: ");
}

TEST_F(AuditOfHeads, NamesAnEstablishEventOfAStranger) {
  fill(3);
  LogAuthor stranger(memory);
  stranger.rotate();
  author.append(stranger.held().leaves[1]);
  author.sign();
  expect(Verdict::failed, "entry 4: is no valid establish event");
}

TEST_F(AuditOfHeads, NamesAFirstEntryThatFoundsAnotherOrganisation) {
  fill(3);
  const LogAuthor stranger(memory);
  author.held().leaves[0] = memory.logs.at(stranger.organisation()).leaves[0];
  expect(Verdict::failed, "entry 0: founds moot1");
  author.held().leaves[0] = author.held().leaves[1];
  expect(Verdict::failed, "entry 0: founds no organisation");
}

TEST_F(AuditOfHeads, NamesAKeptIdentityThatTheEntriesDoNotHave) {
  fill(3);
  author.rotate();
  author.sign();
  author.held().identity = log::Identity::begin(author.held().leaves[0]).value();
  expect(Verdict::failed, "the identity that is kept of this log: is not the one");
  author.held().identity.reset();
  expect(Verdict::failed, "the identity that is kept of this log: is not the one");
}

TEST_F(AuditOfHeads, CountsWhatTheOfficersDisowned) {
  fill(9);
  author.rotate(7);
  author.sign();
  const LogReport found = report();
  EXPECT_EQ(found.verdict, Verdict::ok) << all_of(found);
  EXPECT_EQ(found.disowned, 3U);
}

TEST_F(AuditOfHeads, NamesATrustedRootThatTheLogDoesNotHave) {
  fill(9);
  const auto honest = author.held().tiles;
  author.held().tiles[0][2][0] ^= 1;
  author.rotate(7);
  const Hash establish_hash = author.held().tiles[0].back();
  author.held().tiles = honest;
  author.held().tiles[0].push_back(establish_hash);
  author.sign();
  expect(Verdict::failed, "entry 10: the officers stand by another root of the first 7 entries");
}

TEST_F(AuditOfHeads, NamesAStoredTreeThatIsDamaged) {
  fill(700);
  author.held().tiles[0][600][0] ^= 1;
  expect(Verdict::failed, "entry 600: does not match the tree");
  author.held().tiles[0][600][0] ^= 1;
  author.held().tiles[1][1][0] ^= 1;
  expect(Verdict::failed, "the tree that is kept of this log, level 1 tile 0: does not match");
  author.held().tiles[1].pop_back();
  expect(Verdict::failed, "the tree that is kept of this log, level 1 tile 0: does not match");
}

TEST_F(AuditOfHeads, SaysWhatNoCheckpointCoversYet) {
  fill(3);
  author.put(10, "{}");
  author.put(11, "{}");
  author.put(12, "{}");
  author.sign();
  author.held().leaves.pop_back();
  author.held().bodies.pop_back();
  author.held().tiles[0].pop_back();
  expect(Verdict::incomplete, "entries 4 to 5: no checkpoint");
  expect(Verdict::incomplete, "the checkpoint of size 7: only 6 entries are held so far");
  const LogReport found = report();
  EXPECT_EQ(found.head.size, 4U);
  EXPECT_EQ(found.entries, 6U);
  EXPECT_EQ(found.bodies, 5U);
  EXPECT_TRUE(found.problems.empty()) << all_of(found);
}

TEST_F(AuditOfHeads, IsIncompleteWhereNothingIsHeld) {
  fill(1);
  const LogAuthor stranger(memory);
  memory.logs.erase(author.organisation());
  expect(Verdict::incomplete, "nothing of this log is held");
  memory.logs.clear();
  EXPECT_EQ(audit(memory, {}).verdict, Verdict::incomplete);
}

TEST_F(AuditOfHeads, JudgesEachLogAndAllOfThem) {
  fill(1);
  LogAuthor other(memory);
  other.put(1, "{}");
  other.sign();
  EXPECT_EQ(audit(memory, {}).verdict, Verdict::ok);
  other.held().bodies[1][0].body = {'['};
  const Report both = audit(memory, {});
  EXPECT_EQ(both.verdict, Verdict::failed);
  ASSERT_EQ(both.logs.size(), 2U);
  for (const LogReport& one : both.logs) {
    EXPECT_EQ(one.verdict,
              one.organisation == author.organisation() ? Verdict::ok : Verdict::failed);
  }
}

TEST_F(AuditOfHeads, CountsCosignaturesOfNodesItKnows) {
  fill(1);
  LogAuthor witness(memory);
  witness.sign();
  const std::string name = log::node_name(witness.organisation());
  const auto cosigned_by = [&](const crypto::SigningKey& key, std::string_view text) {
    return log::signature_line(log::cosign_note(text, name, key, 1'800'000'000));
  };
  std::string& note = checkpoints()[0].note;
  const std::string honest = note;
  const std::string text = log::parse_note(note)->text;
  note = honest + cosigned_by(witness.node_key(), text);
  EXPECT_EQ(report().verdict, Verdict::ok) << all_of(report());
  EXPECT_EQ(report().cosignatures, 1U);
  note = honest + cosigned_by(crypto::SigningKey::generate(), text);
  EXPECT_EQ(report().verdict, Verdict::ok) << all_of(report());
  EXPECT_EQ(report().cosignatures, 0U);
  note = honest + cosigned_by(witness.node_key(), "another text\n");
  expect(Verdict::failed, "the cosignature of " + name + " does not verify");
}

TEST_F(AuditOfHeads, ListsAsManyProblemsAsThereIsRoomForAndCountsTheRest) {
  fill(limits::problems_reported_max + 500);
  for (auto& bodies : author.held().bodies) {
    if (!bodies.empty()) bodies[0].body[0] ^= 1;
  }
  const LogReport found = report();
  ASSERT_EQ(found.problems.size(), limits::problems_reported_max + 1);
  EXPECT_EQ(found.problems.back().found, "500 more problems, not listed");
}

}  // namespace
}  // namespace moot::audit

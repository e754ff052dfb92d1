// Evidence is believed by strangers, offline: the tests are mostly about what must not pass.
#include "log/evidence.hpp"

#include <algorithm>

#include "log/establish_layout.hpp"
#include "support.hpp"

namespace moot::log {
namespace {

using test::FixedLog;

Checkpoint checkpoint_of(const FixedLog& log) {
  return check_checkpoint(log.checkpoint(), log.identity).value().take();
}

/// Two futures of one log: `other` differs from entry 5 on.
struct Fork {
  FixedLog one;
  FixedLog other;
  Checkpoint before;

  explicit Fork(bool is_rotated = false) {
    for (std::uint8_t i = 1; i < 5; ++i) one.put(i, "{}");
    if (is_rotated) one.rotate();
    before = checkpoint_of(one);
    other = one;
    one.put(9, "one");
    other.put(9, "other");
    for (std::uint8_t i = 10; i < 20; ++i) other.put(i, "{}");
  }
  /// What the longer branch says of its own past.
  std::vector<Hash> proof(TreeSize size) const {
    return consistency_proof(size, other.tree.size(), other.tree);
  }
  std::optional<Evidence> found() const {
    const TreeSize size = one.tree.size();
    return find_fork(one.identity, checkpoint_of(one), checkpoint_of(other),
                     root_at(size, other.tree), proof(size));
  }
};

Result<JudgedEvidence, Fault> judged(const Evidence& evidence) {
  return judge_evidence(to_file(evidence).value());
}

TEST(Evidence, ProvesAForkToWhoeverHasOnlyTheFile) {
  for (const bool is_rotated : {false, true}) {
    const Fork fork(is_rotated);
    const auto evidence = fork.found();
    ASSERT_TRUE(evidence);
    const auto file = to_file(*evidence);
    ASSERT_TRUE(file);
    EXPECT_TRUE(is_evidence(*file));
    const auto judgement = judge_evidence(*file);
    ASSERT_TRUE(judgement);
    EXPECT_EQ(judgement->evidence, *evidence);
    EXPECT_EQ(judgement->evidence.kind, EvidenceKind::fork);
    EXPECT_EQ(judgement->evidence.organisation, fork.one.organisation());
    EXPECT_EQ(judgement->evidence.epoch, is_rotated ? 1U : 0U);
    EXPECT_EQ(judgement->first, fork.one.head());
    EXPECT_EQ(judgement->second, fork.other.head());
  }
}

TEST(Evidence, ProvesTwoHeadsOfOneSize) {
  Fork fork;
  FixedLog same_size = fork.one;
  same_size.put(30, "{}");
  fork.one.put(31, "{}");
  const auto evidence =
      find_fork(fork.one.identity, checkpoint_of(fork.one), checkpoint_of(same_size), Hash{}, {});
  ASSERT_TRUE(evidence);
  EXPECT_TRUE(judged(*evidence));
}

TEST(Evidence, FindsNoneInHeadsThatAgree) {
  const Fork fork;
  const TreeSize size = fork.before.head.size;
  EXPECT_FALSE(find_fork(fork.one.identity, fork.before, checkpoint_of(fork.other),
                         fork.before.head.root, fork.proof(size)));
  EXPECT_FALSE(find_fork(fork.one.identity, fork.before, fork.before, fork.before.head.root, {}));
}

TEST(Evidence, FindsNoneInAProofThatDoesNotHold) {
  const Fork fork;
  const TreeSize size = fork.one.tree.size();
  auto proof = fork.proof(size);
  proof.front()[0] ^= 1;
  const auto root = root_at(size, fork.other.tree);
  EXPECT_FALSE(find_fork(fork.one.identity, checkpoint_of(fork.one), checkpoint_of(fork.other),
                         root, proof));
  EXPECT_FALSE(
      find_fork(fork.one.identity, checkpoint_of(fork.one), checkpoint_of(fork.other), root, {}));
  // The order of sizes is what the proof is about.
  EXPECT_FALSE(find_fork(fork.one.identity, checkpoint_of(fork.other), checkpoint_of(fork.one),
                         root, fork.proof(size)));
}

TEST(Evidence, FindsNoneInHeadsUnderDifferentEvents) {
  // What a superseded key signed beyond the place of the next event is left behind by it.
  Fork fork;
  const Checkpoint old_key = checkpoint_of(fork.one);
  fork.other.rotate();
  const TreeSize size = old_key.head.size;
  EXPECT_FALSE(find_fork(fork.other.identity, old_key, checkpoint_of(fork.other),
                         root_at(size, fork.other.tree),
                         consistency_proof(size, fork.other.tree.size(), fork.other.tree)));
}

TEST(Evidence, WithAHeadByASupersededKeyIsRefused) {
  Fork fork(true);
  Evidence evidence = fork.found().value();
  // The same two statements, as if they had been made under the first event.
  evidence.epoch = 0;
  evidence.events.pop_back();
  EXPECT_FAULT(judged(evidence), Fault::unknown_key);
}

TEST(Evidence, ThatDoesNotHoldIsRefused) {
  const Fork fork;
  const Evidence good = fork.found().value();
  Evidence bad = good;
  bad.proof.back()[5] ^= 1;
  EXPECT_FAULT(judged(bad), Fault::wrong_root);
  bad = good;
  bad.root_at_first = fork.one.head().root;
  EXPECT_FAULT(judged(bad), Fault::wrong_root);
  bad = good;
  std::swap(bad.first_note, bad.second_note);
  EXPECT_FAULT(judged(bad), Fault::wrong_size);
  bad = good;
  bad.organisation.bytes[0] ^= 1;
  EXPECT_FAULT(judged(bad), Fault::wrong_organisation);
  bad = good;
  bad.epoch = 1;
  EXPECT_FAULT(judged(bad), Fault::broken_chain);
  bad = good;
  bad.second_note.replace(bad.second_note.find('\n') + 1, 2, "17");
  EXPECT_FAULT(judged(bad), Fault::bad_signature);
}

TEST(Evidence, OfAnOlderHeadShowsNothing) {
  const Fork fork;
  Evidence bad = fork.found().value();
  bad.first_note = fork.before.note;
  bad.root_at_first = fork.before.head.root;
  bad.proof = fork.proof(fork.before.head.size);
  EXPECT_FAULT(judged(bad), Fault::no_contradiction);
  bad.second_note = bad.first_note;
  bad.proof.clear();
  EXPECT_FAULT(judged(bad), Fault::no_contradiction);
}

TEST(Evidence, OfAnotherOrganisationIsRefused) {
  const Fork fork;
  FixedLog stranger;
  Establish other = read_establish(stranger.leaves.front()).value().establish;
  other.time_s += 1;
  other.signatures.clear();
  const Bytes leaf = stranger.signed_leaf(other, {}, 1);
  Evidence bad = fork.found().value();
  bad.events.front().leaf = leaf;
  EXPECT_FAULT(judged(bad), Fault::wrong_organisation);
  bad.organisation = Identity::begin(leaf).value().organisation();
  EXPECT_FAULT(judged(bad), Fault::wrong_organisation);
}

TEST(Evidence, OfAnotherFormIsRefused) {
  const Fork fork;
  const Bytes good = to_file(fork.found().value()).value();
  Bytes bad = good;
  bad.pop_back();
  EXPECT_FAULT(judge_evidence(bad), Fault::bad_text);
  bad = good;
  bad.push_back('\n');
  EXPECT_FAULT(judge_evidence(bad), Fault::bad_text);
  bad = good;
  bad[15] = '2';
  EXPECT_FALSE(is_evidence(bad));
  EXPECT_FAULT(judge_evidence(bad), Fault::bad_text);
  EXPECT_FAULT(judge_evidence({}), Fault::bad_text);
  EXPECT_FAULT(judge_evidence(view_of("moot/evidence/v1\n")), Fault::bad_text);
  EXPECT_FAULT(judge_evidence(view_of("moot/evidence/v1\n\n")), Fault::truncated);
  EXPECT_FAULT(judge_evidence(Bytes(limits::evidence_bytes_max + 1, 'x')), Fault::too_long);
}

TEST(Evidence, ThatIsCutAnywhereIsRefused) {
  const Fork fork;
  const std::string text(text_of(to_file(fork.found().value()).value()));
  const std::size_t first_line = text.find('\n') + 1;
  const Bytes bytes =
      crypto::from_base64(text.substr(first_line, text.size() - first_line - 1)).value();
  const auto file_of = [&](ByteView payload) {
    return text.substr(0, first_line) + crypto::to_base64(payload) + "\n";
  };
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(judge_evidence(view_of(file_of(ByteView(bytes).first(size))))) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FAULT(judge_evidence(view_of(file_of(longer))), Fault::trailing_bytes);
}

/// Many events, each nearly as long as it may be.
void lengthen_chain(FixedLog& log) {
  for (std::uint8_t i = 0; i < 16; ++i) {
    Establish event = log.next_establish();
    event.log_key = test::fixed_key(20 + i).public_key().bytes();
    event.witness_policy = std::string(limits::witness_policy_bytes_max, 'w');
    if (i > 0) event.revealed = {{0, test::fixed_key(7).public_key().bytes()}};
    const Bytes leaf = log.signed_leaf(
        event, i > 0 ? std::vector<std::uint8_t>{7} : std::vector<std::uint8_t>{3, 5}, 20 + i);
    ASSERT_TRUE(log.identity.extend(leaf, log.leaves.size()));
    log.append(leaf);
    log.log_key_seed = 20 + i;
  }
}

Checkpoint crowded(Checkpoint checkpoint) {
  Note note = parse_note(checkpoint.note).value();
  while (note.signatures.size() < limits::note_signatures_max) {
    note.signatures.push_back({std::string(180, 'w'), 7, Bytes(210, 1)});
  }
  checkpoint.note = to_text(note);
  return checkpoint;
}

TEST(Evidence, LeavesOutCosignaturesWhereTheFileWouldBeTooLong) {
  FixedLog one;
  const auto found = [&] {
    FixedLog other = one;
    one.put(1, "one");
    other.put(1, "other");
    return find_fork(one.identity, crowded(checkpoint_of(one)), crowded(checkpoint_of(other)), {},
                     {});
  };
  const auto whole = found();
  ASSERT_TRUE(whole);
  EXPECT_EQ(parse_note(whole->first_note)->signatures.size(), limits::note_signatures_max);
  lengthen_chain(one);
  const auto bare = found();
  ASSERT_TRUE(bare);
  EXPECT_EQ(parse_note(bare->first_note)->signatures.size(), 1U);
  EXPECT_TRUE(judged(*bare));
}

TEST(Evidence, FreezesUntilTheNextEvent) {
  Fork fork;
  const Evidence evidence = fork.found().value();
  EXPECT_TRUE(freezes(evidence, fork.one.identity));
  fork.other.rotate();
  EXPECT_FALSE(freezes(evidence, fork.other.identity));
}

/// Two events of seq 1 that the same officers signed: seeds 6 and 10 are their log keys.
struct Rivals {
  FixedLog log;
  Bytes rival;

  Rivals() {
    for (std::uint8_t i = 1; i < 5; ++i) log.put(i, "{}");
    Establish event = log.next_establish();
    event.log_key = test::fixed_key(10).public_key().bytes();
    rival = log.signed_leaf(event, {3, 5}, 10);
    log.rotate();
  }
};

TEST(Evidence, ProvesTwoEventsOfOneSeq) {
  const Rivals rivals;
  const auto evidence = find_rivals(rivals.log.identity, rivals.rival);
  ASSERT_TRUE(evidence);
  const auto judgement = judged(*evidence);
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->evidence, *evidence);
  EXPECT_EQ(evidence->kind, EvidenceKind::rivals);
  EXPECT_EQ(evidence->epoch, 1U);
  EXPECT_EQ(evidence->events.size(), 2U);
  EXPECT_TRUE(freezes(*evidence, rivals.log.identity));
}

TEST(Evidence, OfRivalsComesTooLateWhenTheOfficersHaveGoneOn) {
  Rivals rivals;
  const Evidence evidence = find_rivals(rivals.log.identity, rivals.rival).value();
  EXPECT_FALSE(is_late(evidence, rivals.log.identity));
  Establish event = rivals.log.next_establish();
  event.log_key = test::fixed_key(11).public_key().bytes();
  event.revealed = {{0, test::fixed_key(7).public_key().bytes()}};
  const Bytes leaf = rivals.log.signed_leaf(event, {7}, 11);
  ASSERT_TRUE(rivals.log.identity.extend(leaf, rivals.log.leaves.size()));
  EXPECT_TRUE(is_late(evidence, rivals.log.identity));
}

TEST(Evidence, FindsNoRivalInTheEventItself) {
  const Rivals rivals;
  const EstablishEvent& event = rivals.log.identity.newest();
  EXPECT_FALSE(find_rivals(rivals.log.identity, event.leaf));
  // The same decision, with its signatures in another order.
  Establish same = event.establish;
  std::reverse(same.signatures.begin(), same.signatures.end());
  ASSERT_NE(encode(same), event.leaf);
  EXPECT_FALSE(find_rivals(rivals.log.identity, encode(same)));
  EXPECT_FALSE(find_rivals(rivals.log.identity, rivals.log.leaves.front()));
  EXPECT_FALSE(find_rivals(rivals.log.identity, rivals.log.leaves[1]));
}

TEST(Evidence, OfARivalThatTooFewSignedIsRefused) {
  const Rivals rivals;
  Evidence evidence = find_rivals(rivals.log.identity, rivals.rival).value();
  FixedLog before;
  for (std::uint8_t i = 1; i < 5; ++i) before.put(i, "{}");
  Establish event = before.next_establish();
  event.log_key = test::fixed_key(10).public_key().bytes();
  evidence.rival_leaf = before.signed_leaf(event, {3}, 10);
  EXPECT_FALSE(judged(evidence));
  EXPECT_FALSE(find_rivals(rivals.log.identity, evidence.rival_leaf));
  evidence.rival_leaf = evidence.events.back().leaf;
  EXPECT_FAULT(judged(evidence), Fault::no_contradiction);
}

}  // namespace
}  // namespace moot::log

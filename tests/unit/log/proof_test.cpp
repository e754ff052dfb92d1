#include "log/proof.hpp"

#include "support.hpp"

namespace moot::log {
namespace {

using test::FixedLog;

/// Records before and after a change of keys.
const FixedLog& a_log() {
  static const FixedLog log = [] {
    FixedLog out;
    for (std::uint8_t i = 1; i < 6; ++i) out.put(i, "{\"name\":\"before\"}", "someone");
    out.rotate();
    for (std::uint8_t i = 1; i < 6; ++i) out.put(i, "{\"name\":\"after\"}");
    return out;
  }();
  return log;
}

/// The proof of entry 3, changed by `change` and written again.
template <class Change>
Result<JudgedProof, Fault> judge_changed(Change change) {
  TlogProof proof = parse_tlog_proof(a_log().proof_text(3)).value();
  ProofParts parts = decode_proof_parts(proof.extra).value();
  change(proof, parts);
  proof.extra = encode(parts);
  return judge_proof(to_text(proof));
}

TEST(JudgeProof, AcceptsEachRecordOfALog) {
  for (LeafIndex index = 0; index < a_log().tree.size(); ++index) {
    const auto judged = judge_proof(a_log().proof_text(index));
    ASSERT_TRUE(judged) << index << ": " << word_of(judged.error());
    EXPECT_EQ(judged->index, index);
    EXPECT_EQ(judged->leaf, a_log().leaves[index]);
    EXPECT_EQ(judged->checkpoint.head, a_log().head());
    EXPECT_EQ(judged->checkpoint.organisation, a_log().organisation());
    EXPECT_EQ(judged->record.has_value(), index != 0 && index != 6);
  }
}

TEST(JudgeProof, GivesTheBodiesThatItShows) {
  const auto judged = judge_proof(a_log().proof_text(3));
  ASSERT_TRUE(judged);
  ASSERT_EQ(judged->parts.bodies.size(), 2U);
  EXPECT_EQ(text_of(judged->parts.bodies[1].body), "someone");
  EXPECT_EQ(judged->record->record, test::fixed_record(3));
  EXPECT_TRUE(judge_changed([](TlogProof&, ProofParts& parts) { parts.bodies.clear(); }));
}

TEST(JudgeProof, RefusesAnotherBody) {
  EXPECT_FAULT(judge_changed([](TlogProof&, ProofParts& parts) { parts.bodies[0].body[0] ^= 1; }),
               Fault::wrong_commitment);
  EXPECT_FAULT(judge_changed([](TlogProof&, ProofParts& parts) { parts.bodies[1].salt[0] ^= 1; }),
               Fault::wrong_commitment);
  EXPECT_FAULT(judge_changed([](TlogProof&, ProofParts& parts) {
                 parts.bodies.erase(parts.bodies.begin() + 1);
                 parts.bodies[0].part = Part::personal_part;
               }),
               Fault::wrong_commitment);
  // A part to which the leaf does not commit at all.
  TlogProof proof = parse_tlog_proof(a_log().proof_text(8)).value();
  ProofParts parts = decode_proof_parts(proof.extra).value();
  parts.bodies.push_back({Part::personal_part, {}, {}});
  proof.extra = encode(parts);
  EXPECT_FAULT(judge_proof(to_text(proof)), Fault::wrong_commitment);
}

TEST(JudgeProof, RefusesAnotherLeafOrPlace) {
  EXPECT_FAULT(judge_changed([](TlogProof&, ProofParts& parts) { parts.leaf = a_log().leaves[4]; }),
               Fault::wrong_root);
  EXPECT_FAULT(judge_changed([](TlogProof& proof, ProofParts&) { proof.index = 4; }),
               Fault::wrong_root);
  EXPECT_FAULT(judge_changed([](TlogProof& proof, ProofParts&) { proof.index = 1000; }),
               Fault::wrong_size);
  EXPECT_FAULT(judge_changed([](TlogProof& proof, ProofParts&) { proof.hashes.pop_back(); }),
               Fault::wrong_root);
}

TEST(JudgeProof, RefusesAChainWithAGapOrOutOfPlace) {
  EXPECT_FAULT(judge_changed([](TlogProof&, ProofParts& parts) { parts.events.clear(); }),
               Fault::broken_chain);
  EXPECT_FAULT(judge_changed(
                   [](TlogProof&, ProofParts& parts) { parts.events.erase(parts.events.begin()); }),
               Fault::broken_chain);
  // Without the newest event the checkpoint is signed by a key that nobody has named.
  EXPECT_FAULT(judge_changed([](TlogProof&, ProofParts& parts) { parts.events.pop_back(); }),
               Fault::unknown_key);
  EXPECT_FAULT(judge_changed([](TlogProof&, ProofParts& parts) { parts.events[1].position = 7; }),
               Fault::wrong_root);
  EXPECT_FAULT(
      judge_changed([](TlogProof&, ProofParts& parts) { parts.events[1].inclusion.pop_back(); }),
      Fault::wrong_root);
}

TEST(JudgeProof, WantsTheFirstEventAtTheVeryStart) {
  FixedLog log;
  const LeafIndex again = log.append(test::fixed_first_establish());
  TlogProof proof = parse_tlog_proof(log.proof_text(again)).value();
  ProofParts parts = log.proof_parts(again);
  parts.events[0].position = again;
  parts.events[0].inclusion = inclusion_proof(again, log.tree.size(), log.tree);
  proof.extra = encode(parts);
  EXPECT_FAULT(judge_proof(to_text(proof)), Fault::broken_chain);
}

TEST(JudgeProof, RefusesAnotherCheckpoint) {
  const auto sign = [](const OrganisationId& id, const Head& head, std::uint8_t seed) {
    return sign_checkpoint(id, head, test::fixed_key(seed));
  };
  EXPECT_FAULT(judge_changed([&](TlogProof& proof, ProofParts&) {
                 proof.checkpoint = sign(a_log().organisation(), a_log().head(), 1);
               }),
               Fault::unknown_key);
  EXPECT_FAULT(judge_changed([&](TlogProof& proof, ProofParts&) {
                 proof.checkpoint = sign(OrganisationId(), a_log().head(), 6);
               }),
               Fault::wrong_organisation);
  EXPECT_FAULT(judge_changed([&](TlogProof& proof, ProofParts&) {
                 proof.checkpoint = sign(a_log().organisation(), {12, empty_root()}, 6);
               }),
               Fault::wrong_root);
  EXPECT_FAULT(judge_changed([&](TlogProof& proof, ProofParts&) { proof.checkpoint = "x\n"; }),
               Fault::bad_text);
}

TEST(JudgeProof, SaysWhenItIsTooOld) {
  FixedLog log;
  const LeafIndex plain = log.append(Bytes{1, 88, 0});
  const LeafIndex critical = log.append(Bytes{1, 88, 1});
  EXPECT_TRUE(judge_proof(log.proof_text(plain)));
  EXPECT_FAULT(judge_proof(log.proof_text(critical)), Fault::not_supported);
}

TEST(JudgeProof, TakesABodyOfTheLargestSize) {
  FixedLog log;
  const std::string body(limits::body_bytes_max, 'x');
  const LeafIndex index = log.put(1, body, body);
  EXPECT_TRUE(judge_proof(log.proof_text(index)));
}

TEST(ProofParts, AreOfExactLength) {
  const Bytes bytes = encode(a_log().proof_parts(3));
  EXPECT_EQ(decode_proof_parts(bytes).value(), a_log().proof_parts(3));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FAULT(decode_proof_parts(ByteView(bytes).first(length)), Fault::truncated) << length;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FAULT(decode_proof_parts(longer), Fault::trailing_bytes);
}

TEST(ProofParts, AreBounded) {
  ProofParts parts = a_log().proof_parts(8);
  const std::size_t bodies_at = 1 + 2 + parts.leaf.size();
  const std::size_t body_at = bodies_at + 1;
  const std::size_t events_at = body_at + 1 + 16 + 4 + parts.bodies[0].body.size();
  const Bytes good = encode(parts);
  const auto with = [&](std::size_t at, std::uint8_t value) {
    Bytes out = good;
    out.at(at) = value;
    return out;
  };
  EXPECT_FAULT(decode_proof_parts(with(0, 3)), Fault::not_supported);
  EXPECT_FALSE(decode_proof_parts(with(0, 2)));
  EXPECT_FAULT(decode_proof_parts(with(1, 0x20)), Fault::too_long);
  EXPECT_FAULT(decode_proof_parts(with(bodies_at, 3)), Fault::bad_value);
  EXPECT_FAULT(decode_proof_parts(with(body_at, 3)), Fault::bad_value);
  EXPECT_FAULT(decode_proof_parts(with(body_at + 17, 1)), Fault::too_long);
  EXPECT_FAULT(decode_proof_parts(with(events_at, 65)), Fault::bad_value);
  parts = a_log().proof_parts(3);
  std::swap(parts.bodies[0], parts.bodies[1]);
  EXPECT_FAULT(decode_proof_parts(encode(parts)), Fault::bad_value);
}

TEST(ProofParts, CarryTheRivalThatAnEventRepudiates) {
  ProofParts parts = a_log().proof_parts(8);
  const Bytes without = encode(parts);
  EXPECT_EQ(without.front(), 1);
  parts.events.back().rival_leaf = Bytes(300, 7);
  const Bytes with = encode(parts);
  EXPECT_EQ(with.front(), 2);
  EXPECT_EQ(decode_proof_parts(with).value(), parts);
  for (std::size_t size = 0; size < with.size(); ++size) {
    EXPECT_FALSE(decode_proof_parts(ByteView(with).first(size))) << size;
  }
  // The second version is for that alone, so that parts have one encoding.
  parts.events.back().rival_leaf.clear();
  Bytes twice = with;
  twice.resize(with.size() - 302);
  twice.push_back(0);
  twice.push_back(0);
  EXPECT_FAULT(decode_proof_parts(twice), Fault::bad_value);
}

TEST(TlogProofText, HasOneForm) {
  const std::string good = a_log().proof_text(3);
  EXPECT_EQ(to_text(parse_tlog_proof(good).value()), good);
  const std::string hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  const std::string begin = "c2sp.org/tlog-proof@v1\n";
  EXPECT_TRUE(parse_tlog_proof(begin + "index 7\n" + hash + "\nx\n"));
  for (const std::string& wrong :
       {std::string(), begin, std::string("c2sp.org/tlog-proof@v2\nindex 7\n\nx\n"),
        begin + "index 07\n\nx\n", begin + "index 7 \n\nx\n", begin + "index\n\nx\n",
        begin + "\nindex 7\n\nx\n", begin + "extra \nindex 7\n\nx\n",
        begin + "extra AA==\nextra AA==\nindex 7\n\nx\n", begin + "index 7\nextra AA==\n\nx\n",
        begin + "index 7\n" + hash.substr(4) + "\nx\n", begin + "index 7\n" + hash,
        begin + "index 7\n\n", begin + "index 7\r\n\nx\n"}) {
    EXPECT_FAULT(parse_tlog_proof(wrong), Fault::bad_text) << wrong;
  }
}

TEST(TlogProofText, IsBounded) {
  std::string text = "c2sp.org/tlog-proof@v1\nindex 7\n";
  for (std::size_t i = 0; i < 65; ++i) text += "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  EXPECT_FAULT(parse_tlog_proof(text + "\nx\n"), Fault::too_long);
  EXPECT_FAULT(parse_tlog_proof(std::string(limits::proof_file_bytes_max + 1, 'x')),
               Fault::too_long);
}

}  // namespace
}  // namespace moot::log

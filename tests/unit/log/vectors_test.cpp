// Our own vectors, tests/vectors/*.json (see its README): what the fixed log of support.hpp gives
// must be what the files say, to the byte. With MOOT_WRITE_VECTORS=1 in the environment the files
// are written instead; that they change is then seen in review.
#include <array>
#include <cstdlib>
#include <fstream>

#include "log/evidence.hpp"
#include "log/rotation.hpp"
#include "log/words.hpp"
#include "support.hpp"
#include "support/shared.hpp"

namespace moot::log {
namespace {

using json = nlohmann::ordered_json;
using test::FixedLog;

std::filesystem::path file_of(const std::string& name) {
  return ::moot::test::source_folder() / "tests" / "vectors" / (name + ".json");
}

void expect_vectors(const std::string& name, const json& made) {
  const std::string text = made.dump(1) + "\n";
  if (std::getenv("MOOT_WRITE_VECTORS") != nullptr) {
    std::ofstream(file_of(name), std::ios::binary) << text;
  }
  EXPECT_EQ(moot::test::read_file(file_of(name)), text) << name;
}

std::string hex(ByteView bytes) { return crypto::to_hex(bytes); }

/// E_0, versions with and without a personal part, a withdrawal, an erase, E_1, one more version.
const FixedLog& a_log() {
  static const FixedLog log = [] {
    FixedLog out;
    out.put(1, R"({"name":"Open kitchen"})");
    out.put(2, R"({"name":"Legal advice"})", R"({"phone":"+49 30 0000000"})");
    out.put(1, R"({"name":"Open kitchen, Mondays"})");
    RecordLeaf withdraw = out.next_leaf(2);
    withdraw.operation = Operation::withdraw;
    out.append(encode(withdraw));
    EraseLeaf erase;
    erase.reason = EraseReason::consent_withdrawn;
    erase.organisation = out.organisation();
    erase.time_ms = withdraw.time_ms + 1;
    erase.erased = {{2, 2}};
    out.append(encode(erase));
    out.rotate();
    out.put(3, R"({"name":"Night shelter"})");
    return out;
  }();
  return log;
}

json describe(const RecordLeaf& leaf) {
  json parts = json::array();
  for (const PartCommitment& part : leaf.parts) {
    parts.push_back({{"part", static_cast<int>(part.part)}, {"commitment", hex(part.commitment)}});
  }
  return {{"type", "record"},
          {"critical", leaf.critical},
          {"operation", leaf.operation == Operation::put ? "put" : "withdraw"},
          {"organisation", to_text(leaf.organisation)},
          {"epoch", leaf.epoch},
          {"time_ms", leaf.time_ms},
          {"record", hex(leaf.record)},
          {"previous", leaf.previous},
          {"kind", leaf.kind},
          {"parts", parts}};
}

json describe(const EraseLeaf& leaf) {
  json erased = json::array();
  for (const ErasedLeaf& item : leaf.erased) {
    erased.push_back({{"leaf", item.leaf}, {"part_mask", item.part_mask}});
  }
  return {{"type", "erase"},
          {"critical", leaf.critical},
          {"reason", static_cast<int>(leaf.reason)},
          {"organisation", to_text(leaf.organisation)},
          {"epoch", leaf.epoch},
          {"time_ms", leaf.time_ms},
          {"erased", erased}};
}

template <class T>
json hex_list(const std::vector<T>& items) {
  json out = json::array();
  for (const T& item : items) out.push_back(hex(item));
  return out;
}

json describe(const Establish& event) {
  json revealed = json::array();
  for (const RevealedKey& key : event.revealed) {
    revealed.push_back({{"prior_index", key.prior_index}, {"key", hex(key.key)}});
  }
  json signatures = json::array();
  for (const EstablishSignature& signature : event.signatures) {
    signatures.push_back({{"kind", static_cast<int>(signature.kind)},
                          {"index", signature.index},
                          {"signature", hex(signature.signature)}});
  }
  return {{"type", "establish"},
          {"organisation", hex(event.organisation.bytes)},
          {"seq", event.seq},
          {"previous", hex(event.previous)},
          {"time_s", event.time_s},
          {"trusted_size", event.trusted_size},
          {"trusted_root", hex(event.trusted_root)},
          {"log_key", hex(event.log_key)},
          {"node_keys", hex_list(event.node_keys)},
          {"threshold_next", event.threshold_next},
          {"next_digests", hex_list(event.next_digests)},
          {"revealed", revealed},
          {"repudiated", event.repudiated ? json(hex(*event.repudiated)) : json()},
          {"witness_policy", event.witness_policy},
          {"signatures", signatures}};
}

json describe(const UnknownLeaf& leaf) {
  return {{"type", "unknown"},
          {"version", leaf.version},
          {"type_byte", leaf.type},
          {"critical", leaf.critical}};
}

json leaf_vector(ByteView leaf) {
  const auto entry = decode_entry(leaf);
  if (!entry) return {{"leaf_hex", hex(leaf)}, {"fault", word_of(entry.error())}};
  json out = std::visit([](const auto& known) { return describe(known); }, *entry);
  out["leaf_hex"] = hex(leaf);
  out["leaf_hash"] = hex(hash_leaf(leaf));
  if (const auto body = establish_body(leaf)) {
    out["body_hex"] = hex(*body);
    out["event_id"] = hex(event_id(*body));
  }
  return out;
}

json key_vector(std::string_view use, std::uint8_t seed) {
  const auto key = test::fixed_key(seed).public_key().bytes();
  return {{"use", use},
          {"seed_hex", hex(Bytes(32, seed))},
          {"public_hex", hex(key)},
          {"digest", hex(reserve_digest(key))}};
}

/// Good leaves that were spoilt in one place each.
std::vector<Bytes> refused_leaves() {
  std::vector<Bytes> out;
  const Bytes record = a_log().leaves[1];
  const auto spoilt = [](Bytes leaf, std::size_t at, std::uint8_t value) {
    leaf.at(at) = value;
    return leaf;
  };
  out.push_back({});
  out.push_back({1});
  out.push_back(to_bytes(ByteView(record).first(record.size() - 1)));
  out.push_back(record);
  out.back().push_back(0);
  out.push_back(spoilt(record, 2, 2));               // flags
  out.push_back(spoilt(record, 3, 3));               // operation
  out.push_back(spoilt(record, 3, 2));               // a withdrawal with a part
  out.push_back(spoilt(record, 73, 'S'));            // kind
  out.push_back(spoilt(record, 81, 3));              // part
  out.push_back(spoilt(a_log().leaves[5], 3, 7));    // reason
  out.push_back(spoilt(a_log().leaves[5], 58, 0));   // part mask
  out.push_back(spoilt(a_log().leaves[0], 37, 1));   // seq 1 without an organisation
  out.push_back(spoilt(a_log().leaves[0], 183, 4));  // four of three
  out.emplace_back(limits::leaf_bytes_max + 1, std::uint8_t{9});
  return out;
}

TEST(OwnVectors, Leaves) {
  json keys = json::array();
  keys.push_back(key_vector("log, first", 1));
  keys.push_back(key_vector("node", 2));
  for (std::uint8_t seed = 3; seed <= 5; ++seed) keys.push_back(key_vector("reserve, first", seed));
  keys.push_back(key_vector("log, second", 6));
  keys.push_back(key_vector("reserve, second", 7));
  json leaves = json::array();
  for (const Bytes& leaf : a_log().leaves) leaves.push_back(leaf_vector(leaf));
  json others = json::array();
  for (const Bytes& leaf : {Bytes{1, 9, 0, 'x'}, Bytes{1, 9, 1}, Bytes{2, 2}}) {
    others.push_back(leaf_vector(leaf));
  }
  json refused = json::array();
  for (const Bytes& leaf : refused_leaves()) {
    const json item = leaf_vector(leaf);
    EXPECT_TRUE(item.contains("fault")) << item;
    refused.push_back(item);
  }
  expect_vectors("leaves", {{"keys", keys},
                            {"organisation_id", to_text(a_log().organisation())},
                            {"log", leaves},
                            {"unknown", others},
                            {"refused", refused}});
}

TEST(OwnVectors, OrganisationIds) {
  json ids = json::array();
  OrganisationId all_ones;
  all_ones.bytes.fill(0xff);
  for (const OrganisationId& id : {OrganisationId(), all_ones, a_log().organisation()}) {
    ids.push_back({{"hex", hex(id.bytes)},
                   {"text", to_text(id)},
                   {"log_origin", log_origin(id)},
                   {"node_name", node_name(id)}});
  }
  const std::string good = to_text(a_log().organisation());
  std::string mistyped = good;
  mistyped[10] = mistyped[10] == 'q' ? 'p' : 'q';
  json refused = json::array();
  for (const std::string& text : {mistyped, good.substr(0, 62), "M" + good.substr(1),
                                  good.substr(0, 62) + "b", "noot" + good.substr(4)}) {
    const auto id = parse_organisation_id(text);
    ASSERT_FALSE(id) << text;
    refused.push_back({{"text", text}, {"fault", word_of(id.error())}});
  }
  expect_vectors("organisation_id", {{"ids", ids}, {"refused", refused}});
}

TEST(OwnVectors, Commitments) {
  json out = json::array();
  for (const auto& bodies : a_log().bodies) {
    for (const FixedLog::Body& body : bodies) {
      out.push_back({{"salt", hex(body.salt)},
                     {"part", static_cast<int>(body.part)},
                     {"body", text_of(body.body)},
                     {"commitment", hex(body_commitment(body.salt, body.part, body.body))}});
    }
  }
  expect_vectors("commitments", out);
}

TEST(OwnVectors, Checkpoints) {
  const FixedLog& log = a_log();
  json heads = json::array();
  for (TreeSize size = 1; size <= log.tree.size(); ++size) {
    const Head head{size, root_at(size, log.tree)};
    const std::uint8_t seed = log.identity.valid_at(size).establish.seq == 0 ? 1 : 6;
    const auto key = test::fixed_key(seed);
    const std::string note = sign_checkpoint(log.organisation(), head, key);
    EXPECT_TRUE(check_checkpoint(note, log.identity)) << size;
    heads.push_back(
        {{"size", size},
         {"root", hex(head.root)},
         {"verifier_key", to_text(log_verifier_key(log.organisation(), key.public_key().bytes()))},
         {"note", note}});
  }
  Note cosigned = parse_note(log.checkpoint()).value();
  const auto node_key = test::fixed_key(2);
  const std::string name = node_name(log.organisation());
  cosigned.signatures.push_back(cosign_note(cosigned.text, name, node_key, 1'800'086'400));
  const VerifierKey witness{name, SignatureType::cosignature_v1, node_key.public_key().bytes()};
  expect_vectors("checkpoints", {{"heads", heads},
                                 {"cosigned",
                                  {{"verifier_key", to_text(witness)},
                                   {"time_s", cosigned_at(cosigned, witness).value()},
                                   {"note", to_text(cosigned)}}}});
}

TEST(OwnVectors, Bundles) {
  const FixedLog& log = a_log();
  const TreeSize size = log.tree.size();
  Bytes without_bodies;
  for (const BodyStatus status : {BodyStatus::erased, BodyStatus::withheld, BodyStatus::missing}) {
    append_no_body(without_bodies, status);
  }
  EXPECT_TRUE(check_bodies(
      check_block(log.organisation(), 0, log.leaves_of(0, size), {}, size, root_at(size, log.tree))
          .value(),
      log.bodies_of(0, size)));
  expect_vectors("bundles", {{"organisation", to_text(log.organisation())},
                             {"first", 0},
                             {"count", size},
                             {"block_hash", hex(root_at(size, log.tree))},
                             {"entry_bundle_hex", hex(log.leaves_of(0, size))},
                             {"body_bundle_hex", hex(log.bodies_of(0, size))},
                             {"erased_withheld_missing_hex", hex(without_bodies)}});
}

TEST(OwnVectors, Proofs) {
  const FixedLog& log = a_log();
  const TreeSize size = log.tree.size();
  json inclusion = json::array();
  for (LeafIndex index = 0; index < size; ++index) {
    inclusion.push_back({{"index", index},
                         {"size", size},
                         {"proof", hex_list(inclusion_proof(index, size, log.tree))}});
  }
  json consistency = json::array();
  for (TreeSize from = 1; from <= size; ++from) {
    consistency.push_back({{"from", from},
                           {"to", size},
                           {"proof", hex_list(consistency_proof(from, size, log.tree))}});
  }
  json files = json::array();
  for (const LeafIndex index : {LeafIndex{2}, LeafIndex{6}}) {
    const std::string text = log.proof_text(index);
    EXPECT_TRUE(judge_proof(text)) << index;
    files.push_back(
        {{"index", index}, {"parts_hex", hex(encode(log.proof_parts(index)))}, {"text", text}});
  }
  json refused = json::array();
  TlogProof proof = parse_tlog_proof(log.proof_text(2)).value();
  const auto refuse = [&](const TlogProof& wrong) {
    const auto judged = judge_proof(to_text(wrong));
    ASSERT_FALSE(judged);
    refused.push_back({{"text", to_text(wrong)}, {"fault", word_of(judged.error())}});
  };
  proof.index = 3;
  refuse(proof);
  proof = parse_tlog_proof(log.proof_text(2)).value();
  ProofParts parts = log.proof_parts(2);
  parts.bodies[0].body[0] ^= 1;
  proof.extra = encode(parts);
  refuse(proof);
  parts = log.proof_parts(2);
  parts.events.pop_back();
  proof.extra = encode(parts);
  refuse(proof);
  expect_vectors("proofs", {{"inclusion", inclusion},
                            {"consistency", consistency},
                            {"proof_files", files},
                            {"refused", refused}});
}

TEST(OwnVectors, ReserveKeys) {
  json keys = json::array();
  for (const std::uint8_t seed : std::array<std::uint8_t, 4>{3, 4, 5, 255}) {
    const auto key = test::fixed_key(seed);
    keys.push_back({{"seed", hex(Bytes(32, seed))},
                    {"public", hex(key.public_key().bytes())},
                    {"digest", hex(reserve_digest(key.public_key().bytes()))},
                    {"public_text", reserve_key_text(key.public_key().bytes())},
                    {"words", to_words(key)}});
  }
  // A word of the list in the place of another, two that changed places, a word too few.
  const std::string good = to_words(test::fixed_key(3));
  json refused = json::array();
  for (const std::string& words :
       {"above" + good.substr(good.find(' ')), "artist advance" + good.substr(14),
        good.substr(0, good.rfind(' '))}) {
    const auto key = parse_words(words);
    ASSERT_FALSE(key) << words;
    refused.push_back({{"words", words}, {"fault", word_of(key.error().fault)}});
  }
  expect_vectors("reserve_keys", {{"keys", keys}, {"refused", refused}});
}

json describe(const Bytes& file) {
  const auto judged = judge_evidence(file).value();
  json out = {{"kind", judged.evidence.kind == EvidenceKind::fork ? "fork" : "rivals"},
              {"organisation", to_text(judged.evidence.organisation)},
              {"epoch", judged.evidence.epoch},
              {"file", text_of(file)}};
  if (judged.evidence.kind == EvidenceKind::fork) {
    out["sizes"] = {judged.first.size, judged.second.size};
  }
  return out;
}

TEST(OwnVectors, Evidence) {
  FixedLog one = a_log();
  FixedLog other = a_log();
  one.put(4, R"({"name":"Shown here"})");
  other.put(4, R"({"name":"Shown there"})");
  other.put(5, "{}");
  const auto checkpoint_of = [](const FixedLog& log) {
    return check_checkpoint(log.checkpoint(), log.identity).value().take();
  };
  const TreeSize size = one.tree.size();
  const auto fork =
      find_fork(one.identity, checkpoint_of(one), checkpoint_of(other), root_at(size, other.tree),
                consistency_proof(size, other.tree.size(), other.tree));
  ASSERT_TRUE(fork);
  FixedLog before;
  before.put(1, R"({"name":"Open kitchen"})");
  Establish second = before.next_establish();
  second.time_s += 1;
  const Bytes rival = before.signed_leaf(second, {3, 5});
  before.rotate();
  const auto rivals = find_rivals(before.identity, rival);
  ASSERT_TRUE(rivals);
  // The same history twice shows nothing, nor does a proof of something else.
  Evidence agreeing = *fork;
  agreeing.second_note = agreeing.first_note;
  agreeing.root_at_first = one.head().root;
  agreeing.proof.clear();
  Evidence unproved = *fork;
  unproved.root_at_first[0] ^= 1;
  json refused = json::array();
  for (const auto& wrong : {agreeing, unproved}) {
    const Bytes file = to_file(wrong).value();
    const auto judged = judge_evidence(file);
    ASSERT_FALSE(judged);
    refused.push_back({{"file", text_of(file)}, {"fault", word_of(judged.error())}});
  }
  expect_vectors(
      "evidence",
      {{"evidence", {describe(to_file(*fork).value()), describe(to_file(*rivals).value())}},
       {"refused", refused}});
}

}  // namespace
}  // namespace moot::log

// Holds trees, notes, checkpoints and proofs against the public vectors that stand beside the
// project, made by implementations that are not ours.
#include "support.hpp"
#include "support/shared.hpp"

namespace moot::log {
namespace {

using moot::test::read_file;
using moot::test::read_json;
using moot::test::shared_folder;
using nlohmann::json;
namespace files = std::filesystem;

class SharedVectors : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = shared_folder();
    if (!folder) GTEST_SKIP() << "no folder of shared vectors";
    vectors_ = *folder / "vectors";
  }
  files::path vectors_;
};

std::vector<files::path> json_files(const files::path& folder) {
  std::vector<files::path> out;
  for (const auto& file : files::recursive_directory_iterator(folder)) {
    if (file.path().extension() == ".json") out.push_back(file.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Some bad cases hold a hash that is none.
std::optional<Hash> hash_of(const json& text) {
  const auto bytes = crypto::from_base64(text.get<std::string>());
  Hash out{};
  if (!bytes || bytes->size() != out.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

std::optional<std::vector<Hash>> hashes_of(const json& list) {
  std::vector<Hash> out;
  if (list.is_null()) return out;
  for (const json& item : list) {
    const auto hash = hash_of(item);
    if (!hash) return std::nullopt;
    out.push_back(*hash);
  }
  return out;
}

Hash hash_of_hex(const json& text) { return test::hash_from_hex(text.get<std::string>()); }

bool is_included(const json& item) {
  const auto leaf = hash_of(item.at("leafHash"));
  const auto root = hash_of(item.at("root"));
  const auto proof = hashes_of(item.at("proof"));
  return leaf && root && proof &&
         verify_inclusion(item.at("leafIdx"), *leaf, *proof, {item.at("treeSize"), *root});
}

bool is_consistent(const json& item) {
  const auto from = hash_of(item.at("root1"));
  const auto to = hash_of(item.at("root2"));
  const auto proof = hashes_of(item.at("proof"));
  return from && to && proof &&
         verify_consistency({item.at("size1"), *from}, {item.at("size2"), *to}, *proof);
}

TEST_F(SharedVectors, InclusionProofsAreDecidedAsTheReferenceLibraryDecides) {
  int good = 0;
  int bad = 0;
  for (const auto& file : json_files(vectors_ / "merkle-transparency-dev" / "inclusion")) {
    const json item = read_json(file);
    const bool is_bad = item.at("wantErr");
    EXPECT_EQ(is_included(item), !is_bad) << file;
    ++(is_bad ? bad : good);
  }
  EXPECT_GE(good, 3);
  EXPECT_GT(bad, 40);
}

TEST_F(SharedVectors, ConsistencyProofsAreDecidedAsTheReferenceLibraryDecides) {
  int good = 0;
  int bad = 0;
  for (const auto& file : json_files(vectors_ / "merkle-transparency-dev" / "consistency")) {
    const json item = read_json(file);
    const bool is_bad = item.at("wantErr");
    EXPECT_EQ(is_consistent(item), !is_bad) << file;
    ++(is_bad ? bad : good);
  }
  EXPECT_GE(good, 3);
  EXPECT_GT(bad, 40);
}

TEST_F(SharedVectors, TheReferenceTreeIsOurs) {
  const json kat = read_json(vectors_ / "rfc6962-kat" / "kat.json");
  EXPECT_EQ(empty_root(), hash_of_hex(kat.at("empty_root")));
  test::VectorTree tree;
  for (const json& leaf : kat.at("leaves_hex")) {
    tree.append(hash_leaf(test::from_hex(leaf.get<std::string>())));
  }
  for (const auto& [size, root] : kat.at("roots").items()) {
    EXPECT_EQ(root_at(std::stoull(size), tree), hash_of_hex(root)) << size;
  }
  for (const json& item : kat.at("paths")) {
    std::vector<Hash> path;
    for (const json& node : item.at("path")) path.push_back(hash_of_hex(node));
    const LeafIndex index = item.at("leaf_1based").get<LeafIndex>() - 1;
    EXPECT_EQ(inclusion_proof(index, item.at("snapshot"), tree), path) << item;
  }
  for (const json& item : kat.at("consistency")) {
    std::vector<Hash> proof;
    for (const json& node : item.at("proof")) proof.push_back(hash_of_hex(node));
    EXPECT_EQ(consistency_proof(item.at("size1"), item.at("size2"), tree), proof) << item;
  }
}

TEST_F(SharedVectors, AForeignTiledLogIsReadWhole) {
  const files::path log = vectors_ / "tlog-tiles-tessera" / "log";
  const json keys = read_json(vectors_ / "tlog-tiles-tessera" / "keys.json");
  const auto key = parse_verifier_key(keys.at("vkey").get<std::string>());
  ASSERT_TRUE(key);
  for (std::uint64_t size = 0; size <= 7; ++size) {
    const std::string number = std::to_string(size);
    const auto note = parse_note(read_file(log / ("checkpoint." + number)));
    ASSERT_TRUE(note) << size;
    EXPECT_TRUE(verify_note(*note, *key)) << size;
    const auto head = read_head(note->text);
    ASSERT_TRUE(head) << size;
    EXPECT_EQ(head->first, key->name);
    EXPECT_EQ(head->second.size, size);
    std::vector<Hash> hashes;
    if (size > 0) {
      const std::string bundle = read_file(log / "tile" / "entries" / "000.p" / number);
      const auto leaves = split_leaves(view_of(bundle), size);
      ASSERT_TRUE(leaves) << size;
      for (const ByteView leaf : *leaves) hashes.push_back(hash_leaf(leaf));
      std::string tile;
      for (const Hash& hash : hashes) tile += text_of(hash);
      EXPECT_EQ(tile, read_file(log / "tile" / "0" / "000.p" / number));
    }
    EXPECT_EQ(root_over(hashes), head->second.root) << size;
  }
}

TEST_F(SharedVectors, VerifierKeysAreReadOrRefused) {
  for (const json& item : read_json(vectors_ / "signed-note" / "vkeys.json")) {
    const std::string text = item.at("vkey");
    const auto key = parse_verifier_key(text);
    EXPECT_EQ(key.has_value(), item.at("valid").get<bool>()) << text;
    if (key) {
      EXPECT_EQ(to_text(*key), text);
    }
  }
}

/// As the vectors count: signatures by a known key, each key once, that verify.
std::string outcome_of(const json& item, int& verified) {
  const auto note = parse_note(item.at("note").get<std::string>());
  if (!note) return "malformed";
  for (const json& text : item.at("vkeys")) {
    const auto key = parse_verifier_key(text.get<std::string>());
    if (!key) return "bad key";
    const auto result = verify_note(*note, *key);
    if (!result && result.error() == Fault::bad_signature) return "invalid-signature";
    if (result) ++verified;
  }
  return "ok";
}

TEST_F(SharedVectors, NotesAreDecidedAsOtherImplementationsDecide) {
  for (const json& item : read_json(vectors_ / "signed-note" / "notes.json")) {
    int verified = 0;
    EXPECT_EQ(outcome_of(item, verified), item.at("expect").get<std::string>()) << item.at("id");
    if (item.contains("verified")) {
      EXPECT_EQ(verified, item.at("verified").get<int>()) << item.at("id");
    }
  }
}

TEST_F(SharedVectors, SigningGivesTheSameBytes) {
  for (const json& item : read_json(vectors_ / "signed-note" / "sign.json")) {
    // PRIVATE+KEY+<name>+<id>+<base64 of type and seed>
    const std::string skey = item.at("skey");
    const std::string rest = skey.substr(std::string_view("PRIVATE+KEY+").size());
    const std::string name = rest.substr(0, rest.find('+'));
    const auto bytes = crypto::from_base64(rest.substr(rest.rfind("+AYE") + 1));
    ASSERT_TRUE(bytes && bytes->size() == 33);
    FixedBytes<32> seed{};
    std::copy(bytes->begin() + 1, bytes->end(), seed.begin());
    Note note{item.at("text"), {}};
    note.signatures.push_back(sign_note(note.text, name, crypto::SigningKey::from_seed(seed)));
    EXPECT_EQ(to_text(note), item.at("note").get<std::string>());
  }
}

TEST_F(SharedVectors, ACosignedCheckpointTellsWhenItWasSeen) {
  const files::path witness = vectors_ / "cosigned-sunlight" / "witness";
  const json description = read_json(witness / "witness.v0.json");
  const auto key = parse_verifier_key(description.at("verifier_keys").at(0).get<std::string>());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->type, SignatureType::cosignature_v1);
  int seen = 0;
  for (const auto& folder : files::directory_iterator(witness)) {
    if (!folder.is_directory()) continue;
    const auto note = parse_note(read_file(folder.path() / "checkpoint"));
    ASSERT_TRUE(note);
    EXPECT_TRUE(read_head(note->text));
    const auto time_s = cosigned_at(*note, *key);
    ASSERT_TRUE(time_s);
    EXPECT_EQ(*time_s, 0x69546780U);  // as its signature line says, behind the key id
    ++seen;
  }
  EXPECT_EQ(seen, 1);
}

TEST_F(SharedVectors, TlogProofsAreReadOrRefused) {
  for (const json& item : read_json(vectors_ / "tlog-proof" / "proofs.json")) {
    const std::string text = item.at("text");
    const auto proof = parse_tlog_proof(text);
    ASSERT_EQ(proof.has_value(), item.at("valid").get<bool>()) << item.at("id");
    if (!proof) continue;
    EXPECT_EQ(proof->index, item.at("index").get<LeafIndex>());
    EXPECT_EQ(proof->hashes, hashes_of(item.at("hashes")));
    EXPECT_EQ(proof->checkpoint, item.at("checkpoint").get<std::string>());
    EXPECT_EQ(to_text(*proof), text);
  }
}

}  // namespace
}  // namespace moot::log

#include "audit/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/memory_log.hpp"

namespace moot::audit {
namespace {

using test::LogAuthor;
using test::MemoryLog;

class VerifyFile : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint64_t i = 0; i < 6; ++i) author.put(i, "{\"name\":\"Lunch club\"}");
    author.withdraw(2);
    author.sign();
  }
  std::string proof_of(log::LeafIndex entry, bool with_body = true) {
    const test::HeldLog& held = author.held();
    const auto tree = memory.tree(author.organisation());
    const log::Checkpoint& head = held.checkpoints.back();
    log::ProofParts parts;
    parts.leaf = held.leaves[entry];
    for (const test::HeldLog::Body& body : held.bodies[entry]) {
      if (with_body) parts.bodies.push_back({body.part, body.salt, body.body});
    }
    parts.events = {{0, held.leaves[0], log::inclusion_proof(0, head.head.size, *tree), {}}};
    return log::to_text(log::TlogProof{
        log::encode(parts), entry, log::inclusion_proof(entry, head.head.size, *tree), head.note});
  }
  static bool says(const JudgedFile& file, std::string_view text) {
    return std::any_of(file.findings.begin(), file.findings.end(), [&](const std::string& finding) {
      return finding.find(text) != std::string::npos;
    });
  }

  MemoryLog memory;
  LogAuthor author{memory};
};

TEST_F(VerifyFile, SaysWhatATrueProofProves) {
  const auto file = judge_file(proof_of(3), author.organisation());
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->verdict, Verdict::ok);
  EXPECT_EQ(file->organisation, author.organisation());
  EXPECT_EQ(file->entry, 3U);
  EXPECT_TRUE(says(*file, "publishes the record aa000000-0000-0000-0000-000000000002"));
  EXPECT_TRUE(says(*file, "Its public body is in the file and is what was signed"));
  const auto json = nlohmann::json::parse(to_json(*file));
  EXPECT_EQ(json["verdict"], "ok");
  EXPECT_EQ(json["file"], "proof");
  EXPECT_EQ(json["organisation"], log::to_text(author.organisation()));
  EXPECT_EQ(json["entry"], 3);
  EXPECT_EQ(json["size"], 8);
  EXPECT_EQ(json["record"], "aa000000-0000-0000-0000-000000000002");
  EXPECT_EQ(json["kind"], "service");
  EXPECT_EQ(json["operation"], "put");
  EXPECT_EQ(json["time"], "2027-01-15T08:00:00.003Z");
}

TEST_F(VerifyFile, SaysThatAWithdrawalIsOne) {
  const auto file = judge_file(proof_of(7), std::nullopt);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->verdict, Verdict::ok);
  EXPECT_TRUE(says(*file, "It withdraws the record"));
}

TEST_F(VerifyFile, SaysThatABodyIsNotInTheFile) {
  const auto file = judge_file(proof_of(3, false), std::nullopt);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->verdict, Verdict::ok);
  EXPECT_TRUE(says(*file, "Its public body is not in the file"));
}

TEST_F(VerifyFile, RefusesAProofOfAnotherOrganisation) {
  const LogAuthor other(memory);
  const auto file = judge_file(proof_of(3), other.organisation());
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->verdict, Verdict::failed);
  EXPECT_TRUE(says(*file, "not of " + log::to_text(other.organisation())));
}

TEST_F(VerifyFile, FailsAProofInWhichAnyCharacterChanged) {
  const std::string honest = proof_of(3);
  const std::size_t first = honest.find('\n') + 1;
  for (std::size_t i = first; i < honest.size(); i += 5) {
    std::string changed = honest;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto file = judge_file(changed, author.organisation());
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(file->verdict, Verdict::failed) << i;
    EXPECT_FALSE(file->findings.empty());
  }
}

TEST_F(VerifyFile, FailsAProofThatWasCut) {
  const std::string honest = proof_of(3);
  const auto file = judge_file(std::string_view(honest).substr(0, honest.size() / 2), std::nullopt);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->verdict, Verdict::failed);
}

TEST_F(VerifyFile, SaysThatACheckpointAloneCannotBeVerified) {
  const auto file = judge_file(author.held().checkpoints.back().note, std::nullopt);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->verdict, Verdict::incomplete);
  EXPECT_EQ(file->kind, JudgedFile::Kind::checkpoint);
  EXPECT_EQ(file->organisation, author.organisation());
  EXPECT_TRUE(says(*file, "A checkpoint of 8 entries"));
  EXPECT_TRUE(says(*file, "cannot be verified alone"));
}

TEST_F(VerifyFile, IsIncompleteForALogOfAnotherKind) {
  const crypto::SigningKey key = crypto::SigningKey::generate();
  const std::string text = "example.org/log\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  const log::Note note{text, {log::sign_note(text, "example.org/log", key)}};
  const auto checkpoint = judge_file(log::to_text(note), std::nullopt);
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_EQ(checkpoint->verdict, Verdict::incomplete);
  EXPECT_TRUE(says(*checkpoint, "example.org/log"));
  const auto proof =
      judge_file(log::to_text(log::TlogProof{{}, 3, {}, log::to_text(note)}), std::nullopt);
  ASSERT_TRUE(proof.has_value());
  EXPECT_EQ(proof->verdict, Verdict::incomplete);
}

TEST_F(VerifyFile, NamesTheFirstLineOfWhatItDoesNotKnow) {
  const auto file = judge_file("%PDF-1.7\x1b[31m\nmore", std::nullopt);
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, "refused");
  EXPECT_NE(file.error().message.find("\"%PDF-1.7?[31m\""), std::string::npos);
  EXPECT_NE(file.error().hint.find("tlog-proof"), std::string::npos);
  EXPECT_EQ(judge_file("", std::nullopt).error().message, "the file is empty");
  EXPECT_FALSE(judge_file(std::string(limits::proof_file_bytes_max + 1, 'x'), std::nullopt));
}

class VerifyEvidence : public VerifyFile {
 protected:
  void SetUp() override {
    test::MemoryLog other_memory;
    LogAuthor forked = author.fork(other_memory);
    author.put(50, "{}");
    forked.put(51, "{}");
    const auto evidence =
        log::find_fork(*author.held().identity, author.sign(), forked.sign(), {}, {});
    text = text_of(log::to_file(evidence.value()).value());
  }
  std::string text;
};

TEST_F(VerifyEvidence, SaysWhatWasSignedTwice) {
  const auto file = judge_file(text, author.organisation());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->verdict, Verdict::failed);
  ASSERT_TRUE(file->evidence);
  ASSERT_EQ(file->findings.size(), 2U);
  EXPECT_NE(file->findings[0].find(log::to_text(author.organisation())), std::string::npos);
  EXPECT_NE(file->findings[0].find("two different histories of"), std::string::npos);
  const std::string json = to_json(*file);
  EXPECT_TRUE(json.starts_with("{\"verdict\":\"fork-proven\",\"file\":\"evidence\"")) << json;
  EXPECT_NE(json.find("\"kind\":\"evidence\""), std::string::npos) << json;
}

TEST_F(VerifyEvidence, SaysThatFalseEvidenceShowsNothing) {
  for (std::size_t at = 20; at < text.size() - 3; at += 41) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto file = judge_file(changed, author.organisation());
    ASSERT_TRUE(file);
    EXPECT_EQ(file->verdict, Verdict::failed);
    EXPECT_FALSE(file->evidence) << at;
    EXPECT_TRUE(file->findings.at(0).starts_with("It proves nothing")) << file->findings.at(0);
    EXPECT_TRUE(to_json(*file).starts_with("{\"verdict\":\"not-evidence\"")) << to_json(*file);
  }
}

TEST_F(VerifyEvidence, AgainstAnotherThanExpectedIsSaid) {
  const auto file = judge_file(text, log::OrganisationId{});
  ASSERT_TRUE(file);
  EXPECT_NE(file->findings.at(0).find("as was expected"), std::string::npos);
}

class VerifyRequest : public VerifyFile {
 protected:
  void SetUp() override {
    VerifyFile::SetUp();
    const auto reserve = author.reserve_key().public_key().bytes();
    log::RequestParameters parameters;
    parameters.time_s = 1'800'000'000;
    parameters.trusted = author.held().checkpoints.back().head;
    parameters.log_size = parameters.trusted.size;
    parameters.node_keys = {author.node_key().public_key().bytes()};
    parameters.next_keys = {reserve};
    parameters.known_keys = {reserve};
    request = log::make_request(*author.held().identity, parameters, author.log_key()).value();
  }
  log::EstablishRequest request;
};

TEST_F(VerifyRequest, SaysWhoStillHasToSign) {
  const auto before = judge_file(log::to_text(request), author.organisation());
  ASSERT_TRUE(before);
  EXPECT_EQ(before->verdict, Verdict::incomplete);
  EXPECT_EQ(before->organisation, author.organisation());
  EXPECT_NE(before->findings.at(1).find("Signed by 0 so far; still needed: 1"), std::string::npos);
  ASSERT_TRUE(log::sign(request, author.reserve_key()));
  const auto after = judge_file(log::to_text(request), std::nullopt);
  ASSERT_TRUE(after);
  const std::string json = to_json(*after);
  EXPECT_NE(json.find("\"kind\":\"request\""), std::string::npos) << json;
  EXPECT_NE(json.find("\"signed\":1,\"missing\":0"), std::string::npos) << json;
}

TEST_F(VerifyRequest, FailsOneThatWasChanged) {
  ASSERT_TRUE(log::sign(request, author.reserve_key()));
  const std::string honest = log::to_text(request);
  for (std::size_t at = honest.find('\n') + 1; at < honest.size(); at += 7) {
    std::string changed = honest;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto file = judge_file(changed, std::nullopt);
    ASSERT_TRUE(file);
    // The words for people (names, notes) are covered by no signature.
    if (file->request) continue;
    EXPECT_EQ(file->verdict, Verdict::failed) << at;
  }
  std::string cut = honest.substr(0, honest.size() / 2);
  EXPECT_EQ(judge_file(cut, std::nullopt)->verdict, Verdict::failed);
}

}  // namespace
}  // namespace moot::audit

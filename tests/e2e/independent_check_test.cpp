// Checkpoints and proofs are what other people's code expects: Go's sumdb/note and tlog judge them.
// Skipped where Go or its package is not installed (Debian: golang-go golang-golang-x-mod-dev).
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

constexpr const char* go_packages = "/usr/share/gocode";

class IndependentCheck : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path package = std::string(go_packages) + "/src/golang.org/x/mod/sumdb";
    if (!std::filesystem::exists(package) ||
        run({"/bin/sh", "-c", "command -v go"}).exit_code != 0) {
      GTEST_SKIP() << "no Go with golang.org/x/mod";
    }
    const auto source = test::source_folder() / "tests/e2e/independent/check.go";
    const Finished built =
        run({"/usr/bin/env", "GO111MODULE=off", std::string("GOPATH=") + go_packages, "GOFLAGS=",
             "HOME=" + folder.path().string(), "go", "build", "-o", checker(), source.string()});
    ASSERT_EQ(built.exit_code, 0) << built.errors;
  }

  std::string checker() const { return (folder.path() / "check").string(); }

  /// The proof of a record as a node gives it, with the log's key from `keys list`.
  static nlohmann::json proof_of(const Node& node, const std::string& record,
                                 const std::string& organisation) {
    auto proof = node.json({"proof", record, "--organisation", organisation});
    proof["vkey"] = node.json({"keys", "list", organisation}).at("log").at(0).at("vkey");
    return proof;
  }

  TemporaryFolder folder;
};

TEST_F(IndependentCheck, GoAcceptsCheckpointsAndProofsOfTheWriterAndOfAFollower) {
  Node writer(folder.path() / "writer", "Writer");
  Node follower(folder.path() / "follower", "Follower");
  follow(follower, writer.address());
  std::uint64_t published = 0;
  // Trees of 2, 3, 8, 257 and 600 leaves.
  for (const std::uint64_t size : {2U, 3U, 8U, 257U, 600U}) {
    const std::uint64_t count = size - 1 - published;
    const auto lines =
        writer.lines({"publish", "--kind", "service", "-"}, services(published, count));
    published += count;
    sync(follower, writer.organisation());
    for (const std::size_t at : {std::size_t{0}, lines.size() / 2, lines.size() - 2}) {
      for (const Node* node : {&writer, &follower}) {
        const auto proof = proof_of(*node, lines[std::min(at, lines.size() - 2)].at("record"),
                                    writer.organisation());
        EXPECT_EQ(proof.at("size"), size);
        const Finished judged = run({checker()}, proof.dump());
        EXPECT_EQ(judged.output, "ok\n") << proof.dump(1);
      }
    }
  }
}

TEST_F(IndependentCheck, GoAcceptsCheckpointsThatAFollowerHasCosigned) {
  Node writer(folder.path() / "writer", "Writer");
  Node follower(folder.path() / "follower", "Follower");
  writer.lines({"publish", "-"}, lunch_club("A hot meal."));
  follow(follower, writer.address());
  nlohmann::json proof;
  const std::string witness = "moot/node/" + follower.organisation();
  ASSERT_TRUE(eventually([&] {
    proof = proof_of(writer, lunch_id, writer.organisation());
    return proof.at("checkpoint").get<std::string>().find(witness) != std::string::npos;
  }));
  proof["witness"] = follower.json({"keys", "list"}).at("node").at(0).at("vkey");
  EXPECT_EQ(run({checker()}, proof.dump()).output, "ok\n") << proof.dump(1);
  proof["witness"] = writer.json({"keys", "list"}).at("node").at(0).at("vkey");
  EXPECT_EQ(run({checker()}, proof.dump()).exit_code, 1);
}

TEST_F(IndependentCheck, GoRefusesWhatWasTamperedWith) {
  Node writer(folder.path() / "writer", "Writer");
  writer.lines({"publish", "-"}, lunch_club("A hot meal."));
  writer.lines({"publish", "--kind", "service", "-"}, services(0, 20));
  const auto proof = proof_of(writer, lunch_id, writer.organisation());
  ASSERT_EQ(run({checker()}, proof.dump()).output, "ok\n");
  auto changed = proof;
  changed["hashes"][0] = proof["hashes"][1];
  EXPECT_EQ(run({checker()}, changed.dump()).exit_code, 1);
  changed = proof;
  changed["entry"] = 2;
  EXPECT_EQ(run({checker()}, changed.dump()).exit_code, 1);
  changed = proof;
  std::string checkpoint = proof.at("checkpoint");
  checkpoint[checkpoint.size() - 10] ^= 1;
  changed["checkpoint"] = checkpoint;
  EXPECT_EQ(run({checker()}, changed.dump()).exit_code, 1);
}

}  // namespace
}  // namespace moot::test

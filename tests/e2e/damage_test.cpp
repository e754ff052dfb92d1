// Evidence and stores that somebody changed.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "steps.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class Damage : public testing::Test {
 protected:
  /// Changes one byte of a file wherever `text` stands in it: a page that the store does not use
  /// any more may hold it too.
  static void change_byte(const std::filesystem::path& file, const std::string& text) {
    std::string content = read_file(file);
    std::size_t changed = 0;
    for (std::size_t at = 0; (at = content.find(text, at)) != std::string::npos; ++changed) {
      content[at] = static_cast<char>(content[at] ^ 1);
    }
    ASSERT_GE(changed, 1U) << text << " is not in " << file;
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out << content;
  }

  static Finished verify(const std::filesystem::path& file) {
    return run({program("moot"), "verify", file, "--json"});
  }

  TemporaryFolder folder;
  Node node{folder.path() / "node", "Hall Trust"};
};

TEST_F(Damage, AProofWithAnyLineChangedConvincesNobody) {
  node.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
  node.lines({"publish", "--kind", "service", "-"}, services(0, 40));
  const std::string proof = node.json({"proof", lunch_id}).at("proof");
  const auto file = folder.path() / "changed.tlog-proof";
  write_file(file, proof);
  ASSERT_EQ(verify(file).exit_code, 0);

  // In each line, a letter in its middle becomes another that could stand there.
  std::map<int, int> judged;  // exit codes
  for (std::size_t begin = 0; begin < proof.size();) {
    const std::size_t end = proof.find('\n', begin);
    const std::size_t at = begin + (end - begin) / 2;
    begin = end + 1;
    if (at == end) continue;
    std::string changed = proof;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    write_file(file, changed);
    const Finished finished = verify(file);
    EXPECT_NE(finished.exit_code, 0) << "changed at " << at << ":\n" << changed;
    EXPECT_EQ(finished.output.find(R"("verdict":"ok")"), std::string::npos) << finished.output;
    ++judged[finished.exit_code];
  }
  // False, but for lines that leave nothing to be judged: the format's name, whose log it is.
  EXPECT_GE(judged[3], 8);
  EXPECT_LE(judged[1] + judged[6], 3);
}

TEST_F(Damage, OneFalseProofAmongGoodOnesAnswersThree) {
  node.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
  const auto good = folder.path() / "good.tlog-proof";
  const auto tampered = folder.path() / "tampered.tlog-proof";
  std::string proof = node.json({"proof", lunch_id}).at("proof");
  write_file(good, proof);
  const std::size_t leaf = proof.find("extra ") + 30;
  proof[leaf] = proof[leaf] == 'A' ? 'B' : 'A';
  write_file(tampered, proof);
  EXPECT_EQ(verify(good).exit_code, 0);
  EXPECT_EQ(verify(tampered).exit_code, 3);
  const Finished all = run({program("moot"), "verify", good, tampered, good, "--json"});
  EXPECT_EQ(all.exit_code, 3);
  EXPECT_EQ(std::count(all.output.begin(), all.output.end(), '\n'), 3) << all.output;
}

TEST_F(Damage, AFlippedByteInAStoredBodyFailsTheAudit) {
  node.lines({"publish", "-"}, lunch_club("A hot meal of the sort that nobody else offers."));
  node.lines({"publish", "--kind", "service", "-"}, services(0, 500));
  EXPECT_EQ(node.stop(), 0);
  ASSERT_NO_FATAL_FAILURE(
      change_byte(node.home() / "store" / "data.mdb", "of the sort that nobody else offers"));
  const Finished finished = node.moot({"audit", "--json"});
  EXPECT_EQ(finished.exit_code, 3) << finished.output << finished.errors;
  const auto audit = nlohmann::json::parse(finished.output);
  EXPECT_EQ(audit.at("verdict"), "failed");
  const auto& log = audit.at("logs").at(0);
  ASSERT_EQ(log.at("problems").size(), 1U) << log.dump(1);
  expect_keys(log.at("problems")[0], {"where", "found", "allowed", "hint"});
  EXPECT_NE(log.at("problems")[0].at("where").get<std::string>().find("1"), std::string::npos)
      << log.dump(1);
}

TEST_F(Damage, ADamagedBodyDoesNotReachAFollower) {
  node.lines({"publish", "-"}, lunch_club("A hot meal of the sort that nobody else offers."));
  EXPECT_EQ(node.stop(), 0);
  ASSERT_NO_FATAL_FAILURE(
      change_byte(node.home() / "store" / "data.mdb", "of the sort that nobody else offers"));
  node.start();
  Node reader(folder.path() / "reader", "Reader");
  follow(reader, node.address());
  const Finished synced =
      reader.moot({"sync", node.organisation(), "--wait", "--timeout", "2", "--json"});
  EXPECT_EQ(synced.exit_code, 6) << synced.output << synced.errors;
  const Finished shown = reader.moot({"show", lunch_id, "--json"});
  EXPECT_EQ(shown.output.find("nobody else offers"), std::string::npos) << shown.output;
  const Finished audit = reader.moot({"audit", "--json"});
  EXPECT_NE(audit.exit_code, 3) << audit.output;
}

TEST_F(Damage, WhatOneRelayHasDamagedComesFromAnother) {
  node.lines({"publish", "-"}, lunch_club("A hot meal of the sort that nobody else offers."));
  node.lines({"publish", "--kind", "service", "-"}, services(0, 300));
  Node damaged(folder.path() / "damaged", "Damaged relay");
  Node sound(folder.path() / "sound", "Sound relay");
  for (const Node* relay : {&damaged, &sound}) {
    follow(*relay, node.address());
    sync(*relay, node.organisation());
  }
  const auto head = head_of(node, node.organisation());
  const auto body = node.json({"show", lunch_id});
  EXPECT_EQ(node.stop(), 0);
  EXPECT_EQ(damaged.stop(), 0);
  ASSERT_NO_FATAL_FAILURE(
      change_byte(damaged.home() / "store" / "data.mdb", "of the sort that nobody else offers"));
  damaged.start();

  Node reader(folder.path() / "reader", "Reader");
  follow(reader, damaged.address());
  follow(reader, node.organisation());
  EXPECT_EQ(reader.moot({"sync", node.organisation(), "--wait", "--timeout", "1"}).exit_code, 6);
  follow(reader, sound.address());
  sync(reader, node.organisation());
  EXPECT_EQ(head_of(reader, node.organisation()), head);
  EXPECT_EQ(reader.json({"show", lunch_id}).at("body"), body.at("body"));
  expect_audit_ok(reader);
}

TEST_F(Damage, ATruncatedStoreIsAnErrorAndNoCrash) {
  node.lines({"publish", "--kind", "service", "-"}, services(0, 2000));
  EXPECT_EQ(node.stop(), 0);
  const auto file = node.home() / "store" / "data.mdb";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  const Finished audit = node.moot({"audit", "--json"});
  EXPECT_TRUE(audit.exit_code == 1 || audit.exit_code == 3)
      << audit.exit_code << audit.output << audit.errors;
}

}  // namespace
}  // namespace moot::test

// Evidence and stores that somebody changed.
#include <gtest/gtest.h>

#include <fstream>

#include "steps.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class Damage : public testing::Test {
 protected:
  /// Changes one byte of a file where `text` stands in it.
  static void change_byte(const std::filesystem::path& file, const std::string& text) {
    const std::string content = read_file(file);
    const std::size_t at = content.find(text);
    ASSERT_NE(at, std::string::npos) << text << " is not in " << file;
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(at));
    out.put(static_cast<char>(content[at] ^ 1));
  }

  static Finished verify(const std::filesystem::path& file) {
    return run({program("moot"), "verify", file, "--json"});
  }

  TemporaryFolder folder;
  Node node{folder.path() / "node", "Hall Trust"};
};

TEST_F(Damage, AProofWithAnyLineChangedIsFalse) {
  node.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
  node.lines({"publish", "--kind", "service", "-"}, services(0, 40));
  const std::string proof = node.json({"proof", lunch_id}).at("proof");
  const auto file = folder.path() / "changed.tlog-proof";
  write_file(file, proof);
  ASSERT_EQ(verify(file).exit_code, 0);

  // In each line, a letter in its middle becomes another that could stand there.
  std::size_t begin = 0;
  std::size_t judged = 0;
  while (begin < proof.size()) {
    const std::size_t end = proof.find('\n', begin);
    const std::size_t at = begin + (end - begin) / 2;
    begin = end + 1;
    if (at == end) continue;
    std::string changed = proof;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    write_file(file, changed);
    const Finished finished = verify(file);
    EXPECT_EQ(finished.exit_code, 3) << "changed at " << at << ":\n" << changed << finished.output;
    EXPECT_NE(finished.output.find(R"("verdict":"failed")"), std::string::npos) << finished.output;
    ++judged;
  }
  EXPECT_GE(judged, 8U);
  // A good file beside a false one does not hide it.
  const auto good = folder.path() / "good.tlog-proof";
  write_file(good, proof);
  EXPECT_EQ(run({program("moot"), "verify", good, file, "--json"}).exit_code, 3);
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

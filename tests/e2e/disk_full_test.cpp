// A full disk: a limit on the size of mootd's files stands in for it, so that only this node has
// it.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "steps.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

class DiskFull : public testing::Test {
 protected:
  static std::set<std::string> records_of(const std::vector<nlohmann::json>& lines) {
    std::set<std::string> records;
    for (const auto& line : lines) {
      if (line.contains("record")) records.insert(line.at("record"));
    }
    return records;
  }
  std::set<std::string> held() const {
    return records_of(node.lines({"log", "--limit", "1000000"}));
  }

  TemporaryFolder folder;
  Node node{folder.path() / "node", "Hall Trust"};
};

TEST_F(DiskFull, PublishingFailsWholeReadingGoesOnAndRoomMendsIt) {
  node.lines({"publish", "--kind", "service", "-"}, services(0, 500));
  EXPECT_EQ(node.stop(), 0);
  const auto store_bytes = std::filesystem::file_size(node.home() / "store" / "data.mdb");
  node.start(store_bytes + (1 << 20));

  std::set<std::string> acknowledged = held();
  Finished refused;
  std::uint64_t next = 500;
  for (; next < 20'000 && refused.exit_code == 0; next += 100) {
    refused = node.moot({"publish", "--kind", "service", "-", "--json"}, services(next, 100));
    if (refused.exit_code != 0) break;
    std::istringstream output(refused.output);
    for (std::string line; std::getline(output, line);) {
      acknowledged.merge(records_of({nlohmann::json::parse(line)}));
    }
  }
  expect_error(refused, 1, "disk-full", "room");
  EXPECT_GT(acknowledged.size(), 500U);

  // Not a part of the refused hundred is there, and everything is still read and proved.
  EXPECT_EQ(held(), acknowledged);
  EXPECT_EQ(node.json({"status"}).at("organisation"), node.organisation());
  node.json({"show", *acknowledged.begin()});
  node.json({"proof", *acknowledged.begin()});
  expect_audit_ok(node);
  expect_error(node.moot({"publish", "--kind", "service", "-", "--json"}, services(next, 100)), 1,
               "disk-full", "room");
  EXPECT_EQ(held(), acknowledged);

  EXPECT_EQ(node.stop(), 0) << node.log();
  node.start();
  EXPECT_EQ(held(), acknowledged);
  node.lines({"publish", "--kind", "service", "-"}, services(next, 100));
  EXPECT_EQ(held().size(), acknowledged.size() + 100);
  expect_audit_ok(node);
}

TEST_F(DiskFull, AFollowerWithoutRoomSaysSoAndCatchesUpWithRoom) {
  node.lines({"publish", "--kind", "service", "-"}, services(0, 10'000));
  Node reader(folder.path() / "reader", "Reader");
  EXPECT_EQ(reader.stop(), 0);
  const auto store_bytes = std::filesystem::file_size(reader.home() / "store" / "data.mdb");
  reader.start(store_bytes + (2 << 20));
  follow(reader, node.address());
  ASSERT_TRUE(eventually([&] {
    return reader.json({"status"}).at("logs").at(0).at("state") == "store-failed";
  })) << reader.json({"status"}).dump(1);
  expect_audit_ok(node);
  const Finished audit = reader.moot({"audit", "--json"});
  EXPECT_NE(audit.exit_code, 3) << audit.output;
  EXPECT_EQ(reader.stop(), 0) << reader.log();
  reader.start();
  sync(reader, node.organisation());
  EXPECT_EQ(head_of(reader, node.organisation()), head_of(node, node.organisation()));
  expect_audit_ok(reader);
}

}  // namespace
}  // namespace moot::test

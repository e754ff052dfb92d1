// A bundle with the end of a log only: what can be judged of it is, and what cannot is said.
#include "audit/log_end.hpp"

#include <gtest/gtest.h>

#include "support/memory_log.hpp"

namespace moot::audit {
namespace {

using test::LogAuthor;
using test::MemoryLog;

class AuditOfLogEnd : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint64_t i = 0; i < 700; ++i) author.put(i, "{}", i % 9 == 0 ? "{\"a\":1}" : "");
    author.sign();
  }
  LogReport report(log::LeafIndex from) {
    Bytes bytes;
    const auto written = log::write_bundle(memory, memory.organisations(),
                                           {.from = from, .with_personal = false}, [&](ByteView b) {
                                             append(bytes, b);
                                             return true;
                                           });
    EXPECT_TRUE(written);
    const auto bundle =
        log::BundleReader::open(std::make_shared<log::MemorySource>(std::move(bytes))).value();
    return judge_log_end(*bundle, author.organisation());
  }

  MemoryLog memory;
  LogAuthor author{memory};
};

TEST_F(AuditOfLogEnd, IsNeverMoreThanIncomplete) {
  const LogReport found = report(600);
  EXPECT_EQ(found.verdict, Verdict::incomplete);
  EXPECT_TRUE(found.problems.empty());
  ASSERT_EQ(found.not_checked.size(), 1U);
  EXPECT_TRUE(found.not_checked[0].starts_with("entries 0 to 511")) << found.not_checked[0];
  EXPECT_EQ(found.entries, 189U);
  EXPECT_EQ(found.bodies, 189U);
  EXPECT_EQ(found.withheld, 21U);
  EXPECT_EQ(found.checkpoints, 1U);
}

TEST_F(AuditOfLogEnd, NamesAChangedEntryAndBody) {
  author.held().leaves[600][60] ^= 1;
  EXPECT_EQ(report(600).verdict, Verdict::failed);
  author.held().leaves[600][60] ^= 1;
  author.held().bodies[601][0].body[0] ^= 1;
  const LogReport found = report(600);
  EXPECT_EQ(found.verdict, Verdict::failed);
  EXPECT_EQ(found.problems.at(0).where, "the bodies of entries 512 to 700");
}

TEST_F(AuditOfLogEnd, NamesAFalseSignature) {
  log::Checkpoint& newest = author.held().checkpoints.back();
  newest.note = log::sign_checkpoint(author.organisation(), newest.head, author.node_key());
  EXPECT_EQ(report(600).problems.at(0).where, "checkpoint of size 701");
}

}  // namespace
}  // namespace moot::audit

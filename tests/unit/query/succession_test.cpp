#include "query/succession.hpp"

#include <gtest/gtest.h>

namespace moot::query {
namespace {

log::OrganisationId organisation(std::uint8_t first) {
  log::OrganisationId id;
  id.bytes[0] = first;
  return id;
}

TEST(Succession, EveryOrganisationHasARecordIdOfItsOwn) {
  const auto id = succession_record(organisation(1));
  EXPECT_EQ(id, succession_record(organisation(1)));
  EXPECT_NE(id, succession_record(organisation(2)));
  EXPECT_EQ(id[6] >> 4, 8);
  EXPECT_EQ(id[8] >> 6, 2);
}

TEST(Succession, ReadsWhatIsSaid) {
  const auto closed =
      parse_succession(R"({"id":"x","event":"closed","reason":"merged","date":"2026-01-02"})");
  ASSERT_TRUE(closed.has_value());
  EXPECT_TRUE(closed->is_closed);
  EXPECT_FALSE(closed->succeeds.has_value());
  EXPECT_EQ(closed->reason, "merged");
  EXPECT_EQ(closed->date, "2026-01-02");
  const auto successor =
      parse_succession(R"({"event":"successor","registration":"GB-CHC-1","succeeds":")" +
                       log::to_text(organisation(7)) + "\"}");
  ASSERT_TRUE(successor.has_value());
  EXPECT_EQ(successor->succeeds, organisation(7));
  EXPECT_EQ(successor->registration, "GB-CHC-1");
}

TEST(Succession, IgnoresWhatIsNotUnderstood) {
  for (const char* text : {"", "[]", "{", "{}", R"({"event":"merged"})", R"({"event":"successor"})",
                           R"({"event":"successor","succeeds":"moot1abc"})", R"({"event":5})"}) {
    EXPECT_FALSE(parse_succession(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace moot::query

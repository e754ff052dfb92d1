#include "query/words.hpp"

#include <gtest/gtest.h>

namespace moot::query {
namespace {

TEST(RecordText, ComesBackAsItWasWritten) {
  log::RecordId record{};
  for (std::size_t i = 0; i < record.size(); ++i) record[i] = static_cast<std::uint8_t>(17 * i);
  EXPECT_EQ(record_text(record), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(parse_record(record_text(record)), record);
  EXPECT_EQ(parse_record("00112233-4455-6677-8899-AABBCCDDEEFF"), record);
}

TEST(RecordText, RefusesWhatIsNoUuid) {
  for (const std::string_view text :
       {"", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef",
        "00112233-4455-6677-8899-aabbccddeeff0", "00112233-4455-6677-8899-aabbccddeefg",
        "001122334-455-6677-8899-aabbccddeeff", "{0112233-4455-6677-8899-aabbccddeef}"}) {
    EXPECT_FALSE(parse_record(text).has_value()) << text;
  }
}

TEST(TimeText, IsRfc3339InUtc) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(951'782'400'007), "2000-02-29T00:00:00.007Z");
  EXPECT_EQ(time_text(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
}

TEST(TimeText, IsNothingPastTheYear9999) {
  EXPECT_FALSE(time_text(253'402'300'800'000).has_value());
  EXPECT_FALSE(time_text(~0ULL).has_value());
}

}  // namespace
}  // namespace moot::query

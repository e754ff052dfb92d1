#include "record/record_id.hpp"

#include <gtest/gtest.h>

namespace moot::record {
namespace {

constexpr std::string_view text = "7a1f0c1e-52d8-4e0b-9c37-0d5b6f1a2e3c";

TEST(RecordId, ReadsEitherCaseAndWritesLowerCase) {
  const auto id = parse_record_id("7A1F0C1E-52d8-4E0B-9c37-0D5B6F1A2E3C");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ((*id)[0], 0x7a);
  EXPECT_EQ((*id)[15], 0x3c);
  EXPECT_EQ(to_string(*id), text);
}

TEST(RecordId, RefusesEveryOtherCharacterInEveryPlace) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char wrong : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '-', '0'}) {
      std::string changed(text);
      changed[i] = wrong;
      const bool is_dash_place = i == 8 || i == 13 || i == 18 || i == 23;
      const bool is_allowed = is_dash_place ? wrong == '-' : wrong == '0';
      EXPECT_EQ(parse_record_id(changed).has_value(), is_allowed) << changed;
    }
  }
}

TEST(RecordId, RefusesOtherSpellings) {
  for (const std::string& wrong :
       {std::string(), std::string(text) + "0", std::string(text.substr(1)),
        "{" + std::string(text) + "}", "urn:uuid:" + std::string(text),
        std::string("7a1f0c1e52d84e0b9c370d5b6f1a2e3c")}) {
    EXPECT_FALSE(parse_record_id(wrong).has_value()) << wrong;
  }
}

// Known answers of RFC 4122's name spaces, as other implementations give them.
TEST(RecordId, MintsTheSameUuidAsOthersDo) {
  const auto dns = parse_record_id("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  const auto url = parse_record_id("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
  ASSERT_TRUE(dns && url);
  EXPECT_EQ(to_string(uuid_v5(*dns, "python.org")), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
  EXPECT_EQ(to_string(uuid_v5(*dns, "www.example.com")), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_NE(uuid_v5(*url, "python.org"), uuid_v5(*dns, "python.org"));
}

}  // namespace
}  // namespace moot::record

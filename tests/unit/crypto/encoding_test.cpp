#include "crypto/encoding.hpp"

#include <map>

#include "support.hpp"

namespace moot::crypto {
namespace {

Bytes counted(std::size_t count) {
  Bytes bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 37));
  return bytes;
}

TEST(Hex, ReadsBackWhatItWrote) {
  for (std::size_t count = 0; count < 300; ++count) {
    const Bytes bytes = counted(count);
    const std::string text = to_hex(bytes);
    EXPECT_EQ(text.size(), 2 * count);
    EXPECT_EQ(from_hex(text).value(), bytes);
  }
}

TEST(Hex, WritesLowerCaseAndReadsBoth) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xab, 0xff}), "00abff");
  EXPECT_EQ(from_hex("00ABff").value(), (Bytes{0x00, 0xab, 0xff}));
}

TEST(Hex, RefusesWhatIsNotHex) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text :
       {"0"sv, "000"sv, "0g"sv, "0x00"sv, " 00"sv, "00 "sv, "00\n"sv, "00:11"sv, "0\0"sv, "+1"sv}) {
    EXPECT_FALSE(from_hex(text).has_value()) << text;
  }
}

TEST(Hex, HasTwentyTwoDigits) {
  std::size_t accepted = 0;
  for (int c = 0; c < 256; ++c) {
    for (const std::string& text :
         {std::string{static_cast<char>(c), '0'}, std::string{'0', static_cast<char>(c)}}) {
      if (from_hex(text)) ++accepted;
    }
  }
  EXPECT_EQ(accepted, 2U * 22U);
}

// RFC 4648 section 10.
TEST(Base64, FollowsItsStandard) {
  const std::map<std::string_view, std::string_view> pairs = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, text] : pairs) {
    EXPECT_EQ(to_base64(view_of(plain)), text);
    EXPECT_EQ(text_of(from_base64(text).value()), plain);
  }
  EXPECT_EQ(to_base64(Bytes{0xfb, 0xff}), "+/8=");
}

TEST(Base64, ReadsBackWhatItWrote) {
  for (std::size_t count = 0; count < 300; ++count) {
    const Bytes bytes = counted(count);
    EXPECT_EQ(from_base64(to_base64(bytes)).value(), bytes);
  }
}

// Each byte at each place of a text: what is read at all is written the same. libsodium 1.0.18
// fails this by itself.
TEST(Base64, HasOneSpellingForEachValue) {
  for (const std::string_view valid : {"AAAA", "AAA=", "AA=="}) {
    std::size_t accepted = 0;
    for (std::size_t at = 0; at < valid.size(); ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string text(valid);
        text[at] = static_cast<char>(c);
        const Result<Bytes, Fault> bytes = from_base64(text);
        if (!bytes) continue;
        ++accepted;
        EXPECT_EQ(to_base64(*bytes), text) << at << ' ' << c;
      }
    }
    EXPECT_GE(accepted, 64U);
  }
}

TEST(Base64, IntoAPlaceDoesNotOverrunIt) {
  FixedBytes<3> place{};
  EXPECT_EQ(from_base64_into("Zm9v", place).value(), 3U);
  EXPECT_EQ(text_of(place), "foo");
  EXPECT_EQ(from_base64_into("Zg==", place).value(), 1U);
  EXPECT_EQ(from_base64_into("Zm9vYg==", place).error(), Fault::bad_encoding);
}

TEST(Base64, RefusesWhatHasASecondSpelling) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text : {"Zg"sv, "Zg="sv, "Zm8"sv, "Z"sv, "===="sv, "Zh=="sv, "Zm9="sv,
                                      "Zg==\n"sv, "Zm9v\nYg=="sv, "Zg==Zg=="sv, "Z==="sv, "-_8="sv,
                                      " Zg=="sv, "Zg== "sv, "Zm9vYg="sv, "Zm9v===="sv, "Zm\09"sv}) {
    const Result<Bytes, Fault> bytes = from_base64(text);
    ASSERT_FALSE(bytes.has_value()) << text;
    EXPECT_EQ(bytes.error(), Fault::bad_encoding);
  }
}

}  // namespace
}  // namespace moot::crypto

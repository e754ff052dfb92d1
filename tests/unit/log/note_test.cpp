#include "log/note.hpp"

#include "base/limits.hpp"
#include "support.hpp"

namespace moot::log {
namespace {

constexpr std::string_view text = "If in doubt,\n\nsay so.\n";

VerifierKey key_of(std::string name, std::uint8_t seed,
                   SignatureType type = SignatureType::ed25519) {
  return {std::move(name), type, test::fixed_key(seed).public_key().bytes()};
}

Note a_note() {
  return {std::string(text),
          {sign_note(text, "example.org/a", test::fixed_key(1)),
           cosign_note(text, "example.org/w", test::fixed_key(2), 1'800'000'000)}};
}

TEST(Note, IsSignedWrittenReadAndVerified) {
  const std::string bytes = to_text(a_note());
  const auto note = parse_note(bytes);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, text);
  EXPECT_EQ(note->signatures.size(), 2U);
  EXPECT_EQ(to_text(*note), bytes);
  EXPECT_TRUE(verify_note(*note, key_of("example.org/a", 1)));
  const auto witness = key_of("example.org/w", 2, SignatureType::cosignature_v1);
  EXPECT_TRUE(verify_note(*note, witness));
  EXPECT_EQ(cosigned_at(*note, witness).value(), 1'800'000'000U);
}

TEST(Note, KnowsAKeyByNameAndId) {
  const Note note = a_note();
  EXPECT_FAULT(verify_note(note, key_of("example.org/b", 1)), Fault::unknown_key);
  EXPECT_FAULT(verify_note(note, key_of("example.org/a", 2)), Fault::unknown_key);
  EXPECT_FAULT(verify_note(note, key_of("example.org/w", 2)), Fault::unknown_key);
  EXPECT_FAULT(cosigned_at(note, key_of("example.org/a", 1)), Fault::bad_value);
}

TEST(Note, RefusesABadSignatureByAKnownKey) {
  Note note = a_note();
  note.text += "And more.\n";
  EXPECT_FAULT(verify_note(note, key_of("example.org/a", 1)), Fault::bad_signature);
  const auto witness = key_of("example.org/w", 2, SignatureType::cosignature_v1);
  EXPECT_FAULT(cosigned_at(note, witness), Fault::bad_signature);
  note = a_note();
  note.signatures[1].signature[7] ^= 1;  // the time is signed too
  EXPECT_FAULT(cosigned_at(note, witness), Fault::bad_signature);
  note.signatures[1].signature.pop_back();
  EXPECT_FAULT(cosigned_at(note, witness), Fault::bad_signature);
}

TEST(Note, RefusesTheWholeWhenOneOfTwoSignaturesByTheKeyIsBad) {
  Note note = a_note();
  note.signatures.push_back(note.signatures[0]);
  EXPECT_TRUE(verify_note(note, key_of("example.org/a", 1)));
  note.signatures.back().signature[0] ^= 1;
  EXPECT_FAULT(verify_note(note, key_of("example.org/a", 1)), Fault::bad_signature);
}

TEST(Note, RefusesWhatTheSpecificationRefuses) {
  const std::string good = to_text(a_note());
  const std::string line = signature_line(a_note().signatures[0]);
  const std::string begin = std::string(text) + "\n";
  for (const std::string& wrong : {
           std::string(),
           std::string("\n"),
           std::string("\n\n"),
           std::string(text),
           begin,
           std::string(text) + line,         // no empty line
           good.substr(0, good.size() - 1),  // no line feed at the end
           good + "\n",                      // an empty line at the end
           good + "x\n",                     // not a signature
           "\t" + good,
           "\x7f\xff" + good,
           "\x01" + good,
           "a\r\n" + good,
           begin + "- example.org/a AAAAAAA=\n",   // a hyphen
           begin + "\xe2\x80\x94 AAAAAAA=\n",      // no name
           begin + "\xe2\x80\x94  AAAAAAA=\n",     // an empty name
           begin + "\xe2\x80\x94 a+b AAAAAAA=\n",  // a plus in the name
           begin + "\xe2\x80\x94 a\xc2\xa0"
                   "b AAAAAAA=\n",               // a space of another kind
           begin + "\xe2\x80\x94 a AAAAAA==\n",  // a key id and nothing else
           begin + "\xe2\x80\x94 a AAAAAAB=\n",  // unused bits that are not zero
           begin + "\xe2\x80\x94 a AAAAAAA\n",   // no padding
           begin + "\xe2\x80\x94 a AAAA AAA=\n",
       }) {
    EXPECT_FAULT(parse_note(wrong), Fault::bad_text) << wrong;
  }
}

TEST(Note, EndsItsTextAtTheLastEmptyLine) {
  const std::string line = signature_line(a_note().signatures[0]);
  const auto note = parse_note("a\n\n" + line + "\n" + line);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, "a\n\n" + line);
}

TEST(Note, IsBounded) {
  const std::string line = signature_line(a_note().signatures[0]);
  std::string bytes = std::string(text) + "\n";
  for (std::size_t i = 0; i < limits::note_signatures_max; ++i) bytes += line;
  EXPECT_TRUE(parse_note(bytes));
  EXPECT_FAULT(parse_note(bytes + line), Fault::too_long);
  EXPECT_FAULT(parse_note(std::string(limits::note_bytes_max, 'a') + bytes), Fault::too_long);
}

TEST(Note, RefusesTextThatIsNotUtf8) {
  const std::string line = signature_line(a_note().signatures[0]);
  const auto parsed = [&](std::string_view begin) {
    return parse_note(std::string(begin) + "\n\n" + line).has_value();
  };
  EXPECT_TRUE(parsed("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8c\x8d \xf4\x8f\xbf\xbf \xed\x9f\xbf"));
  for (const std::string_view wrong :
       {"\x80", "\xc3", "\xc3(", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff",
        "\xe2\x82", "\xf0\x9f\x8c"}) {
    EXPECT_FALSE(parsed(wrong)) << crypto::to_hex(view_of(wrong));
  }
}

TEST(VerifierKey, IsWrittenAndRead) {
  for (const auto type : {SignatureType::ed25519, SignatureType::cosignature_v1}) {
    const VerifierKey key = key_of("example.org/a", 1, type);
    EXPECT_EQ(parse_verifier_key(to_text(key)).value(), key);
  }
}

TEST(VerifierKey, RefusesWhatIsNotOne) {
  const std::string good = to_text(key_of("name", 1));
  std::string wrong_id = good;
  wrong_id[5] = wrong_id[5] == '0' ? '1' : '0';
  EXPECT_FAULT(parse_verifier_key(wrong_id), Fault::bad_value);
  EXPECT_FAULT(parse_verifier_key("other" + good.substr(4)), Fault::bad_value);
  EXPECT_FAULT(parse_verifier_key("name+12345678+AgAA"), Fault::bad_value);
  EXPECT_FAULT(parse_verifier_key(good.substr(4)), Fault::bad_text);
  for (const std::string_view wrong : {"", "name", "name+", "name+12345678", "name+12345678+!"}) {
    EXPECT_FAULT(parse_verifier_key(wrong), Fault::bad_text) << wrong;
  }
}

TEST(NoteDeathTest, IsNotSignedUnlessItIsOne) {
  EXPECT_DEATH(sign_note("no line feed", "a", test::fixed_key(1)), "cannot be");
  EXPECT_DEATH(sign_note("a\n", "a b", test::fixed_key(1)), "cannot be");
}

}  // namespace
}  // namespace moot::log

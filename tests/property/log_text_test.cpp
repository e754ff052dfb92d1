// The texts that people and files carry are read back to the same; any one damaged character of an
// organisation id is caught.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "crypto/secret.hpp"
#include "log/note.hpp"
#include "log/organisation_id.hpp"
#include "log/proof.hpp"

namespace moot::log {
namespace {

template <std::size_t N>
FixedBytes<N> some_bytes() {
  FixedBytes<N> out;
  for (std::uint8_t& byte : out) byte = *rc::gen::arbitrary<std::uint8_t>();
  return out;
}

TEST(LogTextProperty, OrganisationIdsAreReadBackAndUpToFourWrongCharactersCaught) {
  EXPECT_TRUE(rc::check([] {
    const OrganisationId id{some_bytes<32>()};
    std::string text = to_text(id);
    RC_ASSERT(parse_organisation_id(text).value() == id);
    const std::string good = text;
    for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
      text[*rc::gen::inRange<std::size_t>(5, text.size())] =
          *rc::gen::elementOf(std::string("qpzry9x8gf2tvdw0s3jn54khce6mua7l"));
    }
    RC_ASSERT(text == good || !parse_organisation_id(text).has_value());
  }));
}

TEST(LogTextProperty, NotesAreReadBackToTheSame) {
  ASSERT_TRUE(crypto::start_library());
  EXPECT_TRUE(rc::check([] {
    Note note;
    note.text =
        *rc::gen::container<std::string>(rc::gen::element<char>('a', '\n', ' ', '+', '~', '\x7f')) +
        "\n";
    for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
      note.signatures.push_back(
          {*rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::element('a', '/', '.'))),
           *rc::gen::arbitrary<std::uint32_t>(), *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>())});
    }
    const std::string bytes = to_text(note);
    const auto again = parse_note(bytes);
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->text == note.text);
    RC_ASSERT(to_text(*again) == bytes);
  }));
}

TEST(LogTextProperty, ProofFilesAreReadBackToTheSame) {
  EXPECT_TRUE(rc::check([] {
    TlogProof proof;
    proof.extra = *rc::gen::arbitrary<Bytes>();
    proof.index = *rc::gen::arbitrary<LeafIndex>();
    for (int i = *rc::gen::inRange(0, 65); i > 0; --i) proof.hashes.push_back(some_bytes<32>());
    proof.checkpoint = "anything\n\nat all";
    const auto again = parse_tlog_proof(to_text(proof));
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->extra == proof.extra);
    RC_ASSERT(again->index == proof.index);
    RC_ASSERT(again->hashes == proof.hashes);
    RC_ASSERT(again->checkpoint == proof.checkpoint);
  }));
}

}  // namespace
}  // namespace moot::log

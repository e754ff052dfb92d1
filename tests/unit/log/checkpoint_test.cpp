#include "log/checkpoint.hpp"

#include "support.hpp"

namespace moot::log {
namespace {

using test::FixedLog;

FixedLog a_log() {
  FixedLog log;
  log.put(1, "{\"name\":\"one\"}");
  log.put(2, "{\"name\":\"two\"}");
  return log;
}

TEST(Checkpoint, IsSignedAndChecked) {
  const FixedLog log = a_log();
  const auto checkpoint = check_checkpoint(log.checkpoint(), log.identity);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ((*checkpoint)->organisation, log.organisation());
  EXPECT_EQ((*checkpoint)->head, log.head());
  EXPECT_EQ((*checkpoint)->note, log.checkpoint());
}

TEST(Checkpoint, IsSignedByTheKeyThatIsValidAtItsSize) {
  FixedLog log = a_log();
  const std::string before = log.checkpoint();
  const Head head_before = log.head();
  log.rotate();
  const std::string after = log.checkpoint();
  EXPECT_TRUE(check_checkpoint(before, log.identity));
  EXPECT_TRUE(check_checkpoint(after, log.identity));
  const auto sign = [&](const Head& head, std::uint8_t seed) {
    return sign_checkpoint(log.organisation(), head, test::fixed_key(seed));
  };
  EXPECT_FAULT(check_checkpoint(sign(log.head(), 1), log.identity), Fault::unknown_key);
  EXPECT_FAULT(check_checkpoint(sign(head_before, 6), log.identity), Fault::unknown_key);
}

TEST(Checkpoint, RefusesAChangedHead) {
  const FixedLog log = a_log();
  std::string note = log.checkpoint();
  const std::size_t size_at = note.find("\n3\n");
  ASSERT_NE(size_at, std::string::npos);
  note[size_at + 1] = '4';
  EXPECT_FAULT(check_checkpoint(note, log.identity), Fault::bad_signature);
}

TEST(Checkpoint, RefusesAnotherOrganisationsAndAnEmptyLog) {
  const FixedLog log = a_log();
  OrganisationId other = log.organisation();
  other.bytes[0] ^= 1;
  const auto key = test::fixed_key(1);
  EXPECT_FAULT(check_checkpoint(sign_checkpoint(other, log.head(), key), log.identity),
               Fault::wrong_organisation);
  EXPECT_FAULT(
      check_checkpoint(sign_checkpoint(log.organisation(), {0, empty_root()}, key), log.identity),
      Fault::wrong_size);
  EXPECT_FAULT(
      check_checkpoint(sign_checkpoint(log.organisation(), {limits::log_entries_max + 1, {}}, key),
                       log.identity),
      Fault::too_long);
}

TEST(Checkpoint, IsReadWithoutItsSignatureBeingChecked) {
  const FixedLog log = a_log();
  const std::string note = sign_checkpoint(log.organisation(), log.head(), test::fixed_key(99));
  const auto checkpoint = read_checkpoint(note);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->head, log.head());
  EXPECT_EQ(checkpoint->note, note);
  EXPECT_FAULT(read_checkpoint(checkpoint_text(log.organisation(), log.head())), Fault::bad_text);
}

TEST(Checkpoint, FromOurOwnStoreIsTrustedAgain) {
  const FixedLog log = a_log();
  const auto checkpoint = checkpoint_from_own_store(read_checkpoint(log.checkpoint()).value());
  EXPECT_EQ(checkpoint->head, log.head());
}

TEST(CheckpointText, HasThreeLines) {
  const OrganisationId id;
  EXPECT_EQ(checkpoint_text(id, {7, empty_root()}),
            "moot/log/" + to_text(id) + "\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST(CheckpointText, MayHaveExtensionLines) {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  const auto head = read_head("example.org/log\n0\n" + root + "\nextra\nmore\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->first, "example.org/log");
  EXPECT_EQ(head->second, (Head{0, empty_root()}));
}

TEST(CheckpointText, RefusesAnyOtherForm) {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  for (const std::string& wrong :
       {std::string(), "a\n1\n" + root, "\n1\n" + root + "\n", "a\n\n" + root + "\n",
        "a\n01\n" + root + "\n", "a\n-1\n" + root + "\n", "a\n+1\n" + root + "\n",
        "a\n 1\n" + root + "\n", "a\n1x\n" + root + "\n", "a\n18446744073709551616\n" + root + "\n",
        "a\n1\n" + root.substr(4) + "\n", "a\n1\n" + root + "=\n", std::string("a\n1\n\n"),
        "a\n1\n" + root + "\n\n", "a\n1\n" + root + "\n\nb\n", "a\n1\n" + root + "\nb"}) {
    EXPECT_FAULT(read_head(wrong), Fault::bad_text) << wrong;
  }
}

}  // namespace
}  // namespace moot::log

#include "log/witness_policy.hpp"

#include "base/limits.hpp"
#include "support.hpp"

namespace moot::log {
namespace {

std::string key_text(std::uint8_t seed, SignatureType type = SignatureType::cosignature_v1) {
  return to_text(VerifierKey{"example.org/" + std::to_string(seed), type,
                             test::fixed_key(seed).public_key().bytes()});
}
std::string log_key(std::uint8_t seed) { return key_text(seed, SignatureType::ed25519); }

std::string witnesses(std::uint8_t count) {
  std::string out;
  for (std::uint8_t i = 1; i <= count; ++i) {
    out += "witness W" + std::to_string(i) + " " + key_text(i) + "\n";
  }
  return out;
}

void expect_refused(const std::string& text, std::size_t line, std::string_view why) {
  const auto parsed = parse_witness_policy(text);
  ASSERT_FALSE(parsed) << text;
  EXPECT_EQ(parsed.error().line, line) << text;
  EXPECT_NE(parsed.error().why.find(why), std::string::npos) << parsed.error().why;
}

TEST(WitnessPolicy, ReadsLogsWitnessesGroupsAndQuorum) {
  const std::string text = "# whom we ask\n\n log\t" + log_key(9) + " https://log.example \n" +
                           witnesses(3) + "witness W4 " + key_text(4) + " https://w4.example\n" +
                           "group some 2 W1 W2 W3\n  group both all some W4\nquorum both\n";
  const auto policy = parse_witness_policy(text);
  ASSERT_TRUE(policy) << policy.error().why;
  ASSERT_EQ(policy->logs.size(), 1U);
  EXPECT_EQ(policy->logs[0].url, "https://log.example");
  ASSERT_EQ(policy->witnesses.size(), 4U);
  EXPECT_EQ(policy->witnesses[3].url, "https://w4.example");
  ASSERT_EQ(policy->groups.size(), 2U);
  EXPECT_EQ(policy->groups[1].threshold, 2U);
  EXPECT_EQ(policy->quorum, "both");
  EXPECT_EQ(parse_witness_policy(to_text(*policy)).value(), *policy);
}

TEST(WitnessPolicy, AsksForTheThresholdOfEachGroup) {
  const auto policy =
      parse_witness_policy(witnesses(5) + "group some 2 W1 W2 W3\n" +
                           "group any any W4 W5\ngroup both all some any\n" + "quorum both\n")
          .value();
  EXPECT_TRUE(is_quorum(policy, {"W1", "W3", "W5"}));
  EXPECT_TRUE(is_quorum(policy, {"W1", "W2", "W3", "W4", "W5"}));
  EXPECT_FALSE(is_quorum(policy, {"W1", "W2", "W3"}));
  EXPECT_FALSE(is_quorum(policy, {"W1", "W4", "W5"}));
  EXPECT_FALSE(is_quorum(policy, {}));
  // A group's name is no witness.
  EXPECT_FALSE(is_quorum(policy, {"some", "any", "both"}));
}

TEST(WitnessPolicy, MayAskForOneWitnessOrForNone) {
  const auto one = parse_witness_policy(witnesses(2) + "quorum W2\n").value();
  EXPECT_TRUE(is_quorum(one, {"W2"}));
  EXPECT_FALSE(is_quorum(one, {"W1"}));
  EXPECT_TRUE(is_quorum(parse_witness_policy("quorum none\n").value(), {}));
}

TEST(WitnessPolicy, CountsOnlyCosignaturesThatVerify) {
  const auto policy = parse_witness_policy(witnesses(3) + "quorum W1\n").value();
  Note note;
  note.text = "log\n1\nroot\n";
  note.signatures.push_back(cosign_note(note.text, "example.org/1", test::fixed_key(1), 5));
  note.signatures.push_back(cosign_note(note.text, "example.org/2", test::fixed_key(2), 5));
  note.signatures.push_back(cosign_note(note.text, "example.org/9", test::fixed_key(9), 5));
  note.signatures[1].signature.back() ^= 1;
  EXPECT_EQ(cosigned_by(policy, note), std::set<std::string>{"W1"});
}

TEST(WitnessPolicy, NamesTheLineThatIsWrong) {
  expect_refused("", 0, "no quorum line");
  expect_refused("quorum none", 1, "no line feed");
  expect_refused("quorum none\nquorum none\n", 2, "two quorum lines");
  expect_refused("quorum\n", 1, "the quorum is");
  expect_refused("quorum W1\n" + witnesses(1), 1, "not defined above");
  expect_refused("witnes W1\n", 1, "begins with");
  expect_refused("log\n", 1, "a log is");
  expect_refused("log " + key_text(1) + "\n", 1, "no key of a log");
  expect_refused("log " + log_key(1) + "\nlog " + log_key(1) + "\n", 2, "twice");
  expect_refused("witness W1 " + log_key(1) + "\n", 1, "no key of a witness");
  expect_refused("witness W1 example.org+00000000+AAAA\n", 1, "no key of a witness");
  expect_refused("witness W1 " + key_text(1) + " url more\n", 1, "a witness is");
  expect_refused(witnesses(1) + "witness W2 " + key_text(1) + "\n", 2, "key is named twice");
  expect_refused(witnesses(1) + "witness W1 " + key_text(2) + "\n", 2, "defined twice");
  expect_refused("witness none " + key_text(1) + "\n", 1, "none is taken");
  expect_refused("quorum none\n\x01", 0, "control characters");
  expect_refused("quorum none\r\n", 0, "control characters");
  expect_refused(std::string(limits::policy_bytes_max, '#') + "\n", 0, "longer");
}

TEST(WitnessPolicy, RefusesGroupsThatCannotBeMeant) {
  expect_refused(witnesses(1) + "group G 1\n", 2, "a group is");
  for (const char* threshold : {"0", "2", "01", "-1", "1x", "most", "99999999999999999999"}) {
    expect_refused(witnesses(1) + "group G " + threshold + " W1\n", 2, "threshold");
  }
  expect_refused(witnesses(1) + "group G 1 W1 W2\n", 2, "not defined above");
  expect_refused(witnesses(1) + "group G 1 G\n", 2, "not defined above");
  expect_refused(witnesses(1) + "group G 1 none\n", 2, "not defined above");
  expect_refused(witnesses(1) + "group G 1 W1 W1\n", 2, "in a group already");
  expect_refused(witnesses(1) + "group G 1 W1\ngroup H 1 W1\n", 3, "in a group already");
  expect_refused(witnesses(2) + "group W2 1 W1\n", 3, "defined twice");
}

}  // namespace
}  // namespace moot::log

#include "log/organisation_id.hpp"

#include "log/bech32m.hpp"
#include "support.hpp"

namespace moot::log {
namespace {

OrganisationId an_id() {
  OrganisationId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(7 * i + 1);
  }
  return id;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// Texts that BIP-350 itself lists as valid.
TEST(Bech32m, AgreesWithTheStandard) {
  EXPECT_EQ(to_bech32m("a", {}), "a1lqfn3a");
  EXPECT_TRUE(from_bech32m("a", "A1LQFN3A"));
  const std::string all = "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx";
  const auto bytes = from_bech32m("abcdef", all);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(crypto::to_hex(*bytes), "ffbbcdeb38bdab49ca307b9ac5a928398a418820");
  EXPECT_EQ(to_bech32m("abcdef", *bytes), all);
}

TEST(Bech32m, RefusesTheChecksumOfItsPredecessor) {
  EXPECT_FAULT(from_bech32m("a", "a12uel5l"), Fault::bad_checksum);  // Bech32, not Bech32m
}

/// BIP-350's own words for the checksum, over groups of five bits that no byte string gives.
std::string bech32m_of_groups(std::string_view prefix, std::vector<unsigned> groups) {
  constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  std::vector<unsigned> values;
  for (const char c : prefix) values.push_back(static_cast<unsigned char>(c) >> 5);
  values.push_back(0);
  for (const char c : prefix) values.push_back(static_cast<unsigned char>(c) & 31);
  values.insert(values.end(), groups.begin(), groups.end());
  values.insert(values.end(), 6, 0);
  unsigned sum = 1;
  for (const unsigned value : values) {
    const unsigned top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    constexpr unsigned generators[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    for (unsigned i = 0; i < 5; ++i) sum ^= (top >> i & 1) == 1 ? generators[i] : 0;
  }
  sum ^= 0x2bc830a3;
  for (unsigned i = 0; i < 6; ++i) groups.push_back(sum >> 5 * (5 - i) & 31);
  std::string text = std::string(prefix) + "1";
  for (const unsigned group : groups) text += alphabet[group];
  return text;
}

TEST(Bech32m, RefusesBitsLeftOver) {
  EXPECT_EQ(from_bech32m("a", bech32m_of_groups("a", {31, 28})).value(), Bytes{0xff});
  EXPECT_FAULT(from_bech32m("a", bech32m_of_groups("a", {31, 29})), Fault::bad_text);
  EXPECT_FAULT(from_bech32m("a", bech32m_of_groups("a", {0})), Fault::bad_text);
  EXPECT_FAULT(from_bech32m("a", bech32m_of_groups("a", {31, 28, 0})), Fault::bad_text);
}

TEST(OrganisationId, IsSixtyThreeCharactersAndComesBack) {
  for (const OrganisationId& id : {OrganisationId(), an_id()}) {
    const std::string text = to_text(id);
    EXPECT_EQ(text.size(), 63U);
    EXPECT_TRUE(text.starts_with("moot1"));
    EXPECT_EQ(parse_organisation_id(text).value(), id);
    EXPECT_EQ(parse_organisation_id(upper(text)).value(), id);
  }
}

TEST(OrganisationId, CatchesEveryMistypedCharacter) {
  const std::string text = to_text(an_id());
  for (std::size_t i = 5; i < text.size(); ++i) {
    for (const char wrong : std::string_view("023456789abcdefghijklmnopqrstuvwxyz1")) {
      if (wrong == text[i]) continue;
      std::string mistyped = text;
      mistyped[i] = wrong;
      EXPECT_FAULT(parse_organisation_id(mistyped), Fault::bad_checksum) << mistyped;
    }
  }
}

TEST(OrganisationId, CatchesSwappedNeighbours) {
  const std::string text = to_text(an_id());
  for (std::size_t i = 5; i + 1 < text.size(); ++i) {
    if (text[i] == text[i + 1]) continue;
    std::string swapped = text;
    std::swap(swapped[i], swapped[i + 1]);
    EXPECT_FAULT(parse_organisation_id(swapped), Fault::bad_checksum);
  }
}

TEST(OrganisationId, RefusesWhatIsNotOne) {
  const std::string text = to_text(an_id());
  for (const std::string& wrong :
       {std::string(), std::string("moot1"), text.substr(0, 62), text + "q",
        "noot" + text.substr(4), "moot2" + text.substr(5), "Moot" + text.substr(4),
        text.substr(0, 62) + "!", text.substr(0, 62) + "\x80",
        text.substr(0, 30) + " " + text.substr(31)}) {
    EXPECT_FAULT(parse_organisation_id(wrong), Fault::bad_text) << wrong;
  }
}

TEST(OrganisationId, RefusesPaddingThatIsNotZero) {
  std::vector<unsigned> groups(52, 0);
  EXPECT_EQ(parse_organisation_id(bech32m_of_groups("moot", groups)).value(), OrganisationId());
  for (const unsigned bit : {1U, 2U, 4U, 8U}) {
    groups.back() = bit;
    EXPECT_FAULT(parse_organisation_id(bech32m_of_groups("moot", groups)), Fault::bad_text);
  }
}

TEST(LogOrigin, NamesTheLogAndIsReadBack) {
  const std::string origin = log_origin(an_id());
  EXPECT_EQ(origin, "moot/log/" + to_text(an_id()));
  EXPECT_EQ(node_name(an_id()), "moot/node/" + to_text(an_id()));
  EXPECT_EQ(organisation_of_origin(origin).value(), an_id());
}

TEST(LogOrigin, HasOneSpelling) {
  EXPECT_FAULT(organisation_of_origin("moot/log/" + upper(to_text(an_id()))), Fault::bad_text);
  EXPECT_FAULT(organisation_of_origin(node_name(an_id())), Fault::bad_text);
  EXPECT_FAULT(organisation_of_origin(log_origin(an_id()) + "/r1"), Fault::bad_text);
  EXPECT_FAULT(organisation_of_origin("example.com/log"), Fault::bad_text);
}

TEST(Address, IsWrittenAndRead) {
  const std::string id = to_text(an_id());
  for (const auto& [text, host, port] :
       {std::tuple("@node.example.org:7117", "node.example.org", 7117),
        std::tuple("@192.0.2.7:1", "192.0.2.7", 1),
        std::tuple("@[2001:db8::7]:65535", "2001:db8::7", 65535)}) {
    const auto address = parse_address("moot://" + id + text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->organisation, an_id());
    EXPECT_EQ(address->host, host);
    EXPECT_EQ(address->port, port);
    EXPECT_EQ(to_text(*address), "moot://" + id + text);
  }
}

TEST(Address, MayLeaveThePortOut) {
  const std::string id = to_text(an_id());
  EXPECT_EQ(parse_address("moot://" + id + "@example.org")->port, 7117);
  EXPECT_EQ(parse_address("moot://" + id + "@[::1]")->port, 7117);
}

TEST(Address, TellsOfAMistypedId) {
  std::string id = to_text(an_id());
  id[20] = id[20] == 'q' ? 'p' : 'q';
  EXPECT_FAULT(parse_address("moot://" + id + "@example.org"), Fault::bad_checksum);
}

TEST(Address, RefusesWhatIsNotOne) {
  const std::string begin = "moot://" + to_text(an_id());
  for (const std::string& wrong : {std::string("http://x"),
                                   begin,
                                   begin + "@",
                                   begin + "@:7117",
                                   begin + "@host:",
                                   begin + "@host:0",
                                   begin + "@host:65536",
                                   begin + "@host:07117",
                                   begin + "@host:+1",
                                   begin + "@ho st:1",
                                   begin + "@::1:7117",
                                   begin + "@[::1",
                                   begin + "@[::1]7117",
                                   begin + "@[1.2.3.4]:1",
                                   begin + "@256.1.1.1:1",
                                   begin + "@a..b:1",
                                   begin + "@.a:1",
                                   begin + "@host:1:2",
                                   begin + "@" + std::string(64, 'a') + ":1",
                                   begin + "@host:7117/",
                                   begin + "@host\n:7117"}) {
    EXPECT_FAULT(parse_address(wrong), Fault::bad_text) << wrong;
  }
}

}  // namespace
}  // namespace moot::log

#include "log/entry.hpp"

#include "crypto/hash.hpp"
#include "support.hpp"

namespace moot::log {
namespace {

using test::FixedLog;

OrganisationId org() { return test::FixedLog().organisation(); }

RecordLeaf a_record() {
  RecordLeaf leaf;
  leaf.organisation = org();
  leaf.epoch = 1;
  leaf.time_ms = 1'800'000'000'123;
  leaf.record = test::fixed_record(9);
  leaf.previous = 7;
  leaf.kind = "service";
  leaf.parts = {{Part::public_part, hash_leaf({})}, {Part::personal_part, empty_root()}};
  return leaf;
}

EraseLeaf an_erase() {
  EraseLeaf leaf;
  leaf.reason = EraseReason::court;
  leaf.organisation = org();
  leaf.time_ms = 5;
  leaf.erased = {{1, 1}, {4, 3}, {9, 2}};
  return leaf;
}

// Where the fields of a record leaf are.
constexpr std::size_t flags_at = 2;
constexpr std::size_t operation_at = 3;
constexpr std::size_t previous_at = 4 + 32 + 4 + 8 + 16;
constexpr std::size_t kind_at = previous_at + 8 + 1;

Bytes with(Bytes leaf, std::size_t at, std::uint8_t value) {
  leaf.at(at) = value;
  return leaf;
}

template <class T>
void expect_same_bytes(const T& leaf) {
  const Bytes bytes = encode(leaf);
  const auto entry = decode_entry(bytes);
  ASSERT_TRUE(entry);
  ASSERT_TRUE(std::holds_alternative<T>(*entry));
  EXPECT_EQ(std::get<T>(*entry), leaf);
  EXPECT_EQ(encode(std::get<T>(*entry)), bytes);
}

/// Every cut is refused as truncated, and one byte more as trailing.
void expect_exact_length(const Bytes& leaf) {
  for (std::size_t length = 0; length < leaf.size(); ++length) {
    EXPECT_FAULT(decode_entry(ByteView(leaf).first(length)), Fault::truncated) << length;
  }
  Bytes longer = leaf;
  longer.push_back(0);
  EXPECT_FAULT(decode_entry(longer), Fault::trailing_bytes);
}

TEST(RecordLeafCodec, GivesBackWhatWasWritten) {
  expect_same_bytes(a_record());
  RecordLeaf leaf = a_record();
  leaf.critical = true;
  leaf.kind = std::string(32, 'a');
  leaf.parts.pop_back();
  expect_same_bytes(leaf);
  leaf.operation = Operation::withdraw;
  leaf.parts.clear();
  expect_same_bytes(leaf);
}

TEST(RecordLeafCodec, TakesOneHundredAndFourteenBytesForAService) {
  RecordLeaf leaf = a_record();
  leaf.parts.pop_back();
  EXPECT_EQ(encode(leaf).size(), 114U);
}

TEST(RecordLeafCodec, IsOfExactLength) { expect_exact_length(encode(a_record())); }

TEST(RecordLeafCodec, RefusesFieldsOutOfRange) {
  const Bytes leaf = encode(a_record());
  const std::size_t parts_at = kind_at + 7;
  EXPECT_FAULT(decode_entry(with(leaf, flags_at, 2)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, operation_at, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, operation_at, 3)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, operation_at, 2)), Fault::bad_value);  // withdraw, parts
  EXPECT_FAULT(decode_entry(with(leaf, previous_at, 1)), Fault::bad_value);
  for (const char wrong : {'A', '-', ' ', '\0', '/', ':', '`', '{', '\x80'}) {
    EXPECT_FAULT(decode_entry(with(leaf, kind_at, static_cast<std::uint8_t>(wrong))),
                 Fault::bad_value);
  }
  EXPECT_FAULT(decode_entry(with(leaf, parts_at, 3)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, parts_at + 1, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, parts_at + 1, 3)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, parts_at + 1, 2)), Fault::bad_value);   // twice personal
  EXPECT_FAULT(decode_entry(with(leaf, parts_at + 34, 1)), Fault::bad_value);  // twice public
}

TEST(RecordLeafCodec, RefusesAPutWithoutParts) {
  RecordLeaf leaf = a_record();
  leaf.operation = Operation::withdraw;
  leaf.parts.clear();
  EXPECT_FAULT(decode_entry(with(encode(leaf), operation_at, 1)), Fault::bad_value);
}

TEST(RecordLeafCodec, RefusesAnEmptyOrLongKind) {
  RecordLeaf leaf = a_record();
  leaf.kind = std::string(32, 'a');
  Bytes bytes = encode(leaf);
  bytes[kind_at - 1] = 33;
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(kind_at), 'a');
  EXPECT_FAULT(decode_entry(bytes), Fault::bad_value);
  leaf.kind = "a";
  bytes = encode(leaf);
  bytes[kind_at - 1] = 0;
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(kind_at));
  EXPECT_FAULT(decode_entry(bytes), Fault::bad_value);
}

TEST(RecordLeafCodec, DecodesRecordsOnly) {
  EXPECT_EQ(decode_record(encode(a_record())).value(), a_record());
  EXPECT_FAULT(decode_record(encode(an_erase())), Fault::bad_value);
  EXPECT_FAULT(decode_record({}), Fault::bad_value);
}

TEST(RecordLeafDeathTest, IsNotWrittenOutOfRange) {
  RecordLeaf leaf = a_record();
  leaf.kind = "Service";
  EXPECT_DEATH(encode(leaf), "Service");
}

TEST(EraseLeafCodec, GivesBackWhatWasWritten) {
  expect_same_bytes(an_erase());
  EraseLeaf leaf = an_erase();
  leaf.critical = true;
  leaf.erased.clear();
  for (LeafIndex i = 0; i < limits::erase_leaves_max; ++i) leaf.erased.push_back({i, 1});
  expect_same_bytes(leaf);
  EXPECT_LE(encode(leaf).size(), limits::leaf_bytes_max);
}

TEST(EraseLeafCodec, IsOfExactLength) { expect_exact_length(encode(an_erase())); }

TEST(EraseLeafCodec, RefusesFieldsOutOfRange) {
  const Bytes leaf = encode(an_erase());
  const std::size_t count_at = 4 + 32 + 4 + 8;
  const std::size_t first_at = count_at + 2;
  EXPECT_FAULT(decode_entry(with(leaf, flags_at, 4)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, 3, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, 3, 7)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, count_at + 1, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, count_at + 1, 101)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, first_at + 8, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, first_at + 8, 4)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, first_at + 7, 4)), Fault::bad_value);   // twice leaf 4
  EXPECT_FAULT(decode_entry(with(leaf, first_at + 7, 5)), Fault::bad_value);   // not ascending
  EXPECT_FAULT(decode_entry(with(leaf, first_at + 18, 1)), Fault::bad_value);  // beyond any log
}

TEST(UnknownLeafCodec, KeepsWhatItDoesNotKnow) {
  for (const Bytes& leaf :
       {Bytes{1, 4}, Bytes{1, 4, 0}, Bytes{2, 2, 0, 9}, Bytes{0, 0}, Bytes{2, 1, 2}}) {
    const auto entry = decode_entry(leaf);
    ASSERT_TRUE(entry);
    const auto& unknown = std::get<UnknownLeaf>(*entry);
    EXPECT_EQ(unknown.version, leaf[0]);
    EXPECT_EQ(unknown.type, leaf[1]);
    EXPECT_FALSE(unknown.critical);
  }
  EXPECT_TRUE(std::get<UnknownLeaf>(decode_entry(Bytes{1, 9, 1}).value()).critical);
  EXPECT_TRUE(std::get<UnknownLeaf>(decode_entry(Bytes{7, 2, 0xff, 0}).value()).critical);
}

TEST(UnknownLeafCodec, RefusesWhatHasNoTypeOrIsTooLong) {
  EXPECT_FAULT(decode_entry({}), Fault::truncated);
  EXPECT_FAULT(decode_entry(Bytes{1}), Fault::truncated);
  Bytes leaf(limits::leaf_bytes_max, 4);
  EXPECT_TRUE(decode_entry(leaf));
  leaf.push_back(4);
  EXPECT_FAULT(decode_entry(leaf), Fault::too_long);
}

TEST(EstablishCodec, GivesBackWhatWasWritten) {
  const FixedLog log;
  const auto first = decode_entry(test::fixed_first_establish());
  ASSERT_TRUE(first);
  expect_same_bytes(std::get<Establish>(*first));
  Establish next = log.next_establish();
  next.repudiated = empty_root();
  next.witness_policy = "witness quorum ½\n";
  const auto second = decode_entry(log.signed_leaf(next, {3, 5}));
  ASSERT_TRUE(second);
  expect_same_bytes(std::get<Establish>(*second));
}

TEST(EstablishCodec, FitsItsLimitAtItsLargest) {
  const FixedLog log;
  Establish next = log.next_establish();
  next.repudiated = empty_root();
  next.witness_policy = std::string(limits::witness_policy_bytes_max, 'w');
  next.node_keys.clear();
  next.next_digests.clear();
  next.revealed.clear();
  std::vector<std::uint8_t> seeds;
  for (std::uint8_t i = 0; i < 16; ++i) {
    const auto key = test::fixed_key(static_cast<std::uint8_t>(20 + i)).public_key().bytes();
    if (i < 8) next.node_keys.push_back(key);
    next.next_digests.push_back(reserve_digest(key));
    next.revealed.push_back({i, key});
    seeds.push_back(static_cast<std::uint8_t>(20 + i));
  }
  const Bytes leaf = log.signed_leaf(next, seeds);
  EXPECT_LE(leaf.size(), limits::establish_bytes_max);
  EXPECT_TRUE(decode_entry(leaf));
}

TEST(EstablishCodec, IsOfExactLength) {
  const FixedLog log;
  expect_exact_length(test::fixed_first_establish());
  expect_exact_length(log.signed_leaf(log.next_establish(), {3, 5}));
}

TEST(EstablishCodec, FindsTheBodyThatIsSigned) {
  const FixedLog log;
  const Establish next = log.next_establish();
  const Bytes leaf = log.signed_leaf(next, {3, 5});
  const auto body = establish_body(leaf);
  ASSERT_TRUE(body);
  EXPECT_EQ(to_bytes(*body), encode_body(next));
  EXPECT_FAULT(establish_body(encode(a_record())), Fault::bad_value);
}

// Offsets within the first event, which has one node key and three digests.
constexpr std::size_t organisation_at = 2;
constexpr std::size_t seq_at = 2 + 32;
constexpr std::size_t event_previous_at = seq_at + 4;
constexpr std::size_t trusted_size_at = event_previous_at + 32 + 8;
constexpr std::size_t trusted_root_at = trusted_size_at + 8;
constexpr std::size_t node_count_at = trusted_root_at + 32 + 32;
constexpr std::size_t threshold_at = node_count_at + 1 + 32;
constexpr std::size_t digests_at = threshold_at + 2;
constexpr std::size_t revealed_count_at = digests_at + 3 * 32;
constexpr std::size_t signature_count_at = revealed_count_at + 1 + 1 + 2;

TEST(EstablishCodec, RefusesAFirstEventWithAnythingBeforeIt) {
  const Bytes leaf = test::fixed_first_establish();
  for (const std::size_t at :
       {organisation_at, event_previous_at, trusted_size_at + 7, trusted_root_at, seq_at + 3}) {
    EXPECT_FAULT(decode_entry(with(leaf, at, 1)), Fault::bad_value) << at;
  }
}

TEST(EstablishCodec, RefusesFieldsOutOfRange) {
  const Bytes leaf = test::fixed_first_establish();
  EXPECT_FAULT(decode_entry(with(leaf, node_count_at, 9)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, threshold_at, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, threshold_at, 4)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, threshold_at + 1, 17)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, revealed_count_at, 17)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, revealed_count_at + 1, 2)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, revealed_count_at + 2, 255)), Fault::too_long);
  EXPECT_FAULT(decode_entry(with(leaf, signature_count_at, 18)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, signature_count_at + 1, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, signature_count_at + 1, 2)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(leaf, signature_count_at + 2, 1)), Fault::bad_value);
  Bytes unsigned_leaf(leaf.begin(), leaf.begin() + signature_count_at + 1);
  unsigned_leaf.back() = 0;
  EXPECT_FAULT(decode_entry(unsigned_leaf), Fault::bad_value);
}

TEST(EstablishCodec, RefusesWhatComesTwice) {
  const Bytes leaf = test::fixed_first_establish();
  Bytes twice = leaf;
  std::copy_n(twice.begin() + digests_at, 32, twice.begin() + digests_at + 64);
  EXPECT_FAULT(decode_entry(twice), Fault::bad_value);

  const FixedLog log;
  const Bytes next = log.signed_leaf(log.next_establish(), {3, 5});
  // One node key, one digest, then the two revealed keys.
  const std::size_t revealed_at = digests_at + 32 + 1;
  twice = next;
  twice[revealed_at + 33] = twice[revealed_at];
  EXPECT_FAULT(decode_entry(twice), Fault::bad_value);
  twice = next;
  std::copy_n(twice.begin() + static_cast<std::ptrdiff_t>(revealed_at) + 1, 32,
              twice.begin() + static_cast<std::ptrdiff_t>(revealed_at) + 34);
  EXPECT_FAULT(decode_entry(twice), Fault::bad_value);
  // The second signature by the key that made the first.
  const std::size_t signatures_at = revealed_at + 2 * 33 + 1 + 2 + 1;
  EXPECT_FAULT(decode_entry(with(next, signatures_at + 66 + 1, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(next, signatures_at + 1, 2)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(next, revealed_at, 16)), Fault::bad_value);
}

TEST(EstablishCodec, RefusesLaterEventsWithoutOrganisationOrHead) {
  const FixedLog log;
  const Bytes next = log.signed_leaf(log.next_establish(), {3, 5});
  Bytes nobody = next;
  std::fill_n(nobody.begin() + organisation_at, 32, std::uint8_t{0});
  EXPECT_FAULT(decode_entry(nobody), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(next, trusted_size_at + 7, 0)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(next, trusted_size_at, 1)), Fault::bad_value);
  EXPECT_FAULT(decode_entry(with(next, seq_at + 3, 64)), Fault::bad_value);
}

TEST(EstablishCodec, RefusesAPolicyThatIsNotText) {
  const FixedLog log;
  Establish next = log.next_establish();
  next.witness_policy = "aa";
  Bytes leaf = log.signed_leaf(next, {3, 5});
  const auto at = std::search_n(leaf.begin(), leaf.end(), 2, std::uint8_t{'a'});
  ASSERT_NE(at, leaf.end());
  *at = 0xff;
  EXPECT_FAULT(decode_entry(leaf), Fault::bad_text);
}

// Each digest as the design states it, put together by hand.
TEST(EntryHashes, AreOverTheirUseAndTheBytes) {
  const Bytes body =
      encode_body(std::get<Establish>(decode_entry(test::fixed_first_establish()).value()));
  const auto hash_of = [](std::string_view use, ByteView bytes) {
    Bytes all = to_bytes(view_of(use));
    all.push_back(0);
    append(all, bytes);
    return crypto::sha256(all);
  };
  EXPECT_EQ(event_id(body), hash_of("moot/event/v1", body));
  EXPECT_EQ(organisation_of(body).bytes, hash_of("moot/org/v1", body));
  const auto key = test::fixed_key(3).public_key().bytes();
  EXPECT_EQ(reserve_digest(key), hash_of("moot/next/v1", key));
  Bytes salted = to_bytes(test::fixed_salt(4));
  salted.push_back(2);
  append(salted, body);
  EXPECT_EQ(body_commitment(test::fixed_salt(4), Part::personal_part, body),
            hash_of("moot/body/v1", salted));
}

}  // namespace
}  // namespace moot::log

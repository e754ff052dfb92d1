#include "log/rotation.hpp"

#include <algorithm>

#include "support.hpp"

namespace moot::log {
namespace {

using test::fixed_key;
using test::FixedLog;

crypto::PublicKeyBytes public_of(std::uint8_t seed) { return fixed_key(seed).public_key().bytes(); }

/// The second set of officers is to be two of 7, 8 and 9; the first is two of 3, 4 and 5.
RequestParameters parameters_for(const FixedLog& log) {
  RequestParameters parameters;
  parameters.time_s = 1'700'100'000;
  parameters.trusted = log.head();
  parameters.log_size = log.tree.size();
  parameters.node_keys = {public_of(12)};
  parameters.threshold_next = 2;
  parameters.next_keys = {public_of(7), public_of(8), public_of(9)};
  // In another order than the set's, and a stranger among them.
  parameters.known_keys = {public_of(5), public_of(77), public_of(3), public_of(4), public_of(3)};
  return parameters;
}

FixedLog a_log() {
  FixedLog log;
  for (std::uint8_t i = 1; i < 5; ++i) log.put(i, "{}");
  return log;
}

EstablishRequest a_request(const FixedLog& log) {
  auto request = make_request(log.identity, parameters_for(log), fixed_key(6)).value();
  request.name = "Hall Trust";
  request.holders = {{0, "Ann"}, {2, "Cy"}};
  request.next_holders = {{1, "Bea"}};
  request.note = "Ann leaves";
  return request;
}

std::string code_of(const Result<EstablishRequest, Error>& result) {
  return result ? "" : result.error().code;
}

TEST(ReserveKeyText, GivesTheKeyBackAndCatchesSlips) {
  const std::string text = reserve_key_text(public_of(3));
  EXPECT_TRUE(text.starts_with("mootpub1"));
  EXPECT_EQ(parse_reserve_key_text(text).value(), public_of(3));
  for (std::size_t i = 8; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = wrong[i] == 'q' ? 'p' : 'q';
    EXPECT_FAULT(parse_reserve_key_text(wrong), Fault::bad_checksum);
  }
  EXPECT_FAULT(parse_reserve_key_text("moot1qqqq"), Fault::bad_text);
  EXPECT_FAULT(parse_reserve_key_text(reserve_key_text({})), Fault::bad_value);
}

TEST(Request, RevealsEveryKnownKeyOfTheSet) {
  const FixedLog log = a_log();
  const auto request = a_request(log);
  ASSERT_EQ(request.event.revealed.size(), 3U);
  EXPECT_EQ(request.event.revealed[0], (RevealedKey{0, public_of(3)}));
  EXPECT_EQ(request.event.revealed[2], (RevealedKey{2, public_of(5)}));
  EXPECT_EQ(missing_signatures(request).of_current, 2U);
}

TEST(Request, IsCompleteWithAnyKOfThem) {
  const FixedLog log = a_log();
  for (const auto& signers : {std::vector<int>{3, 4}, {5, 4}, {5, 3}, {4, 3, 5}}) {
    auto request = a_request(log);
    for (const int seed : signers) {
      EXPECT_FALSE(code_of(unite_and_check(std::vector{to_text(request)}, log.identity,
                                           log.tree.size())) == "");
      EXPECT_TRUE(sign(request, fixed_key(static_cast<std::uint8_t>(seed))));
      if (missing_signatures(request).is_none()) break;
    }
    Identity after = log.identity;
    EXPECT_TRUE(after.extend(to_leaf(request), log.tree.size()));
    EXPECT_EQ(after.newest().establish.next_digests.size(), 3U);
  }
}

TEST(Request, ComesBackFromItsText) {
  const FixedLog log = a_log();
  auto request = a_request(log);
  ASSERT_TRUE(sign(request, fixed_key(5)));
  ASSERT_TRUE(sign(request, fixed_key(3)));
  const std::string text = to_text(request);
  EXPECT_TRUE(text.starts_with("moot/establish-request/v1\norganisation moot1"));
  const auto again = parse_request(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, request);
}

TEST(Request, RefusesATextThatWasChanged) {
  const FixedLog log = a_log();
  auto request = a_request(log);
  ASSERT_TRUE(sign(request, fixed_key(5)));
  const std::string text = to_text(request);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string out = text;
    const std::size_t at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return out.replace(at, from.size(), to);
  };
  EXPECT_FAULT(parse_request(with("request/v1", "request/v2")), Fault::bad_text);
  EXPECT_FAULT(parse_request(with("seq 1", "seq 2")), Fault::broken_chain);
  EXPECT_FAULT(parse_request(with("threshold 2", "threshold 1")), Fault::broken_chain);
  EXPECT_FAULT(parse_request(with("size 5", "size 1")), Fault::broken_chain);
  EXPECT_FAULT(parse_request(with("purpose planned", "purpose plotted")), Fault::bad_text);
  EXPECT_FAULT(parse_request(with("signature 2", "signature 1")), Fault::bad_signature);
  EXPECT_FAULT(parse_request(with("next 1 Bea", "next 3 Bea")), Fault::bad_text);
  EXPECT_FAULT(parse_request(with("Bea", "B\x1b[1mea")), Fault::bad_text);
  EXPECT_FAULT(parse_request(text + "more\n"), Fault::bad_text);
  EXPECT_FAULT(parse_request(text + text), Fault::bad_text);
  EXPECT_FAULT(parse_request(text.substr(0, text.size() - 1)), Fault::bad_text);
  EXPECT_FAULT(parse_request(""), Fault::bad_text);
  EXPECT_FAULT(parse_request(std::string(100'000, 'x')), Fault::too_long);
  for (std::size_t i = 0; i < text.size(); i += 7) {
    std::string wrong = text;
    wrong[i] = static_cast<char>(wrong[i] ^ 1);
    const auto read = parse_request(wrong);
    if (read) {
      EXPECT_EQ(read->body, request.body);  // a name or a note, which nothing signs
    }
  }
}

TEST(Request, IsSignedByOfficersOnceEach) {
  const FixedLog log = a_log();
  auto request = a_request(log);
  EXPECT_EQ(sign(request, fixed_key(9)).error(), SignFault::not_an_officer);
  EXPECT_TRUE(sign(request, fixed_key(3)));
  EXPECT_EQ(sign(request, fixed_key(3)).error(), SignFault::already_signed);
  auto parameters = parameters_for(log);
  parameters.known_keys = {public_of(3), public_of(4)};
  auto without = make_request(log.identity, parameters, fixed_key(6)).value();
  EXPECT_EQ(sign(without, fixed_key(5)).error(), SignFault::not_revealed);
}

TEST(Request, CannotBeMadeOfWhatIsNotThere) {
  const FixedLog log = a_log();
  const auto refused = [&](const auto& change) {
    auto parameters = parameters_for(log);
    change(parameters);
    return make_request(log.identity, parameters, fixed_key(6));
  };
  EXPECT_FAULT(refused([](auto& p) { p.known_keys = {public_of(3)}; }), Fault::too_few_signatures);
  EXPECT_FAULT(refused([](auto& p) { p.trusted.size = 0; }), Fault::wrong_size);
  EXPECT_FAULT(refused([](auto& p) { p.log_size = 2; }), Fault::wrong_size);
  EXPECT_FAULT(refused([](auto& p) { p.threshold_next = 4; }), Fault::bad_value);
  EXPECT_FAULT(refused([](auto& p) { p.threshold_next = 0; }), Fault::bad_value);
  EXPECT_FAULT(refused([](auto& p) { p.next_keys.push_back(public_of(7)); }), Fault::bad_value);
  EXPECT_FAULT(refused([&](auto& p) { p.rival_leaf = log.leaves[0]; }), Fault::broken_chain);
}

TEST(Request, KeepsTheOfficersOfTodayWhenNobodyIsNamed) {
  const FixedLog log = a_log();
  auto parameters = parameters_for(log);
  parameters.next_keys.clear();
  parameters.known_keys.pop_back();
  const auto request = make_request(log.identity, parameters, fixed_key(6)).value();
  EXPECT_EQ(request.event.next_digests, log.identity.newest().establish.next_digests);
  EXPECT_EQ(request.event.threshold_next, 2);
}

TEST(Request, IsUnitedFromCopies) {
  const FixedLog log = a_log();
  auto ann = a_request(log);
  auto cy = a_request(log);
  cy.note.clear();
  ASSERT_TRUE(sign(ann, fixed_key(3)));
  ASSERT_TRUE(sign(cy, fixed_key(5)));
  const std::vector<std::string> one = {to_text(ann)};
  const auto alone = unite_and_check(one, log.identity, log.tree.size());
  EXPECT_EQ(code_of(alone), "incomplete");
  EXPECT_NE(alone.error().message.find("1 more officer must sign"), std::string::npos);
  const std::vector<std::string> both = {to_text(cy), to_text(ann), to_text(ann)};
  const auto united = unite_and_check(both, log.identity, log.tree.size());
  ASSERT_TRUE(united);
  EXPECT_EQ(united->signatures.size(), 2U);
}

TEST(Request, IsNotUnitedWithAnother) {
  const FixedLog log = a_log();
  auto parameters = parameters_for(log);
  parameters.time_s += 1;
  const auto other = make_request(log.identity, parameters, fixed_key(6)).value();
  EXPECT_EQ(code_of(unite(std::vector{to_text(a_request(log)), to_text(other)})), "refused");
  EXPECT_EQ(code_of(unite(std::vector<std::string>{"x"})), "refused");
  EXPECT_EQ(code_of(unite({})), "refused");
}

TEST(Request, IsNotUnitedWithOneWhoseUnsignedLinesWereChanged) {
  const FixedLog log = a_log();
  const auto request = a_request(log);
  auto other_purpose = request;
  other_purpose.purpose = Purpose::theft;
  auto other_size = request;
  ++other_size.log_size;
  for (const auto& other : {other_purpose, other_size}) {
    const auto united = unite(std::vector{to_text(request), to_text(other)});
    EXPECT_EQ(code_of(united), "refused");
    EXPECT_NE(united.error().message.find("file 2"), std::string::npos);
    EXPECT_FALSE(check_plan(other, plan_text(request)));
  }
  EXPECT_TRUE(check_plan(request, plan_text(request)));
  EXPECT_FALSE(check_plan(request, ""));
}

TEST(Request, FitsItsOwnLogAndNoneBesides) {
  FixedLog log = a_log();
  auto request = a_request(log);
  ASSERT_TRUE(sign(request, fixed_key(3)));
  ASSERT_TRUE(sign(request, fixed_key(4)));
  const std::vector<std::string> texts = {to_text(request)};
  EXPECT_EQ(code_of(unite_and_check(texts, log.identity, 1)), "refused");  // before its own head
  FixedLog elsewhere = a_log();
  elsewhere.rotate();
  EXPECT_EQ(code_of(unite_and_check(texts, elsewhere.identity, elsewhere.tree.size())), "refused");
  const auto stranger = Identity::begin(make_first_establish(
      {.time_s = 1, .node_keys = {}, .threshold_next = 1, .reserve_keys = {public_of(3)}},
      fixed_key(1)));
  EXPECT_EQ(code_of(unite_and_check(texts, *stranger, 10)), "refused");

  ASSERT_TRUE(log.identity.extend(to_leaf(request), log.tree.size()));
  EXPECT_EQ(code_of(unite_and_check(texts, log.identity, log.tree.size())), "exists");
}

TEST(Request, HandsOverFromOneSetToTheNext) {
  FixedLog log = a_log();
  auto first = a_request(log);
  for (const std::uint8_t seed : std::vector<std::uint8_t>{4, 5})
    ASSERT_TRUE(sign(first, fixed_key(seed)));
  ASSERT_TRUE(log.identity.extend(to_leaf(first), log.tree.size()));
  log.append(to_leaf(first));
  auto parameters = parameters_for(log);
  parameters.known_keys = {public_of(8), public_of(9), public_of(7), public_of(3)};
  parameters.next_keys = {public_of(20)};
  parameters.threshold_next = 1;
  auto second = make_request(log.identity, parameters, fixed_key(21)).value();
  EXPECT_EQ(sign(second, fixed_key(4)).error(), SignFault::not_an_officer);  // of yesterday
  for (const std::uint8_t seed : std::vector<std::uint8_t>{9, 7})
    ASSERT_TRUE(sign(second, fixed_key(seed)));
  EXPECT_TRUE(unite_and_check(std::vector{to_text(second)}, log.identity, log.tree.size()));
}

TEST(Request, RepudiatesARivalWithBothSets) {
  FixedLog log = a_log();
  Establish other = log.next_establish();
  other.log_key = public_of(16);
  other.next_digests = {reserve_digest(public_of(17))};
  const Bytes rival = log.signed_leaf(other, {3, 5}, 16);
  log.rotate();  // one of 7 is next
  auto parameters = parameters_for(log);
  parameters.purpose = Purpose::theft;
  parameters.rival_leaf = rival;
  parameters.known_keys = {public_of(7)};
  EXPECT_FAULT(make_request(log.identity, parameters, fixed_key(21)), Fault::too_few_signatures);
  parameters.known_keys.push_back(public_of(17));
  auto request = make_request(log.identity, parameters, fixed_key(21)).value();
  ASSERT_TRUE(sign(request, fixed_key(7)));
  EXPECT_EQ(missing_signatures(request).of_current, 0U);
  EXPECT_EQ(missing_signatures(request).of_rival, 1U);
  ASSERT_TRUE(sign(request, fixed_key(17)));
  const auto again = parse_request(to_text(request));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, request);
  const auto checked =
      unite_and_check(std::vector{to_text(request)}, log.identity, log.tree.size());
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->purpose, Purpose::theft);
  EXPECT_EQ(checked->rival_leaf, rival);
}

TEST(Request, FitsItsFileWithAllThatItMayHold) {
  FirstEstablish first{.time_s = 1, .node_keys = {}, .threshold_next = 16, .reserve_keys = {}};
  for (std::uint8_t seed = 100; seed < 116; ++seed) first.reserve_keys.push_back(public_of(seed));
  auto identity = Identity::begin(make_first_establish(first, fixed_key(1))).value();
  RequestParameters parameters;
  parameters.trusted = {1, {}};
  parameters.log_size = 1;
  parameters.threshold_next = 16;
  parameters.next_keys = first.reserve_keys;
  parameters.known_keys = first.reserve_keys;
  parameters.witness_policy = std::string(limits::witness_policy_bytes_max, 'p');
  for (std::uint8_t seed = 120; seed < 128; ++seed) parameters.node_keys.push_back(public_of(seed));
  auto request = make_request(identity, parameters, fixed_key(6)).value();
  for (std::uint8_t place = 0; place < 16; ++place) {
    request.holders.push_back({place, std::string(limits::officer_name_bytes_max, 'n')});
    request.next_holders.push_back({place, std::string(limits::officer_name_bytes_max, 'n')});
    ASSERT_TRUE(sign(request, fixed_key(static_cast<std::uint8_t>(100 + place))));
  }
  request.note = std::string(limits::establish_note_bytes_max, 'n');
  const auto again = parse_request(to_text(request));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, request);
  EXPECT_TRUE(identity.extend(to_leaf(request), 1));
}

}  // namespace
}  // namespace moot::log

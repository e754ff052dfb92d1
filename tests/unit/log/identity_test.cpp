#include "log/identity.hpp"

#include "support.hpp"

namespace moot::log {
namespace {

using test::FixedLog;

FixedLog a_log() {
  FixedLog log;
  for (std::uint8_t i = 1; i < 10; ++i) log.put(i, "{}");
  return log;
}

Result<Done, Fault> extended(const FixedLog& log, const Bytes& leaf,
                             std::optional<LeafIndex> position = {}) {
  Identity identity = log.identity;
  const auto result = identity.extend(leaf, position.value_or(log.tree.size()));
  EXPECT_EQ(identity.events().size(), log.identity.events().size() + (result ? 1 : 0));
  return result;
}

/// The fields of an event's leaf, unsigned.
Establish decode_establish(const Bytes& leaf) {
  Establish event = std::get<Establish>(decode_entry(leaf).value());
  event.signatures.clear();
  return event;
}

TEST(Identity, BeginsWithTheFirstEvent) {
  const Bytes leaf = test::fixed_first_establish();
  const auto identity = Identity::begin(leaf);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->organisation(), organisation_of(establish_body(leaf).value()));
  EXPECT_EQ(identity->events().size(), 1U);
  EXPECT_EQ(identity->newest().leaf, leaf);
  EXPECT_EQ(identity->newest().position, 0U);
  EXPECT_EQ(identity->newest().id, event_id(establish_body(leaf).value()));
  EXPECT_TRUE(identity->lists_node_key(test::fixed_key(2).public_key().bytes()));
  EXPECT_FALSE(identity->lists_node_key(test::fixed_key(1).public_key().bytes()));
}

TEST(Identity, DoesNotBeginOtherwise) {
  Bytes leaf = test::fixed_first_establish();
  leaf.back() ^= 1;
  EXPECT_FAULT(Identity::begin(leaf), Fault::bad_signature);
  leaf = test::fixed_first_establish();
  leaf[75] ^= 1;  // the time, which is signed
  EXPECT_FAULT(Identity::begin(leaf), Fault::bad_signature);
  const FixedLog log = a_log();
  EXPECT_FAULT(Identity::begin(log.leaves[1]), Fault::bad_value);
  EXPECT_FAULT(Identity::begin(log.signed_leaf(log.next_establish(), {3, 5})), Fault::broken_chain);
}

TEST(Identity, TakesAnEventThatItsReserveKeysSigned) {
  FixedLog log = a_log();
  const LeafIndex position = log.rotate();
  ASSERT_EQ(log.identity.events().size(), 2U);
  EXPECT_EQ(log.identity.newest().position, position);
  EXPECT_EQ(log.identity.valid_at(1).establish.seq, 0U);
  EXPECT_EQ(log.identity.valid_at(position).establish.seq, 0U);
  EXPECT_EQ(log.identity.valid_at(position + 1).establish.seq, 1U);
  EXPECT_EQ(log.identity.log_key_at(position)->bytes(), test::fixed_key(1).public_key().bytes());
  EXPECT_EQ(log.identity.log_key_at(position + 1)->bytes(),
            test::fixed_key(6).public_key().bytes());
}

TEST(Identity, TakesAThirdEventByTheKeysOfTheSecond) {
  FixedLog log = a_log();
  log.rotate();
  Establish third = log.next_establish();
  third.log_key = test::fixed_key(8).public_key().bytes();
  third.revealed = {{0, test::fixed_key(7).public_key().bytes()}};
  EXPECT_TRUE(extended(log, log.signed_leaf(third, {7}, 8)));
  third.revealed = {{0, test::fixed_key(3).public_key().bytes()}};
  EXPECT_FAULT(extended(log, log.signed_leaf(third, {3}, 8)), Fault::unknown_key);
}

TEST(Identity, WantsEnoughReserveKeys) {
  const FixedLog log = a_log();
  EXPECT_FAULT(extended(log, log.signed_leaf(log.next_establish(), {3})),
               Fault::too_few_signatures);
  EXPECT_FAULT(extended(log, log.signed_leaf(log.next_establish(), {})), Fault::too_few_signatures);
  Establish event = log.next_establish();
  event.revealed.clear();
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {})), Fault::too_few_signatures);
}

TEST(Identity, WantsTheKeysThatWereAnnounced) {
  const FixedLog log = a_log();
  Establish event = log.next_establish();
  event.revealed[1].key = test::fixed_key(50).public_key().bytes();
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 50})), Fault::unknown_key);
  event = log.next_establish();
  event.revealed[1].prior_index = 1;  // the digest of another key
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5})), Fault::unknown_key);
  event.revealed[1].prior_index = 9;  // no digest at all
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5})), Fault::unknown_key);
}

TEST(Identity, WantsEachSignatureToBeRight) {
  const FixedLog log = a_log();
  const Establish event = log.next_establish();
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 4})), Fault::bad_signature);
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5}, 1)), Fault::bad_signature);
  Establish without_log_key = event;
  const Bytes body = encode_body(event);
  for (std::uint8_t i = 0; i < 2; ++i) {
    without_log_key.signatures.push_back(
        {EstablishSignature::Kind::reserve, i,
         test::fixed_key(i == 0 ? 3 : 5).sign_use("establish", body)});
  }
  EXPECT_FAULT(extended(log, encode(without_log_key)), Fault::bad_signature);
  Bytes leaf = log.signed_leaf(event, {3, 5});
  leaf[70] ^= 1;  // any signed byte
  EXPECT_FALSE(extended(log, leaf));
}

TEST(Identity, WantsTheChainToFollow) {
  FixedLog log = a_log();
  Establish event = log.next_establish();
  event.seq = 2;
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5})), Fault::broken_chain);
  event = log.next_establish();
  event.previous[0] ^= 1;
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5})), Fault::broken_chain);
  event = log.next_establish();
  event.organisation.bytes[0] ^= 1;
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5})), Fault::wrong_organisation);
  const Bytes leaf = log.signed_leaf(log.next_establish(), {3, 5});
  log.rotate();
  EXPECT_FAULT(extended(log, leaf), Fault::broken_chain);  // once is enough
  EXPECT_FAULT(extended(log, test::fixed_first_establish()), Fault::broken_chain);
}

TEST(Identity, WantsALogKeyThatNoEventBeforeHasNamed) {
  FixedLog log = a_log();
  Establish event = log.next_establish();
  event.log_key = test::fixed_key(1).public_key().bytes();  // the first event's
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5}, 1)), Fault::broken_chain);
  const Establish second = log.next_establish();
  log.rotate();
  // Nor may one that is judged as its rival.
  Establish rival = second;
  rival.log_key = event.log_key;
  EXPECT_FAULT(log.identity.check_rival(log.signed_leaf(rival, {3, 5}, 1)), Fault::broken_chain);
  for (const std::uint8_t seed : std::vector<std::uint8_t>{1, 6}) {
    Establish third = log.next_establish();
    third.log_key = test::fixed_key(seed).public_key().bytes();
    third.revealed = {{0, test::fixed_key(7).public_key().bytes()}};
    EXPECT_FAULT(extended(log, log.signed_leaf(third, {7}, seed)), Fault::broken_chain);
  }
}

TEST(Identity, WantsATrustedHeadBetweenTheEventBeforeAndThisOne) {
  FixedLog log = a_log();
  const LeafIndex position = log.tree.size();
  Establish event = log.next_establish();
  event.trusted_size = 1;  // holds the first event, disowns all else
  EXPECT_TRUE(extended(log, log.signed_leaf(event, {3, 5})));
  event.trusted_size = position + 1;
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 5})), Fault::wrong_size);
  EXPECT_TRUE(extended(log, log.signed_leaf(event, {3, 5}), position + 1));
  EXPECT_FAULT(extended(log, log.signed_leaf(log.next_establish(), {3, 5}), 0), Fault::wrong_size);

  log.rotate();
  Establish third = log.next_establish();
  third.log_key = test::fixed_key(8).public_key().bytes();
  third.revealed = {{0, test::fixed_key(7).public_key().bytes()}};
  third.trusted_size = position;  // without the second event in it
  EXPECT_FAULT(extended(log, log.signed_leaf(third, {7}, 8)), Fault::wrong_size);
  third.trusted_size = position + 1;
  EXPECT_TRUE(extended(log, log.signed_leaf(third, {7}, 8)));
}

/// Two officers' laptops made two second events. Ours names the reserve key 7 for the next; the
/// rival, with log key 16, two of 7, 17 and 18. The third event follows ours and repudiates the
/// rival.
class Rivals : public testing::Test {
 protected:
  Rivals() : log(a_log()) {
    Establish other = log.next_establish();
    other.log_key = test::fixed_key(16).public_key().bytes();
    other.threshold_next = 2;
    other.next_digests.clear();
    for (const std::uint8_t seed : std::vector<std::uint8_t>{17, 7, 18}) {
      other.next_digests.push_back(reserve_digest(test::fixed_key(seed).public_key().bytes()));
    }
    rival = log.signed_leaf(other, {3, 5}, 16);
    before = log.identity;
    log.rotate();
    third = log.next_establish();
    third.log_key = test::fixed_key(8).public_key().bytes();
    third.repudiated = event_id(establish_body(rival).value());
    third.revealed = {{0, test::fixed_key(7).public_key().bytes()},
                      {0, test::fixed_key(17).public_key().bytes()},
                      {2, test::fixed_key(18).public_key().bytes()}};
  }

  Result<Done, Fault> extended_with(const Bytes& leaf, const Bytes& rival_leaf) const {
    Identity identity = log.identity;
    return identity.extend(leaf, log.tree.size(), rival_leaf);
  }

  FixedLog log;
  Bytes rival;
  std::optional<Identity> before;
  Establish third;
};

TEST_F(Rivals, EndWhenBothSetsRepudiateOne) {
  Identity identity = log.identity;
  ASSERT_TRUE(identity.extend(log.signed_leaf(third, {7, 17, 18}, 8), log.tree.size(), rival));
  EXPECT_EQ(identity.newest().rival_leaf, rival);
  // An officer of both sets counts in both: seven and seventeen are two of the rival's three.
  third.revealed.pop_back();
  EXPECT_TRUE(extended_with(log.signed_leaf(third, {7, 17}, 8), rival));
  // He may reveal himself at his place in either.
  third.revealed[0].prior_index = 1;
  EXPECT_TRUE(extended_with(log.signed_leaf(third, {7, 17}, 8), rival));
}

TEST_F(Rivals, AreNotEndedByOneSetAlone) {
  EXPECT_FAULT(extended_with(log.signed_leaf(third, {7}, 8), rival), Fault::too_few_signatures);
  third.revealed.erase(third.revealed.begin());
  EXPECT_FAULT(extended_with(log.signed_leaf(third, {17, 18}, 8), rival),
               Fault::too_few_signatures);
  third.revealed[0].prior_index = 1;  // the place of seven
  EXPECT_FAULT(extended_with(log.signed_leaf(third, {17, 18}, 8), rival), Fault::unknown_key);
  third.revealed[0] = {0, test::fixed_key(50).public_key().bytes()};  // in neither
  EXPECT_FAULT(extended_with(log.signed_leaf(third, {50, 18}, 8), rival), Fault::unknown_key);
}

TEST_F(Rivals, MustBeShownWhenRepudiated) {
  const Bytes leaf = log.signed_leaf(third, {7, 17, 18}, 8);
  EXPECT_FAULT(extended_with(leaf, {}), Fault::broken_chain);
  EXPECT_FAULT(extended_with(leaf, log.identity.newest().leaf), Fault::broken_chain);
  Bytes forged = rival;
  forged.back() ^= 1;
  EXPECT_FAULT(extended_with(leaf, forged), Fault::bad_signature);
  third.repudiated = empty_root();
  EXPECT_FAULT(extended_with(log.signed_leaf(third, {7, 17, 18}, 8), rival), Fault::broken_chain);
  // Nor is one shown that is not repudiated.
  third.repudiated.reset();
  third.revealed.resize(1);
  EXPECT_FAULT(extended_with(log.signed_leaf(third, {7}, 8), rival), Fault::bad_value);
  EXPECT_TRUE(extended_with(log.signed_leaf(third, {7}, 8), {}));
}

TEST_F(Rivals, AreToldFromWhatIsNone) {
  EXPECT_EQ(log.identity.check_rival(rival).value_or(0), 1U);
  EXPECT_FAULT(log.identity.check_rival(log.identity.newest().leaf), Fault::broken_chain);
  EXPECT_FAULT(log.identity.check_rival(log.identity.events()[0].leaf), Fault::broken_chain);
  EXPECT_FAULT(before->check_rival(rival), Fault::broken_chain);  // it would simply extend
  EXPECT_FAULT(log.identity.check_rival(log.leaves[1]), Fault::bad_value);
  // A thief has the hot key, not the officers'.
  Establish stolen = decode_establish(rival);
  stolen.revealed.clear();
  EXPECT_FAULT(log.identity.check_rival(log.signed_leaf(stolen, {}, 16)),
               Fault::too_few_signatures);
  // The place of the other branch is not ours to judge.
  Establish later = decode_establish(rival);
  later.trusted_size = log.tree.size() + 1000;
  EXPECT_TRUE(log.identity.check_rival(log.signed_leaf(later, {3, 5}, 16)));
}

TEST_F(Rivals, OfARepudiatingEventAreJudgedByTheSameRival) {
  ASSERT_TRUE(log.identity.extend(log.signed_leaf(third, {7, 17, 18}, 8), log.tree.size(), rival));
  Establish other = third;
  other.log_key = test::fixed_key(9).public_key().bytes();
  EXPECT_EQ(log.identity.check_rival(log.signed_leaf(other, {7, 17, 18}, 9)).value_or(0), 2U);
  other.repudiated = empty_root();
  EXPECT_FAULT(log.identity.check_rival(log.signed_leaf(other, {7, 17, 18}, 9)),
               Fault::broken_chain);
}

}  // namespace
}  // namespace moot::log

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

TEST(Identity, CountsAReserveKeyOnceInARepudiationToo) {
  const FixedLog log = a_log();
  Establish event = log.next_establish();
  event.repudiated = empty_root();
  event.revealed = {{0, test::fixed_key(3).public_key().bytes()},
                    {0, test::fixed_key(50).public_key().bytes()}};  // of the rival's set
  EXPECT_FAULT(extended(log, log.signed_leaf(event, {3, 50})), Fault::too_few_signatures);
  event.revealed.push_back({2, test::fixed_key(5).public_key().bytes()});
  EXPECT_TRUE(extended(log, log.signed_leaf(event, {3, 50, 5})));
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
  third.revealed = {{0, test::fixed_key(7).public_key().bytes()}};
  third.trusted_size = position;  // without the second event in it
  EXPECT_FAULT(extended(log, log.signed_leaf(third, {7})), Fault::wrong_size);
  third.trusted_size = position + 1;
  EXPECT_TRUE(extended(log, log.signed_leaf(third, {7})));
}

}  // namespace
}  // namespace moot::log

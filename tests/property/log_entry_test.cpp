// Leaves of every kind with random fields are read back to the same; a leaf with random damage is
// refused, or is the one encoding of what it says.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "log/entry.hpp"

namespace moot::log {
namespace {

template <std::size_t N>
FixedBytes<N> some_bytes() {
  FixedBytes<N> out;
  for (std::uint8_t& byte : out) byte = *rc::gen::arbitrary<std::uint8_t>();
  return out;
}

template <class T>
T below(T limit) {
  return *rc::gen::inRange<T>(0, limit);
}

RecordLeaf some_record() {
  RecordLeaf leaf;
  leaf.critical = *rc::gen::arbitrary<bool>();
  leaf.organisation = {some_bytes<32>()};
  leaf.epoch = *rc::gen::arbitrary<std::uint32_t>();
  leaf.time_ms = *rc::gen::arbitrary<std::uint64_t>();
  leaf.record = some_bytes<16>();
  leaf.previous = below(limits::log_entries_max + 1);
  leaf.kind = *rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::element('a', 'm', 'z', '0', '9', '_')));
  leaf.kind.resize(std::min(leaf.kind.size(), limits::kind_bytes_max));
  const int parts = below(4);
  if (parts == 0) leaf.operation = Operation::withdraw;
  if ((parts & 1) != 0) leaf.parts.push_back({Part::public_part, some_bytes<32>()});
  if ((parts & 2) != 0) leaf.parts.push_back({Part::personal_part, some_bytes<32>()});
  return leaf;
}

EraseLeaf some_erase() {
  EraseLeaf leaf;
  leaf.critical = *rc::gen::arbitrary<bool>();
  leaf.reason = static_cast<EraseReason>(1 + below(6));
  leaf.organisation = {some_bytes<32>()};
  leaf.epoch = *rc::gen::arbitrary<std::uint32_t>();
  leaf.time_ms = *rc::gen::arbitrary<std::uint64_t>();
  const std::size_t count = 1 + below(limits::erase_leaves_max);
  LeafIndex next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    next += 1 + below<LeafIndex>(1000);
    leaf.erased.push_back({next, static_cast<std::uint8_t>(1 + below(3))});
  }
  return leaf;
}

Establish some_establish() {
  Establish event;
  event.time_s = *rc::gen::arbitrary<std::uint64_t>();
  event.log_key = some_bytes<32>();
  for (std::size_t i = below(limits::node_keys_max + 1); i > 0; --i) {
    event.node_keys.push_back(some_bytes<32>());
  }
  const std::size_t digests = 1 + below(limits::reserve_keys_max);
  for (std::size_t i = 0; i < digests; ++i) event.next_digests.push_back(some_bytes<32>());
  event.threshold_next = static_cast<std::uint8_t>(1 + below(digests));
  event.seq = below<std::uint32_t>(limits::establish_events_max);
  if (event.seq > 0) {
    event.organisation = {some_bytes<32>()};
    event.organisation.bytes[0] |= 1;
    event.previous = some_bytes<32>();
    event.trusted_size = 1 + below(limits::log_entries_max);
    event.trusted_root = some_bytes<32>();
    for (std::uint8_t i = below<std::uint8_t>(16); i > 0; --i) {
      event.revealed.push_back({i, some_bytes<32>()});
      event.signatures.push_back({EstablishSignature::Kind::reserve,
                                  static_cast<std::uint8_t>(event.revealed.size() - 1),
                                  some_bytes<64>()});
    }
    if (*rc::gen::arbitrary<bool>()) event.repudiated = some_bytes<32>();
  }
  event.witness_policy = std::string(below(limits::witness_policy_bytes_max + 1), 'w');
  event.signatures.push_back({EstablishSignature::Kind::new_log_key, 0, some_bytes<64>()});
  return event;
}

Bytes encode_entry(const Entry& entry) {
  struct Encode {
    Bytes operator()(const RecordLeaf& leaf) const { return encode(leaf); }
    Bytes operator()(const EraseLeaf& leaf) const { return encode(leaf); }
    Bytes operator()(const Establish& leaf) const { return encode(leaf); }
    Bytes operator()(const UnknownLeaf&) const { return {}; }
  };
  return std::visit(Encode(), entry);
}

Entry some_entry() {
  switch (below(3)) {
    case 0:
      return some_record();
    case 1:
      return some_erase();
    default:
      return some_establish();
  }
}

TEST(LogEntryProperty, LeavesAreReadBackToTheSame) {
  EXPECT_TRUE(rc::check([] {
    const Entry entry = some_entry();
    const Bytes leaf = encode_entry(entry);
    RC_ASSERT(decode_entry(leaf).value() == entry);
  }));
}

TEST(LogEntryProperty, ADamagedLeafIsRefusedOrSaysWhatItsBytesSay) {
  EXPECT_TRUE(rc::check([] {
    Bytes leaf = encode_entry(some_entry());
    leaf[below(leaf.size())] = *rc::gen::arbitrary<std::uint8_t>();
    if (*rc::gen::arbitrary<bool>()) leaf.resize(below(leaf.size() + 2));
    const auto entry = decode_entry(leaf);
    if (!entry || std::holds_alternative<UnknownLeaf>(*entry)) return;
    RC_ASSERT(encode_entry(*entry) == leaf);
  }));
}

}  // namespace
}  // namespace moot::log

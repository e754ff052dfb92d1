#pragma once
#include <vector>

#include "log/entry.hpp"

namespace moot::log {

/// One verified event of an organisation's chain, with the leaf index at which its log carries it.
struct EstablishEvent {
  Bytes leaf;
  LeafIndex position = 0;
  Hash id{};
  Establish establish;
  Bytes rival_leaf;  ///< of the event that this one repudiates; empty: none
};

/// The verified chain of key events of one organisation: which key signs its checkpoints at which
/// size, which node keys speak for it. It resists a thief of the hot keys: an event counts only
/// when k reserve keys whose digests the event before it published have signed it, and its position
/// in the log is what the log's tree proves, not what anyone says.
class Identity {
 public:
  /// From leaf 0: seq 0, signed by its own log key; it defines the organisation.
  static Result<Identity, Fault> begin(ByteView first_leaf);
  /// The next event, at `position` (larger than that of the one before). Checked: seq, previous, k
  /// distinct reserve keys against the digests before, the new log key's signature, that no event
  /// before named this log key (broken_chain), and that the head which the officers stand by holds
  /// the event before (its position < trusted_size) and is not of the future (trusted_size <=
  /// position). Whether trusted_root is that head's root is for whoever holds the tree. An event
  /// that repudiates a rival of the one before needs `rival_leaf`: the rival must be a valid event
  /// of that seq with the id that is repudiated, and k of its next-set must have signed as well as
  /// k of this chain's. broken_chain when the rival is missing or another; bad_value when one is
  /// given that the event does not repudiate. After a fault nothing has changed.
  Result<Done, Fault> extend(ByteView leaf, LeafIndex position, ByteView rival_leaf = {});
  /// Would this be another valid event of the seq (1 or more) of one that this chain has? Answers
  /// that seq, or why it is none. Its place and the head that it stands by are not judged, because
  /// it stands in another tree. A rival that itself repudiates an event which this chain does not
  /// repudiate cannot be judged: broken_chain.
  Result<std::uint32_t, Fault> check_rival(ByteView leaf) const;

  const OrganisationId& organisation() const { return organisation_; }
  /// By seq; never empty.
  const std::vector<EstablishEvent>& events() const { return events_; }
  const EstablishEvent& newest() const { return events_.back(); }
  /// The event under which a checkpoint of `size` > 0 is valid: the newest placed before `size`.
  const EstablishEvent& valid_at(TreeSize size) const;
  /// Its log key.
  Result<crypto::PublicKey, Fault> log_key_at(TreeSize size) const;
  /// Does the newest event list this node key?
  bool lists_node_key(const crypto::PublicKeyBytes& key) const;

 private:
  Identity() = default;
  Result<Establish, Fault> rival_of(const Establish& event, ByteView rival_leaf) const;

  OrganisationId organisation_;
  std::vector<EstablishEvent> events_;
};

/// What a new organisation's first event needs.
struct FirstEstablish {
  std::uint64_t time_s = 0;
  std::vector<crypto::PublicKeyBytes> node_keys;
  std::uint8_t threshold_next = 1;
  /// Public halves; only their digests are written.
  std::vector<crypto::PublicKeyBytes> reserve_keys;
};
/// Encodes and signs leaf 0.
Bytes make_first_establish(const FirstEstablish& parameters, const crypto::SigningKey& log_key);

}  // namespace moot::log

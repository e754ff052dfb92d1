#include "log/identity.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "base/check.hpp"
#include "log/establish_layout.hpp"

namespace moot::log {
namespace {

bool is_signed_by(const crypto::PublicKeyBytes& key, ByteView body,
                  const crypto::Signature& signature) {
  const auto public_key = crypto::PublicKey::from_bytes(key);
  return public_key && public_key->verify_use("establish", body, signature);
}

/// Checks the signature of each key that signs, and that the log key is one of them.
Result<Done, Fault> check_signatures(const Establish& event, ByteView body) {
  bool is_signed_by_log_key = false;
  for (const EstablishSignature& signature : event.signatures) {
    const bool is_log_key = signature.kind == EstablishSignature::Kind::new_log_key;
    const auto& key = is_log_key ? event.log_key : event.revealed[signature.index].key;
    if (!is_signed_by(key, body, signature.signature)) return fail(Fault::bad_signature);
    is_signed_by_log_key = is_signed_by_log_key || is_log_key;
  }
  if (!is_signed_by_log_key) return fail(Fault::bad_signature);
  return Done();
}

/// Which place of a set of digests a key has; nullopt: none.
std::optional<std::size_t> place_of(const crypto::PublicKeyBytes& key, const Establish& before) {
  const auto& digests = before.next_digests;
  const auto found = std::find(digests.begin(), digests.end(), reserve_digest(key));
  if (found == digests.end()) return std::nullopt;
  return static_cast<std::size_t>(found - digests.begin());
}

bool is_announced(const RevealedKey& revealed, const Establish& before) {
  return place_of(revealed.key, before) == revealed.prior_index;
}

/// How many reserve keys that `before` announced have signed. A signature is once for a key, and a
/// key has one place among distinct digests, so none counts twice.
std::size_t signed_of_set(const Establish& event, const Establish& before) {
  return static_cast<std::size_t>(std::count_if(
      event.signatures.begin(), event.signatures.end(), [&](const EstablishSignature& signature) {
        return signature.kind == EstablishSignature::Kind::reserve &&
               place_of(event.revealed[signature.index].key, before).has_value();
      }));
}

/// Have k of the reserve keys that `before` announced signed, and k of the rival's that the event
/// repudiates? A key that neither announced has no business here. An officer whose key is in both
/// sets counts in both, and reveals it at its place in either.
Result<Done, Fault> check_reserve_keys(const Establish& event, const Establish& before,
                                       const Establish* rival) {
  const bool are_all_announced =
      std::all_of(event.revealed.begin(), event.revealed.end(), [&](const RevealedKey& revealed) {
        return is_announced(revealed, before) ||
               (rival != nullptr && is_announced(revealed, *rival));
      });
  if (!are_all_announced) return fail(Fault::unknown_key);
  const bool is_enough =
      signed_of_set(event, before) >= before.threshold_next &&
      (rival == nullptr || signed_of_set(event, *rival) >= rival->threshold_next);
  if (!is_enough) return fail(Fault::too_few_signatures);
  return Done();
}

/// All that makes `layout` a valid event behind `chain` (not empty), but for its place and the head
/// that it stands by. `rival`: of the event that it repudiates.
Result<Done, Fault> check_event(const EstablishLayout& layout, ByteView leaf,
                                const OrganisationId& organisation,
                                std::span<const EstablishEvent> chain, const Establish* rival) {
  const Establish& event = layout.establish;
  const EstablishEvent& before = chain.back();
  if (event.seq != before.establish.seq + 1 || event.previous != before.id) {
    return fail(Fault::broken_chain);
  }
  // Whoever has a log key of before would sign for the organisation again, and a checkpoint of one
  // epoch could be shown as one of another.
  if (std::ranges::any_of(chain, [&](const EstablishEvent& earlier) {
        return earlier.establish.log_key == event.log_key;
      })) {
    return fail(Fault::broken_chain);
  }
  if (event.organisation != organisation) return fail(Fault::wrong_organisation);
  if (const auto checked = check_reserve_keys(event, before.establish, rival); !checked) {
    return checked;
  }
  return check_signatures(event, leaf.first(layout.body_bytes));
}

EstablishEvent event_of(ByteView leaf, LeafIndex position, EstablishLayout layout,
                        ByteView rival_leaf = {}) {
  return {.leaf = to_bytes(leaf),
          .position = position,
          .id = event_id(leaf.first(layout.body_bytes)),
          .establish = std::move(layout.establish),
          .rival_leaf = to_bytes(rival_leaf)};
}

}  // namespace

Result<Identity, Fault> Identity::begin(ByteView first_leaf) {
  auto layout = read_establish(first_leaf);
  if (!layout) return fail(layout.error());
  if (layout->establish.seq != 0) return fail(Fault::broken_chain);
  const ByteView body = first_leaf.first(layout->body_bytes);
  if (const auto checked = check_signatures(layout->establish, body); !checked) {
    return fail(checked.error());
  }
  Identity out;
  out.organisation_ = organisation_of(body);
  out.events_.push_back(event_of(first_leaf, 0, std::move(*layout)));
  return out;
}

Result<Establish, Fault> Identity::rival_of(const Establish& event, ByteView rival_leaf) const {
  if (rival_leaf.empty()) return fail(Fault::broken_chain);
  const auto seq = check_rival(rival_leaf);
  if (!seq) return fail(seq.error());
  auto rival = read_establish(rival_leaf);
  MOOT_CHECK(rival.has_value());  // check_rival has read it
  if (*seq + 1 != event.seq || event_id(rival_leaf.first(rival->body_bytes)) != event.repudiated) {
    return fail(Fault::broken_chain);
  }
  return std::move(rival->establish);
}

Result<Done, Fault> Identity::extend(ByteView leaf, LeafIndex position, ByteView rival_leaf) {
  auto layout = read_establish(leaf);
  if (!layout) return fail(layout.error());
  const Establish& event = layout->establish;
  const EstablishEvent& before = newest();
  std::optional<Establish> rival;
  if (event.repudiated) {
    auto found = rival_of(event, rival_leaf);
    if (!found) return fail(found.error());
    rival = std::move(*found);
  } else if (!rival_leaf.empty()) {
    return fail(Fault::bad_value);
  }
  if (const auto checked =
          check_event(*layout, leaf, organisation_, events_, rival ? &*rival : nullptr);
      !checked) {
    return checked;
  }
  // The head that the officers stand by holds the event before (s_{j-1}), and is not of the future.
  if (position <= before.position || event.trusted_size <= before.position ||
      event.trusted_size > position) {
    return fail(Fault::wrong_size);
  }
  events_.push_back(event_of(leaf, position, std::move(*layout), rival_leaf));
  return Done();
}

Result<std::uint32_t, Fault> Identity::check_rival(ByteView leaf) const {
  const auto layout = read_establish(leaf);
  if (!layout) return fail(layout.error());
  const Establish& event = layout->establish;
  // Another first event is another organisation's.
  if (event.seq == 0 || event.seq >= events_.size()) return fail(Fault::broken_chain);
  const EstablishEvent& ours = events_[event.seq];
  if (event_id(leaf.first(layout->body_bytes)) == ours.id) return fail(Fault::broken_chain);
  // One that repudiates an event itself is judged by the rival that ours repudiates too; any other
  // cannot be judged by what is known here.
  std::optional<Establish> repudiated;
  if (event.repudiated) {
    if (event.repudiated != ours.establish.repudiated) return fail(Fault::broken_chain);
    auto rival = read_establish(ours.rival_leaf);
    MOOT_CHECK(rival.has_value());  // extend() took it
    repudiated = std::move(rival->establish);
  }
  if (const auto checked =
          check_event(*layout, leaf, organisation_, std::span(events_).first(event.seq),
                      repudiated ? &*repudiated : nullptr);
      !checked) {
    return fail(checked.error());
  }
  return event.seq;
}

const EstablishEvent& Identity::valid_at(TreeSize size) const {
  MOOT_CHECK(size > 0);
  const auto after =
      std::partition_point(events_.begin(), events_.end(),
                           [&](const EstablishEvent& event) { return event.position < size; });
  return *std::prev(after);
}

Result<crypto::PublicKey, Fault> Identity::log_key_at(TreeSize size) const {
  const auto key = crypto::PublicKey::from_bytes(valid_at(size).establish.log_key);
  // Its signature was checked when the event was taken in, so that it is a key.
  MOOT_CHECK(key.has_value(), size);
  return *key;
}

bool Identity::lists_node_key(const crypto::PublicKeyBytes& key) const {
  const auto& keys = newest().establish.node_keys;
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Bytes make_first_establish(const FirstEstablish& parameters, const crypto::SigningKey& log_key) {
  Establish first;
  first.time_s = parameters.time_s;
  first.log_key = log_key.public_key().bytes();
  first.node_keys = parameters.node_keys;
  first.threshold_next = parameters.threshold_next;
  for (const auto& key : parameters.reserve_keys) {
    first.next_digests.push_back(reserve_digest(key));
  }
  first.signatures = {{EstablishSignature::Kind::new_log_key, 0,
                       log_key.sign_use("establish", encode_body(first))}};
  return encode(first);
}

}  // namespace moot::log

#include "log/identity.hpp"

#include <algorithm>

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

bool matches_digest(const RevealedKey& revealed, const Establish& before) {
  return revealed.prior_index < before.next_digests.size() &&
         reserve_digest(revealed.key) == before.next_digests[revealed.prior_index];
}

/// Have k of the reserve keys that `before` announced signed? Each place counts once. A key that
/// was not announced has no business here, but in an event that repudiates a rival, where it speaks
/// for the rival's set.
Result<Done, Fault> check_reserve_keys(const Establish& event, const Establish& before) {
  std::vector<bool> has_signed(before.next_digests.size(), false);
  for (const EstablishSignature& signature : event.signatures) {
    if (signature.kind != EstablishSignature::Kind::reserve) continue;
    const RevealedKey& revealed = event.revealed[signature.index];
    if (matches_digest(revealed, before)) has_signed[revealed.prior_index] = true;
  }
  const bool are_all_announced =
      std::all_of(event.revealed.begin(), event.revealed.end(),
                  [&](const RevealedKey& revealed) { return matches_digest(revealed, before); });
  if (!event.repudiated && !are_all_announced) return fail(Fault::unknown_key);
  const auto count = std::count(has_signed.begin(), has_signed.end(), true);
  if (count < before.threshold_next) return fail(Fault::too_few_signatures);
  return Done();
}

EstablishEvent event_of(ByteView leaf, LeafIndex position, EstablishLayout layout) {
  return {to_bytes(leaf),
          position,
          event_id(leaf.first(layout.body_bytes)),
          std::move(layout.establish),
          {}};
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

Result<Done, Fault> Identity::extend(ByteView leaf, LeafIndex position, ByteView /*rival_leaf*/) {
  auto layout = read_establish(leaf);
  if (!layout) return fail(layout.error());
  const Establish& event = layout->establish;
  const EstablishEvent& before = newest();
  if (event.seq != before.establish.seq + 1 || event.previous != before.id) {
    return fail(Fault::broken_chain);
  }
  if (event.organisation != organisation_) return fail(Fault::wrong_organisation);
  // The head that the officers stand by holds the event before (s_{j-1}), and is not of the future.
  if (position <= before.position || event.trusted_size <= before.position ||
      event.trusted_size > position) {
    return fail(Fault::wrong_size);
  }
  if (const auto checked = check_reserve_keys(event, before.establish); !checked) {
    return fail(checked.error());
  }
  const ByteView body = leaf.first(layout->body_bytes);
  if (const auto checked = check_signatures(event, body); !checked) return fail(checked.error());
  events_.push_back(event_of(leaf, position, std::move(*layout)));
  return Done();
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

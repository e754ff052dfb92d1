#include "log/establish_layout.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "log/record_fields.hpp"
#include "log/text.hpp"

namespace moot::log {
namespace {

constexpr Hash zeros{};
// One of each revealed reserve key, and the new log key's.
constexpr std::size_t signatures_max = limits::reserve_keys_max + 1;

/// Lists here have at most 17 items, so comparing all pairs is the plain way.
template <class T, class Same>
bool are_distinct(const std::vector<T>& items, Same same) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (same(items[i], items[j])) return false;
    }
  }
  return true;
}

template <class T>
bool are_distinct(const std::vector<T>& items) {
  return are_distinct(items, [](const T& a, const T& b) { return a == b; });
}

/// A list of 32-byte items behind its count.
Result<std::vector<Hash>, Fault> read_list(Reader& in, std::size_t count_max) {
  const std::size_t count = in.u8();
  if (count > count_max) return fail(Fault::bad_value);
  std::vector<Hash> out(count);
  for (Hash& item : out) item = in.fixed<32>();
  return out;
}

Result<std::vector<RevealedKey>, Fault> read_revealed(Reader& in) {
  const std::size_t count = in.u8();
  if (count > limits::reserve_keys_max) return fail(Fault::bad_value);
  std::vector<RevealedKey> out(count);
  for (RevealedKey& revealed : out) {
    revealed.prior_index = in.u8();
    revealed.key = in.fixed<32>();
    if (revealed.prior_index >= limits::reserve_keys_max) return fail(Fault::bad_value);
  }
  return out;
}

Result<Done, Fault> read_lists(Reader& in, Establish& out) {
  auto node_keys = read_list(in, limits::node_keys_max);
  if (!node_keys) return fail(node_keys.error());
  out.node_keys = std::move(*node_keys);
  out.threshold_next = in.u8();
  auto digests = read_list(in, limits::reserve_keys_max);
  if (!digests) return fail(digests.error());
  out.next_digests = std::move(*digests);
  auto revealed = read_revealed(in);
  if (!revealed) return fail(revealed.error());
  out.revealed = std::move(*revealed);
  return Done();
}

/// What holds for every event, whatever stands before it.
bool is_consistent(const Establish& event) {
  const bool is_threshold_right =
      event.threshold_next >= 1 && event.threshold_next <= event.next_digests.size();
  const bool are_keys_distinct =
      are_distinct(event.revealed, [](const auto& a, const auto& b) { return a.key == b.key; });
  // A repudiating event reveals keys of two sets of digests, so that places may come twice in it.
  const bool are_places_distinct =
      event.repudiated || are_distinct(event.revealed, [](const auto& a, const auto& b) {
        return a.prior_index == b.prior_index;
      });
  return event.seq < limits::establish_events_max && is_threshold_right && are_keys_distinct &&
         are_places_distinct && are_distinct(event.node_keys) && are_distinct(event.next_digests);
}

/// The first event has nothing before it; each later one names an organisation and a head.
bool is_place_in_chain_right(const Establish& event) {
  const bool names_organisation = event.organisation != OrganisationId();
  if (event.seq == 0) {
    return !names_organisation && event.previous == zeros && event.trusted_size == 0 &&
           event.trusted_root == zeros && event.revealed.empty() && !event.repudiated;
  }
  return names_organisation && event.trusted_size >= 1 &&
         event.trusted_size <= limits::log_entries_max;
}

/// From behind version and type to the end of the body.
Result<Establish, Fault> read_body(Reader& in) {
  Establish out;
  out.organisation = {in.fixed<32>()};
  out.seq = in.u32();
  out.previous = in.fixed<32>();
  out.time_s = in.u64();
  out.trusted_size = in.u64();
  out.trusted_root = in.fixed<32>();
  out.log_key = in.fixed<32>();
  if (const auto lists = read_lists(in, out); !lists) return fail(lists.error());
  const std::uint8_t has_repudiated = in.u8();
  if (has_repudiated > 1) return fail(Fault::bad_value);
  if (has_repudiated == 1) out.repudiated = in.fixed<32>();
  const std::size_t policy_bytes = in.u16();
  if (policy_bytes > limits::witness_policy_bytes_max) return fail(Fault::too_long);
  out.witness_policy = text_of(in.bytes(policy_bytes));
  if (!in.ok()) return fail(Fault::truncated);
  if (!is_consistent(out) || !is_place_in_chain_right(out)) return fail(Fault::bad_value);
  if (!is_utf8(out.witness_policy)) return fail(Fault::bad_text);
  return out;
}

bool is_signature_placed(const EstablishSignature& signature, const Establish& event) {
  switch (signature.kind) {
    case EstablishSignature::Kind::reserve:
      return signature.index < event.revealed.size();
    case EstablishSignature::Kind::new_log_key:
      return signature.index == 0;
  }
  return false;
}

Result<std::vector<EstablishSignature>, Fault> read_signatures(Reader& in, const Establish& event) {
  const std::size_t count = in.u8();
  if (!in.ok()) return fail(Fault::truncated);
  if (count > signatures_max) return fail(Fault::bad_value);
  std::vector<EstablishSignature> out(count);
  for (EstablishSignature& signature : out) {
    signature.kind = static_cast<EstablishSignature::Kind>(in.u8());
    signature.index = in.u8();
    signature.signature = in.fixed<64>();
    if (!in.ok()) return fail(Fault::truncated);
    if (!is_signature_placed(signature, event)) return fail(Fault::bad_value);
  }
  const bool are_signers_distinct = are_distinct(
      out, [](const auto& a, const auto& b) { return a.kind == b.kind && a.index == b.index; });
  // The first event has no reserve keys before it: its log key's signature is the only one.
  if (!are_signers_distinct || (event.seq == 0 && count != 1)) return fail(Fault::bad_value);
  return out;
}

void write_list(Writer& out, const std::vector<Hash>& items) {
  out.u8(static_cast<std::uint8_t>(items.size()));
  for (const Hash& item : items) out.bytes(item);
}

Bytes write_body(const Establish& event) {
  Writer out(limits::KiB);
  out.u8(entry_version).u8(static_cast<std::uint8_t>(EntryType::establish));
  out.bytes(event.organisation.bytes).u32(event.seq).bytes(event.previous).u64(event.time_s);
  out.u64(event.trusted_size).bytes(event.trusted_root).bytes(event.log_key);
  write_list(out, event.node_keys);
  out.u8(event.threshold_next);
  write_list(out, event.next_digests);
  out.u8(static_cast<std::uint8_t>(event.revealed.size()));
  for (const RevealedKey& revealed : event.revealed) {
    out.u8(revealed.prior_index).bytes(revealed.key);
  }
  out.u8(event.repudiated ? 1 : 0);
  if (event.repudiated) out.bytes(*event.repudiated);
  out.u16(static_cast<std::uint16_t>(event.witness_policy.size()));
  out.bytes(view_of(event.witness_policy));
  return out.take();
}

}  // namespace

Result<EstablishLayout, Fault> read_establish(ByteView leaf) {
  if (leaf.size() > limits::establish_bytes_max) return fail(Fault::too_long);
  if (!is_entry_of(leaf, EntryType::establish)) return fail(Fault::bad_value);
  Reader in(leaf.subspan(2));
  auto body = read_body(in);
  if (!body) return fail(body.error());
  EstablishLayout out{std::move(*body), leaf.size() - in.left()};
  auto signatures = read_signatures(in, out.establish);
  if (!signatures) return fail(signatures.error());
  out.establish.signatures = std::move(*signatures);
  if (!in.finished()) return fail(fault_at_end(in));
  return out;
}

Bytes encode_body(const Establish& establish) {
  Bytes body = write_body(establish);
  // Reading it back checks counts, ranges and lengths by the one set of rules that there is.
  Reader in(ByteView(body).subspan(2));
  auto again = read_body(in);
  MOOT_CHECK(again.has_value() && in.finished(), establish.seq, body.size());
  again->signatures = establish.signatures;
  MOOT_CHECK(*again == establish, establish.seq);
  return body;
}

Bytes encode(const Establish& establish) {
  Writer out(2 * limits::KiB);
  out.bytes(encode_body(establish));
  out.u8(static_cast<std::uint8_t>(establish.signatures.size()));
  for (const EstablishSignature& signature : establish.signatures) {
    out.u8(static_cast<std::uint8_t>(signature.kind)).u8(signature.index);
    out.bytes(signature.signature);
  }
  Bytes leaf = out.take();
  const auto again = read_establish(leaf);
  MOOT_CHECK(again && again->establish == establish, establish.seq, leaf.size());
  return leaf;
}

Result<ByteView, Fault> establish_body(ByteView leaf) {
  const auto layout = read_establish(leaf);
  if (!layout) return fail(layout.error());
  return leaf.first(layout->body_bytes);
}

}  // namespace moot::log

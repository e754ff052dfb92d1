#include "sync/hello.hpp"

#include <algorithm>

#include "crypto/hash.hpp"

namespace moot::sync {
namespace {

constexpr std::uint8_t format = 1;
constexpr std::string_view use = "hello";

Bytes fields_of(const Hello& hello) {
  Writer out(93);
  out.u8(format).u16(hello.version_min).u16(hello.version_max).u32(hello.features);
  out.bytes(hello.organisation.bytes).u32(hello.establish_seq).bytes(hello.node_key);
  return out.bytes(hello.interest).take();
}

Bytes signed_bytes_of(const Binding& binding, ByteView fields) {
  Writer out(65 + fields.size());
  out.u8(binding.by_dialler ? 1 : 2).bytes(binding.handshake_hash).bytes(binding.noise_static_key);
  return out.bytes(fields).take();
}

}  // namespace

InterestDigest digest_of_interest(std::span<const log::OrganisationId> sorted_ids) {
  crypto::Sha256 hash;
  hash.update(view_of(std::string_view("moot/interest/v1\0", 17)));
  for (const log::OrganisationId& id : sorted_ids) hash.update(id.bytes);
  const Hash whole = hash.finish();
  InterestDigest digest;
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

Bytes encode(const Hello& hello, const Binding& binding, const crypto::SigningKey& node_key) {
  Bytes out = fields_of(hello);
  append(out, node_key.sign_use(use, signed_bytes_of(binding, out)));
  return out;
}

Result<UncheckedHello, log::Fault> decode_hello(ByteView payload, const Binding& binding) {
  Reader in(payload);
  UncheckedHello out;
  const std::uint8_t format_found = in.u8();
  out.hello.version_min = in.u16();
  out.hello.version_max = in.u16();
  out.hello.features = in.u32();
  out.hello.organisation.bytes = in.fixed<32>();
  out.hello.establish_seq = in.u32();
  out.hello.node_key = in.fixed<32>();
  out.hello.interest = in.fixed<16>();
  out.signature = in.fixed<64>();
  if (!in.ok()) return fail(log::Fault::truncated);
  if (!in.finished()) return fail(log::Fault::trailing_bytes);
  if (format_found != format || out.hello.version_min > out.hello.version_max) {
    return fail(log::Fault::bad_value);
  }
  out.signed_bytes = signed_bytes_of(binding, payload.first(payload.size() - out.signature.size()));
  return out;
}

Result<Done, log::Fault> check_hello(const UncheckedHello& hello, const log::Identity& identity) {
  if (identity.organisation() != hello.hello.organisation)
    return fail(log::Fault::wrong_organisation);
  if (!identity.lists_node_key(hello.hello.node_key)) return fail(log::Fault::unknown_key);
  const auto key = crypto::PublicKey::from_bytes(hello.hello.node_key);
  if (!key) return fail(log::Fault::unknown_key);
  if (!key->verify_use(use, hello.signed_bytes, hello.signature)) {
    return fail(log::Fault::bad_signature);
  }
  return Done{};
}

}  // namespace moot::sync

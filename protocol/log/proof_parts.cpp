#include <algorithm>

#include "base/check.hpp"
#include "log/proof.hpp"
#include "log/record_fields.hpp"

namespace moot::log {
namespace {

// Version 2 has the rival that an event repudiates behind each event: only where there is one, so
// that most proofs can be read by all.
constexpr std::uint8_t version_without_rivals = 1;
constexpr std::uint8_t version_with_rivals = 2;
// A proof of an establish event carries one of these as its leaf too.
constexpr std::size_t leaf_bytes_max = limits::establish_bytes_max;

Result<Bytes, Fault> read_leaf(Reader& in) {
  const std::size_t leaf_bytes = in.u16();
  if (leaf_bytes > leaf_bytes_max) return fail(Fault::too_long);
  return to_bytes(in.bytes(leaf_bytes));
}

Result<ProofParts::Body, Fault> read_body(Reader& in) {
  ProofParts::Body out;
  const std::uint8_t part = in.u8();
  if (!in.ok()) return fail(Fault::truncated);
  if (part != static_cast<std::uint8_t>(Part::public_part) &&
      part != static_cast<std::uint8_t>(Part::personal_part)) {
    return fail(Fault::bad_value);
  }
  out.part = static_cast<Part>(part);
  out.salt = in.fixed<limits::salt_bytes>();
  const std::size_t body_bytes = in.u32();
  if (body_bytes > limits::body_bytes_max) return fail(Fault::too_long);
  out.body = to_bytes(in.bytes(body_bytes));
  return out;
}

Result<ProofParts::Event, Fault> read_event(Reader& in, bool with_rival) {
  ProofParts::Event out;
  out.position = in.u64();
  auto leaf = read_leaf(in);
  if (!leaf) return fail(leaf.error());
  out.leaf = std::move(*leaf);
  const std::size_t hash_count = in.u8();
  if (hash_count > limits::proof_hashes_max) return fail(Fault::bad_value);
  out.inclusion.resize(hash_count);
  for (Hash& hash : out.inclusion) hash = in.fixed<32>();
  if (with_rival) {
    auto rival = read_leaf(in);
    if (!rival) return fail(rival.error());
    out.rival_leaf = std::move(*rival);
  }
  if (!in.ok()) return fail(Fault::truncated);
  return out;
}

Result<std::vector<ProofParts::Body>, Fault> read_bodies(Reader& in) {
  const std::size_t count = in.u8();
  if (count > limits::parts_max) return fail(Fault::bad_value);
  std::vector<ProofParts::Body> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto body = read_body(in);
    if (!body) return fail(body.error());
    const bool is_ascending = out.empty() || out.back().part < body->part;
    if (!is_ascending) return fail(Fault::bad_value);
    out.push_back(std::move(*body));
  }
  return out;
}

Result<std::vector<ProofParts::Event>, Fault> read_events(Reader& in, bool with_rivals) {
  const std::size_t count = in.u8();
  if (count > limits::establish_events_max) return fail(Fault::bad_value);
  std::vector<ProofParts::Event> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto event = read_event(in, with_rivals);
    if (!event) return fail(event.error());
    out.push_back(std::move(*event));
  }
  return out;
}

void write_leaf(Writer& out, ByteView leaf) {
  MOOT_CHECK(leaf.size() <= leaf_bytes_max, leaf.size());
  out.u16(static_cast<std::uint16_t>(leaf.size())).bytes(leaf);
}

bool has_rival(const ProofParts& parts) {
  return std::any_of(parts.events.begin(), parts.events.end(),
                     [](const ProofParts::Event& event) { return !event.rival_leaf.empty(); });
}

void write_event(Writer& out, const ProofParts::Event& event, bool with_rival) {
  MOOT_CHECK(event.inclusion.size() <= limits::proof_hashes_max, event.inclusion.size());
  out.u64(event.position);
  write_leaf(out, event.leaf);
  out.u8(static_cast<std::uint8_t>(event.inclusion.size()));
  for (const Hash& hash : event.inclusion) out.bytes(hash);
  if (with_rival) write_leaf(out, event.rival_leaf);
}

}  // namespace

Bytes encode(const ProofParts& parts) {
  MOOT_CHECK(parts.bodies.size() <= limits::parts_max, parts.bodies.size());
  MOOT_CHECK(parts.events.size() <= limits::establish_events_max, parts.events.size());
  const bool with_rivals = has_rival(parts);
  Writer out;
  out.u8(with_rivals ? version_with_rivals : version_without_rivals);
  write_leaf(out, parts.leaf);
  out.u8(static_cast<std::uint8_t>(parts.bodies.size()));
  for (const ProofParts::Body& body : parts.bodies) {
    MOOT_CHECK(body.body.size() <= limits::body_bytes_max, body.body.size());
    out.u8(static_cast<std::uint8_t>(body.part)).bytes(body.salt);
    out.u32(static_cast<std::uint32_t>(body.body.size())).bytes(body.body);
  }
  out.u8(static_cast<std::uint8_t>(parts.events.size()));
  for (const ProofParts::Event& event : parts.events) write_event(out, event, with_rivals);
  return out.take();
}

Result<ProofParts, Fault> decode_proof_parts(ByteView extra) {
  Reader in(extra);
  const std::uint8_t version = in.u8();
  if (in.ok() && version != version_without_rivals && version != version_with_rivals) {
    return fail(Fault::not_supported);
  }
  ProofParts out;
  auto leaf = read_leaf(in);
  if (!leaf) return fail(leaf.error());
  out.leaf = std::move(*leaf);
  auto bodies = read_bodies(in);
  if (!bodies) return fail(bodies.error());
  out.bodies = std::move(*bodies);
  auto events = read_events(in, version == version_with_rivals);
  if (!events) return fail(events.error());
  out.events = std::move(*events);
  if (!in.finished()) return fail(fault_at_end(in));
  // Without a rival it would have two encodings.
  if (version == version_with_rivals && !has_rival(out)) return fail(Fault::bad_value);
  return out;
}

}  // namespace moot::log

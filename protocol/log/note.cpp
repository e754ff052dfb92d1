#include "log/note.hpp"

#include <algorithm>
#include <optional>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "log/text.hpp"

namespace moot::log {
namespace {

constexpr std::string_view dash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t ed25519_bytes = 64;
constexpr std::size_t cosignature_bytes = 8 + ed25519_bytes;
constexpr std::uint64_t time_s_max = (std::uint64_t{1} << 63) - 1;  // C2SP tlog-cosignature

Result<NoteSignature, Fault> parse_signature_line(std::string_view line) {
  if (!line.starts_with(dash)) return fail(Fault::bad_text);
  line.remove_prefix(dash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return fail(Fault::bad_text);
  const std::string_view name = line.substr(0, space);
  const auto bytes = crypto::from_base64(line.substr(space + 1));
  if (!is_key_name(name) || !bytes || bytes->size() <= key_id_bytes) return fail(Fault::bad_text);
  Reader in(*bytes);
  NoteSignature out;
  out.name = name;
  out.key_id = in.u32();
  out.signature = to_bytes(in.bytes(in.left()));
  return out;
}

std::string cosigned_text(std::string_view text, std::uint64_t time_s) {
  return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(text);
}

/// The time at which a cosignature was made; 0 for a plain signature. nullopt: it does not verify.
std::optional<std::uint64_t> verify_one(std::string_view text, const NoteSignature& signature,
                                        SignatureType type, const crypto::PublicKey& key) {
  Reader in(signature.signature);
  switch (type) {
    case SignatureType::ed25519: {
      const auto bytes = in.fixed<ed25519_bytes>();
      if (!in.finished() || !key.verify(view_of(text), bytes)) return std::nullopt;
      return 0;
    }
    case SignatureType::cosignature_v1: {
      const std::uint64_t time_s = in.u64();
      const auto bytes = in.fixed<ed25519_bytes>();
      if (!in.finished() || time_s > time_s_max) return std::nullopt;
      if (!key.verify(view_of(cosigned_text(text, time_s)), bytes)) return std::nullopt;
      return time_s;
    }
  }
  return std::nullopt;
}

/// Every signature by a known key must verify (C2SP signed-note: else the whole note is refused).
/// Answers the time of the first.
Result<std::uint64_t, Fault> verify_all(const Note& note, const VerifierKey& key) {
  const std::uint32_t id = key_id(key);
  const auto public_key = crypto::PublicKey::from_bytes(key.key);
  std::optional<std::uint64_t> first_time_s;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != key.name || signature.key_id != id) continue;
    if (!public_key) return fail(Fault::bad_signature);
    const auto time_s = verify_one(note.text, signature, key.type, *public_key);
    if (!time_s) return fail(Fault::bad_signature);
    if (!first_time_s) first_time_s = time_s;
  }
  if (!first_time_s) return fail(Fault::unknown_key);
  return *first_time_s;
}

NoteSignature signature_by(std::string_view name, SignatureType type,
                           const crypto::SigningKey& key) {
  MOOT_CHECK(is_key_name(name), name);
  NoteSignature out;
  out.name = name;
  out.key_id = key_id({out.name, type, key.public_key().bytes()});
  return out;
}

bool is_known_type(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(SignatureType::ed25519) ||
         type == static_cast<std::uint8_t>(SignatureType::cosignature_v1);
}

Bytes type_and_key(const VerifierKey& key) {
  return Writer(33).u8(static_cast<std::uint8_t>(key.type)).bytes(key.key).take();
}

std::string key_id_text(std::uint32_t id) {
  return crypto::to_hex(Writer(key_id_bytes).u32(id).take());
}

}  // namespace

std::uint32_t key_id(const VerifierKey& key) {
  const Hash hash = crypto::sha256(view_of(key.name), view_of("\n"), type_and_key(key));
  return Reader(hash).u32();
}

std::string to_text(const VerifierKey& key) {
  return key.name + "+" + key_id_text(key_id(key)) + "+" + crypto::to_base64(type_and_key(key));
}

Result<VerifierKey, Fault> parse_verifier_key(std::string_view text) {
  const std::size_t name_end = text.find('+');
  if (name_end == std::string_view::npos) return fail(Fault::bad_text);
  const std::size_t id_end = text.find('+', name_end + 1);
  if (id_end == std::string_view::npos) return fail(Fault::bad_text);
  const std::string_view id = text.substr(name_end + 1, id_end - name_end - 1);
  const auto bytes = crypto::from_base64(text.substr(id_end + 1));
  VerifierKey key;
  key.name = text.substr(0, name_end);
  if (!is_key_name(key.name) || !bytes) return fail(Fault::bad_text);
  Reader in(*bytes);
  const std::uint8_t type = in.u8();
  key.key = in.fixed<32>();
  if (!in.finished() || !is_known_type(type)) return fail(Fault::bad_value);
  key.type = static_cast<SignatureType>(type);
  if (id != key_id_text(key_id(key))) return fail(Fault::bad_value);
  return key;
}

Result<Note, Fault> parse_note(std::string_view bytes) {
  if (bytes.size() > limits::note_bytes_max) return fail(Fault::too_long);
  const std::size_t text_end = bytes.rfind("\n\n");
  if (text_end == std::string_view::npos || !is_note_text(bytes)) return fail(Fault::bad_text);
  Note note;
  note.text = bytes.substr(0, text_end + 1);
  std::string_view rest = bytes.substr(text_end + 2);
  while (!rest.empty()) {
    if (note.signatures.size() == limits::note_signatures_max) return fail(Fault::too_long);
    const auto line = take_line(rest);
    if (!line) return fail(Fault::bad_text);
    auto signature = parse_signature_line(*line);
    if (!signature) return fail(signature.error());
    note.signatures.push_back(std::move(*signature));
  }
  if (note.signatures.empty()) return fail(Fault::bad_text);
  return note;
}

std::string signature_line(const NoteSignature& signature) {
  Writer out(key_id_bytes + signature.signature.size());
  out.u32(signature.key_id).bytes(signature.signature);
  return std::string(dash) + signature.name + " " + crypto::to_base64(out.view()) + "\n";
}

std::string to_text(const Note& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) out += signature_line(signature);
  return out;
}

NoteSignature sign_note(std::string_view text, std::string_view name,
                        const crypto::SigningKey& key) {
  MOOT_CHECK(text.ends_with('\n') && is_note_text(text), text.size());
  NoteSignature out = signature_by(name, SignatureType::ed25519, key);
  out.signature = to_bytes(key.sign(view_of(text)));
  return out;
}

Result<Done, Fault> verify_note(const Note& note, const VerifierKey& key) {
  const auto time_s = verify_all(note, key);
  if (!time_s) return fail(time_s.error());
  return Done();
}

NoteSignature cosign_note(std::string_view text, std::string_view name,
                          const crypto::SigningKey& key, std::uint64_t time_s) {
  MOOT_CHECK(text.ends_with('\n') && is_note_text(text), text.size());
  MOOT_CHECK(time_s <= time_s_max, time_s);
  NoteSignature out = signature_by(name, SignatureType::cosignature_v1, key);
  const crypto::Signature signature = key.sign(view_of(cosigned_text(text, time_s)));
  out.signature = Writer(cosignature_bytes).u64(time_s).bytes(signature).take();
  return out;
}

Result<std::uint64_t, Fault> cosigned_at(const Note& note, const VerifierKey& key) {
  if (key.type != SignatureType::cosignature_v1) return fail(Fault::bad_value);
  return verify_all(note, key);
}

}  // namespace moot::log

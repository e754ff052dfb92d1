#pragma once
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/signing.hpp"
#include "log/fault.hpp"

/// C2SP signed-note with Ed25519 (type 0x01) and cosignature/v1 (type 0x04).
namespace moot::log {

enum class SignatureType : std::uint8_t { ed25519 = 0x01, cosignature_v1 = 0x04 };

/// A verifier key: "<name>+<hex key id>+<base64 of type || key>".
struct VerifierKey {
  std::string name;
  SignatureType type = SignatureType::ed25519;
  crypto::PublicKeyBytes key{};
  bool operator==(const VerifierKey&) const = default;
};
/// First four bytes of SHA-256(name || 0A || type || key).
std::uint32_t key_id(const VerifierKey& key);
std::string to_text(const VerifierKey& key);
Result<VerifierKey, Fault> parse_verifier_key(std::string_view text);

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes signature;  ///< without the key id
};
struct Note {
  std::string text;  ///< ends in a line feed; what is signed
  std::vector<NoteSignature> signatures;
};

/// Refuses what the specification refuses: control characters, bad UTF-8, no signature block, over
/// limits::note_bytes_max or note_signatures_max. Signatures by unknown keys stay in.
Result<Note, Fault> parse_note(std::string_view bytes);
std::string to_text(const Note& note);
std::string signature_line(const NoteSignature& signature);

/// Signs text (ending in a line feed) under the name; type 0x01.
NoteSignature sign_note(std::string_view text, std::string_view name,
                        const crypto::SigningKey& key);
/// Is there a signature by this key (name and id) that verifies? unknown_key when there is none by
/// it, bad_signature when there is one and it does not verify. For cosignatures the signed message
/// is "cosignature/v1\ntime <t>\n" || text.
Result<Done, Fault> verify_note(const Note& note, const VerifierKey& key);

/// cosignature/v1: u64 time (seconds) and the signature over it.
NoteSignature cosign_note(std::string_view text, std::string_view name,
                          const crypto::SigningKey& key, std::uint64_t time_s);
/// Time at which `key` cosigned.
Result<std::uint64_t, Fault> cosigned_at(const Note& note, const VerifierKey& key);

}  // namespace moot::log

#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "log/identity.hpp"
#include "log/tree.hpp"

/// A change of an organisation's keys on its way to the officers and back: a text file
/// (docs/protocol.md, section 5.1) that whoever prepares the change writes, that k officers sign on
/// machines of their own, in any order and in copies, and that the node then applies. The event's
/// body is settled before the first signature: it reveals all reserve keys whose public halves the
/// node knows, so that any k of them will do. Any thread.
namespace moot::log {

/// The public half of a reserve key for people to pass on: Bech32m under `mootpub`.
std::string reserve_key_text(const crypto::PublicKeyBytes& key);
/// bad_checksum when it was mistyped, bad_text when it is none, bad_value when it is no key.
Result<crypto::PublicKeyBytes, Fault> parse_reserve_key_text(std::string_view text);

/// Why the keys change: what is published after the request was made is published again once it is
/// applied, unless a thief may have written it.
enum class Purpose : std::uint8_t { planned, theft, restored };
/// The stable word: "planned".
std::string_view word_of(Purpose purpose);

/// What somebody calls the holder of a key: a note for people, that no signature covers.
struct KeyHolder {
  std::uint8_t place = 0;
  std::string name;
  bool operator==(const KeyHolder&) const = default;
};
struct CollectedSignature {
  std::uint8_t revealed = 0;  ///< index into the event's revealed keys
  crypto::Signature signature{};
  bool operator==(const CollectedSignature&) const = default;
};

/// A request, checked: its parts fit together and each of its signatures is good. Whether it
/// extends the organisation's chain is for whoever holds the chain; the event before is in it, so
/// that a signer without a node is told by it who must sign.
struct EstablishRequest {
  Purpose purpose = Purpose::planned;
  TreeSize log_size = 0;  ///< of the log when the request was made: what is disowned is behind the
                          ///< event's trusted size
  Bytes before_leaf;
  Bytes rival_leaf;  ///< of the event that it repudiates; empty: none
  Bytes body;
  crypto::Signature log_key_signature{};
  std::string name;                            ///< what the organisation calls itself; may be empty
  std::vector<KeyHolder> holders;              ///< of the revealed keys; ascending
  std::vector<KeyHolder> next_holders;         ///< of the next digests; ascending
  std::string note;                            ///< one line for the signers; may be empty
  std::vector<CollectedSignature> signatures;  ///< ascending

  // What is in the leaves and in the body.
  Establish event;  ///< without signatures
  Establish before;
  std::optional<Establish> rival;
  bool operator==(const EstablishRequest&) const = default;
};

struct RequestParameters {
  Purpose purpose = Purpose::planned;
  std::uint64_t time_s = 0;
  Head trusted;           ///< the head that the officers stand by
  TreeSize log_size = 0;  ///< as it is now
  std::vector<crypto::PublicKeyBytes> node_keys;
  std::uint8_t threshold_next = 1;
  /// Reserve keys, 1 to 16, distinct. Empty: those of today stay, with their threshold, also those
  /// whose public halves nobody here knows.
  std::vector<crypto::PublicKeyBytes> next_keys;
  std::vector<crypto::PublicKeyBytes> known_keys;  ///< public halves that are known; those of no
                                                   ///< current officer are left out
  Bytes rival_leaf;                                ///< empty: none
  std::string witness_policy;
};
/// The request without names and signatures, for whoever makes it to fill in `name`, `holders`,
/// `next_holders` and `note`. too_few_signatures when fewer than k of the current keys (or of the
/// rival's) are known; wrong_size when the trusted head does not hold the newest event or is longer
/// than the log; too_long after the last event that a chain may have, or with more than 16 keys to
/// reveal; bad_value for keys or a threshold that cannot be; broken_chain for a rival that is none.
Result<EstablishRequest, Fault> make_request(const Identity& identity,
                                             const RequestParameters& parameters,
                                             const crypto::SigningKey& new_log_key);

/// One request has one text. Names and note must be one line each, within their limits
/// (MOOT_CHECK): see is_request_text().
std::string to_text(const EstablishRequest& request);
/// Strict. bad_text for its form, broken_chain when its parts do not fit together, unknown_key,
/// bad_signature, too_long.
Result<EstablishRequest, Fault> parse_request(std::string_view text);
/// May this stand as a name or note: one line of UTF-8 without control characters, not empty, not
/// beginning or ending in a space, at most `bytes_max`.
bool is_request_text(std::string_view text, std::size_t bytes_max);

enum class SignFault {
  not_an_officer,  ///< the key is in no set that must sign
  not_revealed,    ///< it is, but the request was made without its public half: it cannot count
  already_signed,
};
/// Adds the signature of a reserve key.
Result<Done, SignFault> sign(EstablishRequest& request, const crypto::SigningKey& reserve_key);

/// What a request says that no signature covers and that decides what is published again: its
/// purpose and the size of the log. `moot keys rotate` keeps this text beside the new keys
/// (crypto::write_next_plan), and whoever applies the request goes by it.
std::string plan_text(const EstablishRequest& request);
/// "refused" when the request does not say what was kept.
Result<Done, Error> check_plan(const EstablishRequest& request, std::string_view plan);

/// How many signatures are still needed: of the current officers, and of those that the repudiated
/// event named. One that is in both counts in both.
struct MissingSignatures {
  std::size_t of_current = 0;
  std::size_t of_rival = 0;
  bool is_none() const { return of_current == 0 && of_rival == 0; }
};
MissingSignatures missing_signatures(const EstablishRequest& request);

/// The leaf with all signatures that were collected.
Bytes to_leaf(const EstablishRequest& request);

/// Several copies of one request, each signed by others, as one. They must agree in all that
/// plan_text() says. Errors: "refused", naming the copy by its number from 1.
Result<EstablishRequest, Error> unite(std::span<const std::string> texts);
/// The same, complete, and extending this chain at `position`: what store::AppendEstablish takes
/// once KEYS/next holds its log key. Errors: "refused", "incomplete" when signatures are missing,
/// "exists" when the chain has this event already.
Result<EstablishRequest, Error> unite_and_check(std::span<const std::string> texts,
                                                const Identity& identity, LeafIndex position);

}  // namespace moot::log

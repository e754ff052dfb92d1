#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "crypto/signing.hpp"
#include "log/fault.hpp"
#include "log/organisation_id.hpp"

/// The three leaves of a log, big-endian, fixed layouts (docs/protocol.md, Entries). Leaves are
/// hashed and signed as received: nothing is ever re-encoded to be verified.
namespace moot::log {

using LeafIndex = std::uint64_t;
using TreeSize = std::uint64_t;
using RecordId = FixedBytes<16>;
using Salt = FixedBytes<limits::salt_bytes>;

enum class Operation : std::uint8_t { put = 1, withdraw = 2 };
enum class Part : std::uint8_t { public_part = 1, personal_part = 2 };

struct PartCommitment {
  Part part = Part::public_part;
  Hash commitment{};
  bool operator==(const PartCommitment&) const = default;
};

/// type 02: one version of one record, or its withdrawal.
struct RecordLeaf {
  bool critical = false;
  Operation operation = Operation::put;
  OrganisationId organisation;
  std::uint32_t epoch = 0;    ///< seq of the establish under which it was written
  std::uint64_t time_ms = 0;  ///< publisher's clock, Unix; never used for order
  RecordId record{};
  std::uint64_t previous = 0;         ///< leaf index of the version before, plus 1; 0 none
  std::string kind;                   ///< [a-z0-9_]{1,32}
  std::vector<PartCommitment> parts;  ///< 0 to 2, parts ascending and distinct; a withdraw has none
  bool operator==(const RecordLeaf&) const = default;
};

enum class EraseReason : std::uint8_t {
  data_protection = 1,
  safety = 2,
  court = 3,
  mistake = 4,
  consent_withdrawn = 5,
  abuse = 6
};

struct ErasedLeaf {
  LeafIndex leaf = 0;
  std::uint8_t part_mask = 0;  ///< bit 0 public, bit 1 personal; not 0
  bool operator==(const ErasedLeaf&) const = default;
};

/// type 03: bodies that every holder must destroy. Leaves ascending and distinct.
struct EraseLeaf {
  bool critical = false;
  EraseReason reason = EraseReason::mistake;
  OrganisationId organisation;
  std::uint32_t epoch = 0;
  std::uint64_t time_ms = 0;
  std::vector<ErasedLeaf> erased;
  bool operator==(const EraseLeaf&) const = default;
};

struct RevealedKey {
  std::uint8_t prior_index = 0;  ///< which digest of the event before it matches
  crypto::PublicKeyBytes key{};
  bool operator==(const RevealedKey&) const = default;
};
struct EstablishSignature {
  enum class Kind : std::uint8_t { reserve = 0, new_log_key = 1 };
  Kind kind = Kind::new_log_key;
  std::uint8_t index = 0;  ///< into `revealed` for a reserve key, 0 for the log key
  crypto::Signature signature{};
  bool operator==(const EstablishSignature&) const = default;
};

/// type 01: introduces the log key, the node keys and the digests of the next reserve keys.
struct Establish {
  OrganisationId organisation;  ///< zeros at seq 0
  std::uint32_t seq = 0;
  Hash previous{};  ///< event id of seq - 1; zeros at seq 0
  std::uint64_t time_s = 0;
  TreeSize trusted_size = 0;
  Hash trusted_root{};  ///< zeros at trusted_size 0
  crypto::PublicKeyBytes log_key{};
  std::vector<crypto::PublicKeyBytes> node_keys;
  std::uint8_t threshold_next = 1;  ///< k
  std::vector<Hash> next_digests;   ///< n, distinct
  std::vector<RevealedKey> revealed;
  std::optional<Hash> repudiated;  ///< id of a rival of the event before
  std::string witness_policy;
  std::vector<EstablishSignature> signatures;
  bool operator==(const Establish&) const = default;
};

/// A leaf of a version or type that this node does not know: kept, hashed, passed on, its content
/// ignored.
struct UnknownLeaf {
  std::uint8_t version = 0;
  std::uint8_t type = 0;
  bool critical = false;  ///< then this node is too old for the log
  bool operator==(const UnknownLeaf&) const = default;
};

using Entry = std::variant<RecordLeaf, EraseLeaf, Establish, UnknownLeaf>;

/// Strict: exact length, counts bounded, every field in range.
Result<Entry, Fault> decode_entry(ByteView leaf);
/// Only what most readers need of a record leaf, for hot paths: decode_entry without its
/// allocations when it is a record.
Result<RecordLeaf, Fault> decode_record(ByteView leaf);

/// The fields must be in range (MOOT_CHECK): encoding is for what we write ourselves.
Bytes encode(const RecordLeaf& leaf);
Bytes encode(const EraseLeaf& leaf);
/// The body alone: what is signed (use "establish") and identified.
Bytes encode_body(const Establish& establish);
/// Body and signatures: the leaf.
Bytes encode(const Establish& establish);
/// The body's bytes within an establish leaf as received.
Result<ByteView, Fault> establish_body(ByteView leaf);

/// SHA-256("moot/event/v1\0" || body).
Hash event_id(ByteView establish_body);
/// SHA-256("moot/org/v1\0" || body of seq 0).
OrganisationId organisation_of(ByteView first_establish_body);
/// SHA-256("moot/next/v1\0" || reserve public key).
Hash reserve_digest(const crypto::PublicKeyBytes& key);
/// SHA-256("moot/body/v1\0" || salt || part || body).
Hash body_commitment(const Salt& salt, Part part, ByteView body);

}  // namespace moot::log

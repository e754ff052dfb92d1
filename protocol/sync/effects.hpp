#pragma once
#include <optional>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "log/log_reader.hpp"

/// The whole vocabulary of I/O between the replicator and its driver (the daemon, the simulator).
namespace moot::sync {

/// Names one connection; the driver chooses it and never uses it again.
using ConnectionId = std::uint64_t;
/// Names one Store effect; the answer carries it back.
using Ticket = std::uint64_t;

/// How far along a log somebody is: a head under a newer establish event is ahead of any under an
/// older one, whatever their sizes.
struct Progress {
  std::uint32_t seq = 0;  ///< of the event under which the head is valid
  log::TreeSize size = 0;
  auto operator<=>(const Progress&) const = default;
};

/// Why a session ended (docs/protocol.md, Close reasons). Sent to the peer where it can be.
enum class CloseReason : std::uint16_t {
  none = 0,
  stopping = 1,   ///< this node is shutting down
  duplicate = 2,  ///< the two nodes have another session
  handshake_timeout = 3,
  idle_timeout = 4,
  malformed = 5,  ///< a frame or message that does not decode, or over its limit
  bad_handshake = 6,
  wrong_organisation = 7,  ///< the dialled address belongs to another organisation
  bad_identity = 8,        ///< hello's signature or chain does not verify
  bad_data = 9,            ///< it sent something false: a wrong root, hash, signature, commitment
  too_many = 10,           ///< session limits
  incompatible = 11,       ///< no common version
  self_connection = 12,
  blocked = 13,
  network = 14,  ///< the connection broke (never sent)
};
/// The stable word: "bad-data".
std::string_view word_of(CloseReason reason);

struct Send {
  ConnectionId connection = 0;
  Bytes bytes;
};
/// Close once what was sent before is written (or at once when the peer does not read).
struct Close {
  ConnectionId connection = 0;
  CloseReason reason = CloseReason::none;
  std::string detail;  ///< for the log: which organisation, which entry, what was wrong
};
/// Make this durable, then call handle_stored with the ticket. Stores of one log are done in the
/// order given.
struct StoreRanges {
  Ticket ticket = 0;
  log::OrganisationId organisation;
  std::vector<log::Verified<log::EntryRange>> ranges;
  std::optional<log::Verified<log::Checkpoint>> target;
  bool own_catch_up = false;  ///< our own log: store::Receive must be told
};
struct StoreIdentity {
  Ticket ticket = 0;
  log::Identity identity;
};
/// The peer has proved who it is. Emitted once per connection.
struct Authenticated {
  ConnectionId connection = 0;
  log::OrganisationId organisation;
  crypto::PublicKeyBytes node_key{};
};
/// The shown head of a followed log has moved (and is durable).
struct HeadMoved {
  log::OrganisationId organisation;
  log::Head head;
};
/// A peer holds a validly signed head of OUR OWN log that is beyond ours, or contradicts it: this
/// home is a restored copy, or somebody else signs with our key. The driver must stop publishing
/// until a person has decided (2-log.md).
struct OwnLogAhead {
  log::OrganisationId peer;
  log::Head head;
  bool contradicts = false;  ///< it is not our head grown longer: what is here is another branch
};
/// A peer has told, since the session began or since request_own_heads(), which head of our own log
/// it holds (or that it holds none), and it was not beyond ours.
struct OwnHeadConfirmed {
  log::OrganisationId peer;
};
/// Take the log back (store::Rewind), then call handle_stored with the ticket.
struct StoreRewind {
  Ticket ticket = 0;
  log::TreeSize size = 0;
  log::Identity identity;
};
/// Keep this evidence, which was judged, then call handle_stored. It is gossiped after.
struct StoreEvidence {
  Ticket ticket = 0;
  log::OrganisationId organisation;
  std::uint32_t epoch = 0;
  Bytes file;
};
/// This head of another's log, verified and stored, may be cosigned: the driver notes it durably
/// (store::NoteCosigned), signs with the node key and the time of its clock, and calls
/// handle_cosigned with the signature line. It may also let it be. At most once per log in
/// limits::cosign_every_ms.
struct Cosign {
  log::Checkpoint checkpoint;
};
/// A witness's cosignature of a head of our own log, verified: to be kept (store::KeepCosignature).
struct Cosigned {
  log::OrganisationId witness;
  log::TreeSize size = 0;
  std::uint64_t time_s = 0;
  std::string line;
};
using Effect =
    std::variant<Send, Close, StoreRanges, StoreIdentity, Authenticated, HeadMoved, OwnLogAhead,
                 OwnHeadConfirmed, StoreRewind, StoreEvidence, Cosign, Cosigned>;

}  // namespace moot::sync

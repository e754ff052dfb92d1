#pragma once
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "log/log_reader.hpp"
#include "store/fault.hpp"

/// What can be written: each job is all or nothing, and all jobs given to Store::apply together
/// share one transaction and one sync to disk.
namespace moot::store {

/// Signs a head of our own log and answers the whole note. Called inside the transaction, after the
/// head was found not to contradict any head signed before; nothing is shown to anyone before the
/// transaction is durable.
using SignHead = std::function<std::string(const log::Head&)>;

/// Founds the node's own log: leaf 0 and the checkpoint of size 1.
struct Found {
  Bytes first_leaf;
  SignHead sign;
};

struct NewPart {
  log::Part part = log::Part::public_part;
  log::Salt salt{};
  Bytes body;
  Hash commitment{};  ///< body_commitment(salt, part, body), computed by the caller outside the
                      ///< writer
};
struct NewRecord {
  log::Operation operation = log::Operation::put;
  log::RecordId record{};
  std::string kind;
  std::vector<NewPart> parts;
};
/// Appends records to our own log. The store fills in organisation, epoch and previous version, and
/// signs once.
struct Publish {
  std::vector<NewRecord> records;
  std::uint64_t time_ms = 0;
  SignHead sign;
  /// The queued publish that this is: its row goes in the same transaction. 0: none.
  std::uint64_t queued = 0;
};

/// Keeps a publish until this node may sign (2-log.md, Never fork oneself). Outcome::first is its
/// number. queue_full when limits::queued_* are reached.
struct Enqueue {
  std::vector<NewRecord> records;
  std::uint64_t time_ms = 0;
};
/// Takes a queued publish back (`moot cancel`); unknown_log when there is none of that number.
struct DropQueued {
  std::uint64_t queued = 0;
};

/// Appends an establish event (seq >= 1) to our own log and signs with its new log key. Refused
/// (contradiction) unless the event extends the identity at this place and its trusted head is one
/// of this log's. With `republish`, records, withdrawals and erases that the event disowns (entries
/// from trusted_size on) are appended again after it, in order, as new versions with the same
/// bodies: an ordinary change of officers loses nothing. Without, they stay disowned, and so do
/// those below `republish_from`: the officers were told that they would.
struct AppendEstablish {
  Bytes leaf;
  Bytes rival_leaf;  ///< of the event that it repudiates; empty: none
  bool republish = false;
  log::TreeSize republish_from = 0;  ///< below trusted_size: from there
  std::uint64_t time_ms = 0;
  SignHead sign;
};

/// Takes a held log back to `size` entries, because a newer establish stands by another branch:
/// leaves from there on move to the side store under the newest event's seq (without their bodies,
/// which are dropped), the identity becomes this one (events may be placed anew), and the head the
/// newest kept checkpoint that fits, if there is one. Erase entries taken back are undone; of
/// those that stay, the ones count that the new events do not disown. Never our own log unless
/// `own` says so (a restored copy that had gone astray). bad_job: size 0 or beyond what is held,
/// fewer events than are known, or a newest event that lies in what stays; contradiction: an event
/// placed in what stays that is not there.
struct Rewind {
  log::Identity identity;
  log::TreeSize size = 0;
  bool own = false;
};

/// Evidence that was judged; one per epoch, the first stays.
struct KeepEvidence {
  log::OrganisationId organisation;
  std::uint32_t epoch = 0;
  Bytes file;
};
/// A witness's cosignature of a head of our own log, verified by the caller. The newest per
/// witness is kept, with the first; the newest note carries up to limits::cosignatures_max lines
/// of those that cosigned exactly its head (log::LogState::head's note), in the order in which they
/// came. Anybody may be a witness, and identities cost nothing: of organisations that are not
/// followed at most limits::unfollowed_witnesses_max are kept (witnesses_full for one more), those
/// that came first.
struct KeepCosignature {
  log::OrganisationId witness;
  log::TreeSize size = 0;
  std::uint64_t time_s = 0;
  std::string line;
  std::uint64_t now_ms = 0;  ///< Unix, by our own clock
};
/// That this node cosigns this head of another's log: durable before the signature leaves. Refused
/// (contradiction) within limits::cosign_every_ms of the one before, or for a smaller size.
struct NoteCosigned {
  log::OrganisationId organisation;
  log::TreeSize size = 0;
  std::uint64_t time_ms = 0;
};

/// Appends erase entries (as many as are needed) to our own log, hides what they name, and signs.
/// Leaves ascending and distinct; bad_job when a part is not there or is erased already.
/// Outcome::first is the first erase entry. With `now` our own hold is over at once, also of a mass
/// erase.
struct Erase {
  std::vector<log::ErasedLeaf> erased;
  log::EraseReason reason = log::EraseReason::mistake;
  std::uint64_t time_ms = 0;
  bool now = false;
  SignHead sign;
};
/// Destroys (body and salt) what is hidden and whose hold is over, of all logs, at most a bounded
/// number of rows a call. Outcome::first is how many parts were destroyed. Freed pages keep the
/// text until Store::compact().
struct DestroyErased {
  std::uint64_t now_ms = 0;
};
/// `moot hide`: drops these bodies here only, at once; what is dropped is refused when it comes
/// again. An empty reason takes it back (the body comes again from a peer; until then it is
/// missing). bad_job when a part is not there, or is not hidden and shall be taken back. What is
/// erased for all stays answered as erased.
struct Hide {
  log::OrganisationId organisation;
  std::vector<log::ErasedLeaf> hidden;
  std::string reason;
  std::uint64_t time_ms = 0;
};
/// Bodies of held entries that were missing or withheld, each checked against its commitment again
/// (bad_job); the leaves must be those that are held (contradiction). Not filled is what is erased
/// or hidden here. Outcome::first is how many were.
struct FillBodies {
  log::OrganisationId organisation;
  log::LeafIndex first = 0;
  Bytes leaves;  ///< entry bundle of the held entries from first on
  Bytes bodies;  ///< body bundle
};
/// A small named value of the daemon's ("instance", "boot"): at most 1 KiB.
struct PutValue {
  std::string name;
  std::string value;
};

/// Keeps a verified identity: a new organisation, or new events of a known one (never fewer than
/// are held).
struct PutIdentity {
  log::Identity identity;
};

/// Appends verified entries of another's log, and notes a verified checkpoint that the fetch is
/// going towards. When what is held reaches the target's size the head moves to it; the root over
/// what is held must then be the target's.
struct Receive {
  log::OrganisationId organisation;
  bool own_catch_up = false;  ///< our own log, from peers: this home is a restored copy
  std::vector<log::Verified<log::EntryRange>> ranges;
  std::optional<log::Verified<log::Checkpoint>> target;
};

enum class Mode : std::uint8_t { full = 0, head = 1 };
/// An organisation whose log this node follows.
struct Follow {
  log::OrganisationId organisation;
  std::string name;     ///< what the operator calls it; may be empty
  std::string address;  ///< host:port to dial, or empty: any peer that carries it
  Mode mode = Mode::full;
  std::uint64_t since_ms = 0;
};
struct PutFollow {
  Follow follow;
};
/// Stops following; what is held stays.
struct RemoveFollow {
  log::OrganisationId organisation;
};
/// A node that we had an authenticated session with.
struct PeerSeen {
  log::OrganisationId organisation;
  crypto::PublicKeyBytes node_key{};
  std::string address;        ///< as dialled; empty when it dialled us
  std::uint64_t seen_ms = 0;  ///< Unix
};

/// Makes a log that is held the node's own: a home made anew from peers, a backup or a bundle
/// (moot restore). Refused when there is an own log already.
struct Adopt {
  log::OrganisationId organisation;
};

using Job =
    std::variant<Found, Publish, PutIdentity, Receive, PutFollow, RemoveFollow, PeerSeen, Enqueue,
                 DropQueued, AppendEstablish, Rewind, KeepEvidence, KeepCosignature, NoteCosigned,
                 Erase, DestroyErased, Hide, FillBodies, PutValue, Adopt>;

/// About how many bytes a job brings: what GroupCommit's windows count.
std::uint64_t bytes_of(const Job& job);

/// What became of a job: for Found and Publish the new head and its note; for Receive the state
/// after it.
struct Outcome {
  log::LeafIndex first = 0;  ///< Publish: leaf index of the first record
  std::optional<log::Checkpoint> checkpoint;
  log::LogState state;
};
using JobResult = Result<Outcome, Fault>;

}  // namespace moot::store

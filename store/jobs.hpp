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

using Job = std::variant<Found, Publish, PutIdentity, Receive, PutFollow, RemoveFollow, PeerSeen>;

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

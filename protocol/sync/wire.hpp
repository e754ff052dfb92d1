#pragma once
#include <variant>
#include <vector>

#include "log/log_reader.hpp"

/// The messages of a session as plain structs. wire.cpp is the only file that knows Cap'n Proto; it
/// refuses every length, count and value that docs/protocol.md does not allow, so what it answers
/// is in range and only has to be true.
namespace moot::sync::wire {

struct Event {
  log::LeafIndex position = 0;
  Bytes leaf;
  std::vector<Hash> inclusion;
  std::vector<Hash> trusted;  ///< consistency from its trusted size to the head
  Bytes rival;                ///< of the event that it repudiates
};
struct ChainGet {
  log::OrganisationId organisation;
  std::uint32_t from_seq = 0;
};
struct Chain {
  log::OrganisationId organisation;
  std::uint32_t from_seq = 0;
  std::vector<Event> events;
};
struct Interest {
  std::vector<log::OrganisationId> ids;
  bool first = true;
  bool last = true;
};
struct InterestDelta {
  std::vector<log::OrganisationId> added;
  std::vector<log::OrganisationId> removed;
};
struct HeadEntry {
  log::OrganisationId organisation;
  std::uint32_t seq = 0;  ///< of the event under which the head is valid
  log::Head head;
};
struct Heads {
  std::vector<HeadEntry> entries;
  bool last = true;
};
struct HeadGet {
  log::OrganisationId organisation;
  log::TreeSize from_size = 0;
  log::TreeSize held = 0;
  std::uint32_t known_events = 0;
  bool head_only = false;
  std::uint32_t request = 0;
  std::optional<Hash> newest_event;  ///< id of event known_events - 1
};
/// Entries from `first` on up to the head that comes with them; no leaves: no tail.
struct Tail {
  log::LeafIndex first = 0;
  Bytes leaves;
  Bytes bodies;
};
struct Head {
  log::OrganisationId organisation;
  std::string note;
  log::TreeSize from_size = 0;
  std::vector<Hash> consistency;
  std::vector<Event> events;
  Tail tail;
  std::uint32_t request = 0;
  std::optional<Hash> from_root;  ///< of the answerer's tree at from_size
};
struct NodesGet {
  log::OrganisationId organisation;
  log::TreeSize size = 0;
  std::uint32_t first_block = 0;
  std::uint32_t count = 0;
  std::uint32_t request = 0;
};
struct Nodes {
  log::OrganisationId organisation;
  log::TreeSize size = 0;
  std::uint32_t first_block = 0;
  std::vector<Hash> hashes;
  std::uint32_t request = 0;
};
struct HeadersGet {
  log::OrganisationId organisation;
  log::TreeSize size = 0;
  log::LeafIndex first = 0;
  std::uint32_t request = 0;
};
struct Headers {
  log::OrganisationId organisation;
  log::LeafIndex first = 0;
  Bytes leaves;
  std::uint32_t request = 0;
};
struct BodiesGet {
  log::OrganisationId organisation;
  log::LeafIndex first = 0;
  std::uint32_t count = 0;
  std::uint32_t request = 0;
};
struct Bodies {
  log::OrganisationId organisation;
  log::LeafIndex first = 0;
  log::LeafIndex next = 0;
  moot::Bytes bodies;
  std::uint32_t request = 0;
};
struct Announce {
  log::OrganisationId organisation;
  std::string note;
  Tail tail;
  std::uint32_t seq = 0;  ///< of the event under which the checkpoint is valid
};
/// To the publisher: we hold its log up to here, and vouch for it.
struct Cosignature {
  log::OrganisationId organisation;
  log::TreeSize size = 0;
  std::string line;
};
struct Evidence {
  log::OrganisationId organisation;
  Bytes file;
};
enum class Refusal : std::uint16_t {
  not_held = 1,     ///< we do not hold that log, or not that far
  not_for_you = 2,  ///< our policy does not serve you that log
  other = 3,        ///< a reason of a later version
};
struct Refused {
  log::OrganisationId organisation;
  Refusal reason = Refusal::other;
  std::uint32_t request = 0;
};
struct Ping {};
struct Close {
  std::uint16_t reason = 0;
};
/// Of a later version and marked optional: skipped.
struct Skipped {};

using Message = std::variant<ChainGet, Chain, Interest, InterestDelta, Heads, HeadGet, Head,
                             NodesGet, Nodes, HeadersGet, Headers, BodiesGet, Bodies, Announce,
                             Cosignature, Evidence, Refused, Ping, Close, Skipped>;

/// One Cap'n Proto message of one segment, without the frame's length.
Bytes encode(const Message& message);
/// `frame` may be anywhere in memory. Any violation is log::Fault::bad_value, truncated or
/// too_long.
Result<Message, log::Fault> decode(ByteView frame);

}  // namespace moot::sync::wire

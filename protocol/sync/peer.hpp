#pragma once
#include <deque>
#include <map>
#include <set>
#include <string>

#include "sync/channel.hpp"
#include "sync/wire.hpp"

namespace moot::sync {

/// One session as the replicator sees it (internal to sync).
struct Peer {
  ConnectionId id = 0;
  bool we_dialled = false;
  std::optional<log::OrganisationId> expected;
  std::string remote;
  Instant since;
  Channel channel;

  // Who it is
  bool is_verified = false;  ///< we have checked its hello against its identity
  bool has_started = false;  ///< its first frame came: it can verify us, or will have our chain
                             ///< before our messages
  bool has_sent_interest = false;  ///< ours, to it
  std::optional<log::Identity>
      identity;  ///< as its chain gave it, when our store has none or an older one
  log::OrganisationId organisation;  ///< claimed by its hello; proven once is_verified
  crypto::PublicKeyBytes node_key{};

  // What it is interested in and holds
  std::set<log::OrganisationId> interest;
  bool interest_is_whole = false;
  std::map<log::OrganisationId, Progress> known;  ///< heads that it told of or was told by us
  /// Logs of which it told a head that contradicts ours: to be asked, as anybody can claim so.
  std::set<log::OrganisationId> suspects;
  std::set<std::pair<log::OrganisationId, std::uint32_t>> heard_evidence;  ///< from it
  std::set<std::pair<log::OrganisationId, std::uint32_t>> told_evidence;   ///< to it
  std::map<log::OrganisationId, std::size_t> evidence_looked_at;  ///< files, to be told to it
  bool has_confirmed_own_head = false;
  bool is_own_head_in_doubt = false;  ///< it told of a head of our own log that is beyond ours
  Instant cosigned_at;                ///< its last cosignature of our log that was taken
  bool has_cosigned = false;
  std::set<log::OrganisationId> pulls;  ///< logs whose entries it has asked us for: it gets tails

  // What we fetch from it
  std::set<log::OrganisationId> fetching;
  std::set<log::OrganisationId> wanted;  ///< would be fetched from it, had it a free slot
  std::size_t in_flight_bytes = 0;

  // Flow
  std::optional<wire::BodiesGet> serving;  ///< a request that is answered chunk by chunk
  std::set<log::OrganisationId> owed;      ///< heads not announced because it was not reading
  std::size_t send_queued_bytes = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  Instant last_received;
  Instant last_sent;

  bool is_open() const { return is_verified && has_started; }
};

}  // namespace moot::sync

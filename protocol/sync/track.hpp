#pragma once
#include <map>

#include "sync/fetch.hpp"
#include "sync/replicator.hpp"

namespace moot::sync {

/// One followed log as the replicator sees it (internal to sync). `point` counts what is verified
/// and on its way to the disk; `durable_*` what is on it. They are equal when no store is pending,
/// and after a failed store `point` is read afresh.
struct Track {
  FollowedLog follow;

  bool is_loaded = false;
  LogPoint point;
  log::Head durable_head;  ///< of the newest complete checkpoint; size 0 none
  log::TreeSize durable_held = 0;

  std::optional<Fetch> fetch;
  ConnectionId fetch_peer = 0;
  Instant fetch_progress;

  // Verified and not yet given to the driver
  std::vector<log::Verified<log::EntryRange>> batch;
  std::optional<log::Verified<log::Checkpoint>> batch_target;
  std::uint64_t batch_entries = 0;
  std::size_t batch_bytes = 0;
  std::size_t stores_pending = 0;
  bool is_rewinding = false;

  std::map<crypto::PublicKeyBytes, Instant>
      blamed_until;              ///< node keys that are not asked for this log
  std::string frozen;            ///< why; empty: not
  std::uint32_t frozen_seq = 0;  ///< the newest event when it was frozen
  int restarts = 0;              ///< of one comparison of branches, as the peer's log moved on
  bool is_forked = false;        ///< frozen by evidence that the store keeps (or is about to)
  bool is_own = false;           ///< our own log, which a restored copy fetches from its peers

  // Cosigning
  bool is_cosigning_due = false;
  bool has_cosigned = false;
  Instant cosigned_at;
  std::string failed;  ///< word of the store's fault; empty: none
  Instant retry_at;

  // request_sync
  std::map<ConnectionId, Progress> sync_answers;
  std::map<std::uint32_t, ConnectionId> sync_asked;  ///< request number -> peer

  log::TreeSize held() const { return point.frontier.size(); }
  std::uint32_t seq() const { return point.identity ? point.identity->newest().establish.seq : 0; }
};

}  // namespace moot::sync

#pragma once
#include "store/environment.hpp"
#include "store/recent_versions.hpp"
#include "store/tile_frontier.hpp"

/// Internal: the rows of `logs`, `identities` and `checkpoints`.
namespace moot::store {

std::optional<LogRow> read_log_row(Transaction& transaction,
                                   const log::OrganisationId& organisation);
std::optional<log::OrganisationId> read_own_organisation(Transaction& transaction);

/// One stored event of an identity.
struct EventRow {
  log::LeafIndex position = 0;
  Bytes leaf;
  Bytes rival_leaf;  ///< of the event that it repudiates; empty: none
};
std::vector<EventRow> read_events(Transaction& transaction, std::uint32_t number);
void put_event(WriteTransaction& transaction, std::uint32_t number, std::uint32_t seq,
               log::LeafIndex position, ByteView leaf, ByteView rival_leaf = {});
/// The identity that the events make, verified again; nullopt when they do not.
std::optional<log::Identity> identity_of(const std::vector<EventRow>& events);

std::vector<log::Checkpoint> read_checkpoints(Transaction& transaction, std::uint32_t number,
                                              const log::OrganisationId& organisation);
/// What is read of a log by a snapshot that has this row.
inline LogExtent extent_of(const LogRow& row) {
  return {.number = row.number, .indexed = row.indexed, .held = row.held, .rewinds = row.rewinds};
}
/// Does the note carry a node's cosignature?
bool is_cosigned(std::string_view note);
/// Would signing `head` contradict a head that is kept? No head beyond what is held was ever
/// signed, so a kept one of this size or more is the same or contradicts.
bool contradicts_kept(Transaction& transaction, std::uint32_t number, const log::Head& head);
/// Keeps a checkpoint as the log's newest and lets go of the one before it, unless that one was the
/// last of its day (UTC), the last before an establish event or the first that one is in. Of those
/// let go, the newest that was cosigned stays until a newer one is cosigned.
void keep_checkpoint(WriteTransaction& transaction, LogRow& row, const StoredHead& stored,
                     std::uint64_t time_ms);

}  // namespace moot::store

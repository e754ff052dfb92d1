#pragma once
#include "store/environment.hpp"
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
};
std::vector<EventRow> read_events(Transaction& transaction, std::uint32_t number);
void put_event(WriteTransaction& transaction, std::uint32_t number, std::uint32_t seq,
               log::LeafIndex position, ByteView leaf);
/// The identity that the events make, verified again; nullopt when they do not.
std::optional<log::Identity> identity_of(const std::vector<EventRow>& events);

std::vector<log::Checkpoint> read_checkpoints(Transaction& transaction, std::uint32_t number,
                                              const log::OrganisationId& organisation);
/// Would signing `head` contradict a head that is kept? No head beyond what is held was ever
/// signed, so a kept one of this size or more is the same or contradicts.
bool contradicts_kept(Transaction& transaction, std::uint32_t number, const log::Head& head);
/// Keeps a checkpoint as the log's newest and lets go of the one before it, unless that one was the
/// last of its day (UTC) or the first that an establish event is in.
void keep_checkpoint(WriteTransaction& transaction, LogRow& row, const StoredHead& stored,
                     std::uint64_t time_ms);

}  // namespace moot::store

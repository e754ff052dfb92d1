#pragma once
#include "sync/wire.hpp"

/// Answers to what a peer asks of a log that it may have: reads of the store and nothing else.
namespace moot::sync {

/// The newest head, with what the asker needs to believe it; or Refused.
/// For the publisher itself, which wants to know whether anybody knows more of its log than it
/// does: the newest head that was verified here, though its entries are not held. nullopt: what is
/// held is the newest.
std::optional<wire::Message> serve_unheld(const wire::HeadGet& get, const log::LogReader& reader);
wire::Message serve(const wire::HeadGet& get, const log::LogReader& reader, bool with_personal);
/// Hashes of blocks of the tree of get.size; or Refused.
wire::Message serve(const wire::NodesGet& get, const log::LogReader& reader);
/// The rest of one block's leaves; or Refused.
wire::Message serve(const wire::HeadersGet& get, const log::LogReader& reader);
/// The chain of establish events from a seq on; or Refused.
wire::Message serve(const wire::ChainGet& get, const log::LogReader& reader);

/// One answer of at most limits::chunk_bytes (or one body) to what is left of a BodiesGet, which it
/// shortens by what it covers; get.count is 0 when all is answered.
wire::Message serve_some(wire::BodiesGet& get, const log::LogReader& reader, bool with_personal);

/// Entries [first, size) with their bodies when they fit in bytes_max, else an empty tail.
wire::Tail tail_of(const log::OrganisationId& organisation, log::LeafIndex first,
                   log::TreeSize size, std::size_t bytes_max, const log::LogReader& reader,
                   bool with_personal);

}  // namespace moot::sync

#pragma once
#include "query/json.hpp"

/// Private to the sources of this library: what became of an entry after it was published.
namespace moot::query {

/// {"entry","time"} of the event whose officers do not stand by this entry; null when they do.
Json disowned_json(const log::Identity& identity, log::LeafIndex entry);

/// Adds what is known of a version beside its own fields, each key only where it says something:
/// "disowned" as above; "erased" [{"part","reason","entry","time"}] with the entry that says so;
/// "held_back" {"reason"} where this holder alone holds a part back.
void add_aftermath(Json& object, const log::LogReader& reader,
                   const log::OrganisationId& organisation, const Version& version);

/// [{"organisation","first_time","time","size"}] of the witnesses that have confirmed to hold the
/// log with this entry, the earliest to see it first. `first_time` null: they had seen an earlier
/// state, and when they saw this one first is not kept.
Json witnesses_json(const log::LogReader& reader, const log::OrganisationId& organisation,
                    log::LeafIndex entry);

}  // namespace moot::query

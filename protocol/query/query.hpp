#pragma once
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "log/log_reader.hpp"

/// The reads of the CLI contract as JSON over any LogReader: used by mootd for the control socket,
/// and by moot on a stopped node's store. JSON keys are stable (4-node.md) and documented in
/// docs/cli.md.
namespace moot::query {

/// What all of them share: JSON documents end without a line feed, JSON lines each with one. Times
/// are RFC 3339 in UTC with milliseconds (null when the publisher's clock is past the year 9999),
/// roots and leaf hashes base64 as in checkpoints, sizes and entries numbers. Errors carry the
/// codes of docs/protocol.md: "not-found", "usage" (an id that is none, or a record that several
/// logs carry), "failed" (what is held contradicts itself). Nothing scans a log; any thread that
/// the reader allows.

/// One JSON line per entry: {"entry","type","organisation","time",…}; from and limit in entries
/// (limit 0: 1000; at most limits::publish_records_max). `type` is record, erase, establish or
/// unknown. An entry that the officers no longer stand by has "disowned":{"entry","time"}: of the
/// establish event that says so.
Result<std::string, Error> log_lines(const log::LogReader& reader,
                                     const log::OrganisationId& organisation, std::uint64_t from,
                                     std::uint64_t limit);
/// {"organisation","size","root","note"} of the newest checkpoint.
Result<std::string, Error> checkpoint(const log::LogReader& reader,
                                      const log::OrganisationId& organisation);
/// The newest version of a record with its body, or with `history` all its versions, newest first.
/// `organisation` null: every log held is asked; more than one carrying it is an error that names
/// them.
/// {"record","organisation","kind","operation","entry","time","previous",
/// "head":{"size","root"},"witnesses":[{"organisation","first_time","time","size"}],
/// "disowned":{"entry","time"},"erased":[{"part","reason","entry","time"}],
/// "held_back":{"reason"},"state","parts","body"}:
/// `body` is the publisher's bytes, there when `state` is held; other states are erased, withheld,
/// missing, withdrawn and none (no public part). `disowned`, `erased` and `held_back` (by this
/// holder alone) are there only where they apply; `witnesses` are those that hold the log with this
/// version, and when they first said so (null: not known). A body that is no JSON, which other
/// programs may have published, is given as `body_base64`. Only entries under the newest checkpoint
/// count. History is {"record","organisation","head","witnesses","versions":[…],"truncated"}.
Result<std::string, Error> show(const log::LogReader& reader,
                                const log::OrganisationId* organisation, const std::string& record,
                                bool history);
/// {"organisation","record","entry","size","root","leaf",
/// "leaf_hash","hashes":[…],"checkpoint","proof"}:
/// `proof` is the text of the .tlog-proof file, the rest the same facts apart (base64). It is
/// judged before it is answered.
Result<std::string, Error> proof(const log::LogReader& reader,
                                 const log::OrganisationId* organisation,
                                 const std::string& record);
/// {"organisation","log":[{"seq","vkey","from_size"}],"node":[{"vkey"}],
/// "reserve":[{"digest"}],"threshold"}.
Result<std::string, Error> keys(const log::LogReader& reader,
                                const log::OrganisationId& organisation);

}  // namespace moot::query

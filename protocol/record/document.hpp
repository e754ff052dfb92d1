#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "record/record_id.hpp"

namespace moot::record {

/// One file, whole.
struct Source {
  std::string name;  ///< as shown in messages; "-" is standard input
  std::string text;
};

/// One record as its owner wrote it.
struct RecordText {
  std::string kind;
  RecordId id{};
  std::string body;          ///< the object's bytes in the source, from { to }, unchanged
  std::uint32_t source = 0;  ///< number of the source
  std::uint32_t line = 0;    ///< on which the object starts, from 1
};

struct ReadOptions {
  /// What `--kind` said: all records are of this kind, which may be one that we have no schema for.
  /// Empty: each record's own fields show it. An object has the kind of which it has the most
  /// fields, id, name, description, attributes and metadata not counted since nearly all kinds have
  /// them; of kinds with equally many, the one of whose required fields it lacks the fewest; when
  /// that is still more than one, or no field tells, or there is neither an id nor a name, the
  /// record is refused with the advice to use `--kind`. So status, schedules, ... make a service,
  /// website, legal_status, ... an organization, location_type, latitude, addresses, ... a
  /// location, service_id and location_id a service_at_location, version a taxonomy, term_uri,
  /// parent_id, taxonomy_id, ... a taxonomy_term.
  std::string kind;
};

struct ReadResult {
  /// Those that nothing is wrong with, in the order of the sources.
  std::vector<RecordText> records;
  /// Publish nothing unless there are none.
  std::vector<Problem> problems;
};

/// Splits sources into records and checks each against the schema of its kind. Any thread; throws
/// nothing but for want of memory.
///
/// A source holds objects, each beginning on a line of its own (JSON lines, or what `jq` prints),
/// or lists of objects, or pages of the HSDS API, which are objects without an id that hold a list
/// in the field `contents`. A UTF-8 byte order mark in front is passed over. All problems of all
/// records are reported, up to limits::problems_reported_max and then one that says how many more;
/// only what follows a syntax error in a list is not read. Bounded by limits::publish_bytes_max,
/// publish_records_max, body_bytes_max and json_depth_max. A record's id may come only once in a
/// call.
///
/// A kind without a schema passes when it is an object with a UUID as its id and no field twice.
ReadResult read_records(std::span<const Source> sources, const ReadOptions& options);

/// Checks one record of a known kind (or of an unknown one, as above); `where` stands in front of
/// each path. Any thread.
std::vector<Problem> check_record(std::string_view kind, std::string_view json,
                                  std::string_view where);

}  // namespace moot::record

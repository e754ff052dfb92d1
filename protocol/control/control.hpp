#pragma once
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/problem.hpp"
#include "base/result.hpp"

/// Requests and answers of the control socket (HOME/control.sock), for mootd and moot. On the
/// socket each is a frame: u32 big-endian length, then one Cap'n Proto message (control.capnp); at
/// most limits::control_frame_bytes_max. One request is answered by exactly one answer, in order.
namespace moot::control {

struct SourceText {
  std::string name;  ///< as shown in messages: a path, or "-" for standard input
  std::string text;
  bool operator==(const SourceText&) const = default;
};
struct PublishRequest {
  std::vector<SourceText> sources;
  std::string kind;  ///< empty: deduced from each record
  bool dry_run = false;
  bool operator==(const PublishRequest&) const = default;
};
struct FollowRequest {
  std::string target;  ///< moot://ORG@host:port, ORG@host:port, or an organisation id alone
  std::string name;    ///< what to call it; may be empty
  bool head_only = false;
  bool operator==(const FollowRequest&) const = default;
};
struct UnfollowRequest {
  std::string organisation;  ///< id, or the name given when it was followed
  bool operator==(const UnfollowRequest&) const = default;
};
struct SyncRequest {
  std::string organisation;  ///< empty: every followed log
  bool wait = false;
  std::uint32_t timeout_ms = 0;
  bool operator==(const SyncRequest&) const = default;
};
/// The reads. Which of the fields count is said beside each.
enum class What : std::uint8_t {
  status,      ///< -
  peers,       ///< -
  orgs,        ///< -
  log,         ///< organisation (empty: own), from, limit
  checkpoint,  ///< organisation (empty: own)
  show,        ///< organisation (empty: any that holds it), record, history
  proof,       ///< organisation (empty: any), record
};
struct QueryRequest {
  What what = What::status;
  std::string organisation;
  std::string record;
  bool history = false;
  std::uint64_t from = 0;
  std::uint64_t limit = 0;
  bool operator==(const QueryRequest&) const = default;
};
using Request =
    std::variant<PublishRequest, FollowRequest, UnfollowRequest, SyncRequest, QueryRequest>;

/// `json` is the document (or the JSON lines) of the CLI contract, as `moot … --json` prints it.
struct Answer {
  std::string json;
  bool incomplete = false;  ///< sync --wait: the time was over (exit code 6)
  bool operator==(const Answer&) const = default;
};
/// The codes: "refused" (input, see problems) "not-found" "usage" "failed" "disk-full" "busy"
/// "stopping" "incomplete".
using Response = Result<Answer, Error>;

enum class Fault { malformed, too_long };

/// Without the frame's length. The caller compares its size with limits::control_frame_bytes_max
/// before it is sent: a request within limits::publish_bytes_max and limits::publish_records_max
/// fits. Any thread, like all of these.
Bytes encode(const Request& request);
/// Always fits a frame: problems past limits::problems_reported_max are left out, and an answer
/// that is too long becomes the error "refused" that says so.
Bytes encode(const Response& response);
/// Refuses what is over limits::control_frame_bytes_max, more than limits::publish_records_max
/// sources, trailing bytes, and whatever is not one segment of Cap'n Proto. Reads in place when
/// `message` begins at a multiple of 8 bytes in memory.
Result<Request, Fault> decode_request(ByteView message);
/// As decode_request, with at most limits::problems_reported_max problems.
Result<Response, Fault> decode_response(ByteView message);

}  // namespace moot::control

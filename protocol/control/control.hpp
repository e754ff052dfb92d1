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
  /// An organisation (id or name) whose successor this is said to be: its name goes over to the
  /// new one, and both logs are followed on. Empty: none.
  std::string instead_of;
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
  erased,      ///< - (of our own log), from, limit
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
/// Withdraws a record of our own log; its bodies stay where they are.
struct WithdrawRequest {
  std::string record;
  bool operator==(const WithdrawRequest&) const = default;
};
/// Erases the text of all versions of a record of our own log, everywhere.
struct EraseRequest {
  std::string record;
  std::uint8_t part_mask = 0;  ///< bit 0 public, bit 1 personal
  std::uint8_t reason = 0;     ///< log::EraseReason
  bool now = false;            ///< our own hold is over at once, and freed pages are cleared
  bool dry_run = false;
  bool operator==(const EraseRequest&) const = default;
};
/// Erases these texts of withdrawn records of our own log in one erase entry: all, or none when one
/// of them is not there any more or its record is no longer withdrawn.
struct EraseWithdrawnRequest {
  struct Texts {
    std::uint64_t entry = 0;
    std::uint8_t part_mask = 0;  ///< bit 0 public, bit 1 personal
    bool operator==(const Texts&) const = default;
  };
  std::vector<Texts> texts;  ///< ascending and distinct; at most limits::erase_leaves_max
  std::uint8_t reason = 0;   ///< log::EraseReason
  bool operator==(const EraseWithdrawnRequest&) const = default;
};
/// Holds a record's text back at this node only, or no longer.
struct HideRequest {
  std::string organisation;  ///< empty: any that holds the record
  std::string record;
  std::string reason;  ///< a word of the closed list; empty with take_back
  bool take_back = false;
  bool operator==(const HideRequest&) const = default;
};
/// Looks for a text in every body that is held here.
struct FindTextRequest {
  std::string text;
  std::uint64_t limit = 0;  ///< of what is listed; 0: as many as may be
  bool operator==(const FindTextRequest&) const = default;
};
/// Writes the store anew, without what was destroyed.
struct CompactRequest {
  bool operator==(const CompactRequest&) const = default;
};
/// A person says that this home was not restored from a backup.
struct ConfirmRequest {
  bool operator==(const ConfirmRequest&) const = default;
};
/// Takes queued publishes back.
struct CancelRequest {
  std::uint64_t number = 0;  ///< 0: all of them
  bool operator==(const CancelRequest&) const = default;
};
/// Waits until a queued publish is public and so many organisations have witnessed it.
struct PublishWaitRequest {
  std::uint64_t queued = 0;  ///< its number, when it was queued; else 0
  std::uint64_t size = 0;    ///< of the log that holds it, when it was not
  std::uint32_t witnesses = 0;
  std::uint32_t timeout_ms = 0;
  bool operator==(const PublishWaitRequest&) const = default;
};
/// Appends the officers' new event, signed in these files, to our own log, and goes on with its
/// keys.
struct ApplyRequest {
  std::vector<std::string> files;  ///< their contents
  bool operator==(const ApplyRequest&) const = default;
};
using Request = std::variant<PublishRequest, FollowRequest, UnfollowRequest, SyncRequest,
                             QueryRequest, WithdrawRequest, EraseRequest, HideRequest,
                             FindTextRequest, CompactRequest, ConfirmRequest, CancelRequest,
                             PublishWaitRequest, ApplyRequest, EraseWithdrawnRequest>;

/// `json` is the document (or the JSON lines) of the CLI contract, as `moot … --json` prints it.
struct Answer {
  std::string json;
  bool incomplete = false;  ///< not in time, or queued and not yet public (exit code 6)
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

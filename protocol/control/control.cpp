#include "control/control.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <algorithm>
#include <functional>
#include <type_traits>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "control.capnp.h"

namespace moot::control {
namespace {

// A message of one segment: u32 (segments - 1) = 0, u32 words, both little-endian, then the words.
constexpr std::size_t header_bytes = 8;
constexpr std::size_t word_bytes = sizeof(capnp::word);
// More than the widest struct of the schema, its list tag and its pointers take.
constexpr std::size_t struct_words_max = 12;
// root > publish > list > source > text; an error's problems are as deep.
constexpr int nesting_max = 8;

std::size_t words_of(std::string_view text) { return text.size() / word_bytes + 1; }
template <class... T>
std::size_t words_of_struct(const T&... texts) {
  return struct_words_max + (words_of(texts) + ... + 0);
}

std::size_t words_of(const PublishRequest& request) {
  std::size_t words = words_of_struct(request.kind);
  for (const SourceText& source : request.sources) {
    words += words_of_struct(source.name, source.text);
  }
  return words;
}
std::size_t words_of(const FollowRequest& request) {
  return words_of_struct(request.target, request.name, request.instead_of);
}
std::size_t words_of(const UnfollowRequest& request) {
  return words_of_struct(request.organisation);
}
std::size_t words_of(const SyncRequest& request) { return words_of_struct(request.organisation); }
std::size_t words_of(const QueryRequest& request) {
  return words_of_struct(request.organisation, request.record);
}
std::size_t words_of(const WithdrawRequest& request) { return words_of_struct(request.record); }
std::size_t words_of(const EraseRequest& request) { return words_of_struct(request.record); }
std::size_t words_of(const HideRequest& request) {
  return words_of_struct(request.organisation, request.record, request.reason);
}
std::size_t words_of(const FindTextRequest& request) { return words_of_struct(request.text); }
std::size_t words_of(const CompactRequest&) { return struct_words_max; }
std::size_t words_of(const ConfirmRequest&) { return struct_words_max; }
std::size_t words_of(const CancelRequest&) { return struct_words_max; }
std::size_t words_of(const PublishWaitRequest&) { return struct_words_max; }
std::size_t words_of(const ApplyRequest& request) {
  std::size_t words = struct_words_max;
  for (const std::string& file : request.files) words += words_of_struct(file);
  return words;
}
std::size_t words_of(const EraseWithdrawnRequest& request) {
  return struct_words_max * (1 + request.texts.size());
}
std::size_t words_of(const Answer& answer) { return words_of_struct(answer.json); }
std::size_t problem_count(const Error& error) {
  return std::min(error.problems.size(), limits::problems_reported_max);
}
std::size_t words_of(const Error& error) {
  std::size_t words = words_of_struct(error.code, error.message, error.hint);
  for (std::size_t i = 0; i < problem_count(error); ++i) {
    const Problem& problem = error.problems[i];
    words += words_of_struct(problem.where, problem.found, problem.allowed, problem.hint);
  }
  return words;
}

capnp::Text::Reader text_of(const std::string& text) { return {text.c_str(), text.size()}; }
capnp::Data::Reader data_of(const std::string& text) {
  const ByteView bytes = view_of(text);
  return {bytes.data(), bytes.size()};
}
std::string string_of(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
std::string string_of(capnp::Data::Reader data) {
  return std::string(moot::text_of(ByteView(data.begin(), data.size())));
}

// Cap'n Proto counts list elements in 29 bits; what is to fit a frame is far below.
unsigned count_of(std::size_t count) {
  MOOT_CHECK(count <= limits::control_frame_bytes_max, count);
  return static_cast<unsigned>(count);
}

void write(wire::Request::Builder root, const PublishRequest& request) {
  wire::Publish::Builder out = root.initPublish();
  out.setKind(text_of(request.kind));
  out.setDryRun(request.dry_run);
  auto sources = out.initSources(count_of(request.sources.size()));
  for (unsigned i = 0; i < sources.size(); ++i) {
    sources[i].setName(text_of(request.sources[i].name));
    sources[i].setText(data_of(request.sources[i].text));
  }
}
void write(wire::Request::Builder root, const FollowRequest& request) {
  wire::Follow::Builder out = root.initFollow();
  out.setTarget(text_of(request.target));
  out.setName(text_of(request.name));
  out.setHeadOnly(request.head_only);
  out.setInsteadOf(text_of(request.instead_of));
}
void write(wire::Request::Builder root, const UnfollowRequest& request) {
  root.initUnfollow().setOrganisation(text_of(request.organisation));
}
void write(wire::Request::Builder root, const SyncRequest& request) {
  wire::Sync::Builder out = root.initSync();
  out.setOrganisation(text_of(request.organisation));
  out.setWait(request.wait);
  out.setTimeoutMs(request.timeout_ms);
}
void write(wire::Request::Builder root, const QueryRequest& request) {
  wire::Query::Builder out = root.initQuery();
  out.setWhat(static_cast<std::uint8_t>(request.what));
  out.setOrganisation(text_of(request.organisation));
  out.setRecord(text_of(request.record));
  out.setHistory(request.history);
  out.setFrom(request.from);
  out.setLimit(request.limit);
}
void write(wire::Request::Builder root, const WithdrawRequest& request) {
  root.setWithdraw(text_of(request.record));
}
void write(wire::Request::Builder root, const EraseRequest& request) {
  wire::Erase::Builder out = root.initErase();
  out.setRecord(text_of(request.record));
  out.setPartMask(request.part_mask);
  out.setReason(request.reason);
  out.setNow(request.now);
  out.setDryRun(request.dry_run);
}
void write(wire::Request::Builder root, const HideRequest& request) {
  wire::Hide::Builder out = root.initHide();
  out.setOrganisation(text_of(request.organisation));
  out.setRecord(text_of(request.record));
  out.setReason(text_of(request.reason));
  out.setTakeBack(request.take_back);
}
void write(wire::Request::Builder root, const FindTextRequest& request) {
  wire::FindText::Builder out = root.initFindText();
  out.setText(text_of(request.text));
  out.setLimit(request.limit);
}
void write(wire::Request::Builder root, const CompactRequest&) { root.setCompact(); }
void write(wire::Request::Builder root, const ConfirmRequest&) { root.setConfirm(); }
void write(wire::Request::Builder root, const CancelRequest& request) {
  root.setCancel(request.number);
}
void write(wire::Request::Builder root, const PublishWaitRequest& request) {
  wire::PublishWait::Builder out = root.initPublishWait();
  out.setQueued(request.queued);
  out.setSize(request.size);
  out.setWitnesses(request.witnesses);
  out.setTimeoutMs(request.timeout_ms);
}
void write(wire::Request::Builder root, const ApplyRequest& request) {
  wire::Apply::Builder out = root.initApply();
  auto files = out.initFiles(count_of(request.files.size()));
  for (unsigned i = 0; i < files.size(); ++i) files.set(i, data_of(request.files[i]));
}
void write(wire::Request::Builder root, const EraseWithdrawnRequest& request) {
  wire::EraseWithdrawn::Builder out = root.initEraseWithdrawn();
  out.setReason(request.reason);
  auto texts = out.initTexts(count_of(request.texts.size()));
  for (unsigned i = 0; i < texts.size(); ++i) {
    texts[i].setEntry(request.texts[i].entry);
    texts[i].setPartMask(request.texts[i].part_mask);
  }
}
void write(wire::Response::Builder root, const Answer& answer) {
  wire::Answer::Builder out = root.initAnswer();
  out.setJson(data_of(answer.json));
  out.setIncomplete(answer.incomplete);
}
void write(wire::Response::Builder root, const Error& error) {
  wire::Error::Builder out = root.initError();
  out.setCode(text_of(error.code));
  out.setMessage(text_of(error.message));
  out.setHint(text_of(error.hint));
  auto problems = out.initProblems(count_of(problem_count(error)));
  for (unsigned i = 0; i < problems.size(); ++i) {
    problems[i].setWhere(text_of(error.problems[i].where));
    problems[i].setFound(text_of(error.problems[i].found));
    problems[i].setAllowed(text_of(error.problems[i].allowed));
    problems[i].setHint(text_of(error.problems[i].hint));
  }
}

// Builds right in the bytes that are returned, so that each text is copied once. `Root` is the
// message's root struct.
template <class Root, class Value>
Bytes build(const Value& value) {
  Bytes out(header_bytes + (struct_words_max + words_of(value)) * word_bytes);
  MOOT_CHECK(reinterpret_cast<std::uintptr_t>(out.data()) % word_bytes == 0);
  const kj::ArrayPtr<capnp::word> room(reinterpret_cast<capnp::word*>(out.data() + header_bytes),
                                       (out.size() - header_bytes) / word_bytes);
  capnp::FlatMessageBuilder message(room);
  write(message.initRoot<Root>(), value);
  const std::size_t words = message.getSegmentsForOutput()[0].size();
  for (unsigned i = 0; i < 4; ++i) out[4 + i] = static_cast<std::uint8_t>(words >> (8 * i));
  out.resize(header_bytes + words * word_bytes);
  return out;
}

// Reads the message's root and hands it to `read`. A hostile message may point many times at one
// long text: the traversal limit keeps what is copied out to what the message weighs.
template <class Root, class Value>
Result<Value, Fault> parse(ByteView message, Result<Value, Fault> (*read)(typename Root::Reader)) {
  if (message.size() > limits::control_frame_bytes_max) return fail(Fault::too_long);
  if (message.size() < header_bytes + word_bytes || message.size() % word_bytes != 0) {
    return fail(Fault::malformed);
  }
  const std::size_t words = message.size() / word_bytes;
  kj::Array<capnp::word> aligned;
  kj::ArrayPtr<const capnp::word> input;
  if (reinterpret_cast<std::uintptr_t>(message.data()) % word_bytes == 0) {
    input = kj::arrayPtr(reinterpret_cast<const capnp::word*>(message.data()), words);
  } else {
    aligned = kj::heapArray<capnp::word>(words);
    std::memcpy(aligned.begin(), message.data(), message.size());
    input = aligned;
  }
  std::uint64_t declared_words = 0;
  for (unsigned i = 4; i-- > 0;) declared_words = declared_words << 8 | message[4 + i];
  const bool one_segment = std::all_of(message.begin(), message.begin() + 4,
                                       [](std::uint8_t byte) { return byte == 0; });
  if (!one_segment || declared_words != words - 1) return fail(Fault::malformed);
  try {
    capnp::FlatArrayMessageReader reader(
        input, {.traversalLimitInWords = words, .nestingLimit = nesting_max});
    return read(reader.getRoot<Root>());
  } catch (const kj::Exception&) {
    return fail(Fault::malformed);
  }
}

Result<Request, Fault> read_publish(wire::Publish::Reader in) {
  PublishRequest out;
  out.kind = string_of(in.getKind());
  out.dry_run = in.getDryRun();
  const auto sources = in.getSources();
  if (sources.size() > limits::publish_records_max) return fail(Fault::too_long);
  out.sources.reserve(sources.size());
  for (const auto source : sources) {
    out.sources.push_back({string_of(source.getName()), string_of(source.getText())});
  }
  return Request(std::move(out));
}

Result<Request, Fault> read_query(wire::Query::Reader in) {
  if (in.getWhat() > static_cast<std::uint8_t>(What::erased)) return fail(Fault::malformed);
  QueryRequest out;
  out.what = static_cast<What>(in.getWhat());
  out.organisation = string_of(in.getOrganisation());
  out.record = string_of(in.getRecord());
  out.history = in.getHistory();
  out.from = in.getFrom();
  out.limit = in.getLimit();
  return Request(std::move(out));
}

Result<Request, Fault> read_apply(wire::Apply::Reader in) {
  ApplyRequest out;
  const auto files = in.getFiles();
  if (files.size() > limits::apply_files_max) return fail(Fault::too_long);
  for (const auto file : files) out.files.push_back(string_of(file));
  return Request(std::move(out));
}

Result<Request, Fault> read_erase_withdrawn(wire::EraseWithdrawn::Reader in) {
  EraseWithdrawnRequest out;
  out.reason = in.getReason();
  const auto texts = in.getTexts();
  if (texts.size() > limits::erase_leaves_max) return fail(Fault::too_long);
  for (const auto one : texts) {
    out.texts.push_back({.entry = one.getEntry(), .part_mask = one.getPartMask()});
  }
  return Request(std::move(out));
}

Request read_erase(wire::Erase::Reader in) {
  return EraseRequest{.record = string_of(in.getRecord()),
                      .part_mask = in.getPartMask(),
                      .reason = in.getReason(),
                      .now = in.getNow(),
                      .dry_run = in.getDryRun()};
}

Request read_hide(wire::Hide::Reader in) {
  return HideRequest{.organisation = string_of(in.getOrganisation()),
                     .record = string_of(in.getRecord()),
                     .reason = string_of(in.getReason()),
                     .take_back = in.getTakeBack()};
}

Request read_publish_wait(wire::PublishWait::Reader in) {
  return PublishWaitRequest{.queued = in.getQueued(),
                            .size = in.getSize(),
                            .witnesses = in.getWitnesses(),
                            .timeout_ms = in.getTimeoutMs()};
}

Result<Request, Fault> read_request(wire::Request::Reader in) {
  switch (in.which()) {
    case wire::Request::PUBLISH:
      return read_publish(in.getPublish());
    case wire::Request::FOLLOW: {
      const auto follow = in.getFollow();
      return Request(FollowRequest{string_of(follow.getTarget()), string_of(follow.getName()),
                                   follow.getHeadOnly(), string_of(follow.getInsteadOf())});
    }
    case wire::Request::UNFOLLOW:
      return Request(UnfollowRequest{string_of(in.getUnfollow().getOrganisation())});
    case wire::Request::SYNC: {
      const auto sync = in.getSync();
      return Request(
          SyncRequest{string_of(sync.getOrganisation()), sync.getWait(), sync.getTimeoutMs()});
    }
    case wire::Request::QUERY:
      return read_query(in.getQuery());
    case wire::Request::WITHDRAW:
      return Request(WithdrawRequest{string_of(in.getWithdraw())});
    case wire::Request::ERASE:
      return read_erase(in.getErase());
    case wire::Request::HIDE:
      return read_hide(in.getHide());
    case wire::Request::FIND_TEXT: {
      const auto find = in.getFindText();
      return Request(FindTextRequest{string_of(find.getText()), find.getLimit()});
    }
    case wire::Request::COMPACT:
      return Request(CompactRequest{});
    case wire::Request::CONFIRM:
      return Request(ConfirmRequest{});
    case wire::Request::CANCEL:
      return Request(CancelRequest{in.getCancel()});
    case wire::Request::PUBLISH_WAIT:
      return read_publish_wait(in.getPublishWait());
    case wire::Request::APPLY:
      return read_apply(in.getApply());
    case wire::Request::ERASE_WITHDRAWN:
      return read_erase_withdrawn(in.getEraseWithdrawn());
  }
  return fail(Fault::malformed);  // of a kind that this version does not know
}

// Response is a Result itself, so that it is wrapped before it can be the value of one.
struct Parsed {
  Response response;
};

Result<Parsed, Fault> read_response(wire::Response::Reader in) {
  switch (in.which()) {
    case wire::Response::ANSWER: {
      const auto answer = in.getAnswer();
      return Parsed{Answer{string_of(answer.getJson()), answer.getIncomplete()}};
    }
    case wire::Response::ERROR: {
      const auto error = in.getError();
      Error out{string_of(error.getCode()),
                string_of(error.getMessage()),
                string_of(error.getHint()),
                {}};
      const auto problems = error.getProblems();
      if (problems.size() > limits::problems_reported_max) return fail(Fault::too_long);
      out.problems.reserve(problems.size());
      for (const auto problem : problems) {
        out.problems.push_back({string_of(problem.getWhere()), string_of(problem.getFound()),
                                string_of(problem.getAllowed()), string_of(problem.getHint())});
      }
      return Parsed{fail(std::move(out))};
    }
  }
  return fail(Fault::malformed);
}

}  // namespace

Bytes encode(const Request& request) {
  return std::visit([](const auto& value) { return build<wire::Request>(value); }, request);
}

Bytes encode(const Response& response) {
  Bytes out = response ? build<wire::Response>(*response) : build<wire::Response>(response.error());
  if (out.size() <= limits::control_frame_bytes_max) return out;
  return build<wire::Response>(Error{"refused",
                                     "the answer is longer than the control socket carries",
                                     "ask for less at once, for example with --limit",
                                     {}});
}

Result<Request, Fault> decode_request(ByteView message) {
  return parse<wire::Request, Request>(message, read_request);
}

Result<Response, Fault> decode_response(ByteView message) {
  Result<Parsed, Fault> parsed = parse<wire::Response, Parsed>(message, read_response);
  if (!parsed) return fail(parsed.error());
  return std::move(parsed->response);
}

}  // namespace moot::control

#include "control/control.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace moot::control {
namespace {

template <class T>
T there_and_back(const T& request) {
  const auto decoded = decode_request(encode(Request(request)));
  EXPECT_TRUE(decoded.has_value());
  return decoded && std::holds_alternative<T>(*decoded) ? std::get<T>(*decoded) : T{};
}

PublishRequest a_publish_request() {
  return {
      {{"services.json", "[{\"id\":1}]"}, {"-", std::string("\0\xff\x01", 3)}}, "service", true};
}

Error an_error() {
  return {"refused",
          "2 records were refused",
          "correct them",
          {{"a.json line 1", "\"x\"", "a number", ""}, {"a.json line 2", "", "", "remove it"}}};
}

void expect_equal(const Response& a, const Response& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (a) {
    EXPECT_EQ(*a, *b);
    return;
  }
  EXPECT_EQ(a.error().code, b.error().code);
  EXPECT_EQ(a.error().message, b.error().message);
  EXPECT_EQ(a.error().hint, b.error().hint);
  ASSERT_EQ(a.error().problems.size(), b.error().problems.size());
  for (std::size_t i = 0; i < a.error().problems.size(); ++i) {
    EXPECT_EQ(a.error().problems[i].where, b.error().problems[i].where);
    EXPECT_EQ(a.error().problems[i].found, b.error().problems[i].found);
    EXPECT_EQ(a.error().problems[i].allowed, b.error().problems[i].allowed);
    EXPECT_EQ(a.error().problems[i].hint, b.error().problems[i].hint);
  }
}

TEST(Control, CarriesEveryRequestUnchanged) {
  EXPECT_EQ(there_and_back(PublishRequest{}), PublishRequest{});
  EXPECT_EQ(there_and_back(a_publish_request()), a_publish_request());
  const FollowRequest follow{"moot://moot1abc@host:7117", "The Hospice", true, "barn"};
  EXPECT_EQ(there_and_back(follow), follow);
  EXPECT_EQ(there_and_back(UnfollowRequest{"hospice"}), UnfollowRequest{"hospice"});
  const SyncRequest sync{"moot1abc", true, 0xfffffffeU};
  EXPECT_EQ(there_and_back(sync), sync);
}

TEST(Control, CarriesRequestsAboutWhatIsPublishedUnchanged) {
  EXPECT_EQ(there_and_back(WithdrawRequest{"record"}), WithdrawRequest{"record"});
  const EraseRequest erase{"record", 3, 6, true, true};
  EXPECT_EQ(there_and_back(erase), erase);
  const HideRequest hide{"hall", "record", "court", true};
  EXPECT_EQ(there_and_back(hide), hide);
  const FindTextRequest find{"jane doe", 12};
  EXPECT_EQ(there_and_back(find), find);
  EXPECT_EQ(there_and_back(CompactRequest{}), CompactRequest{});
}

TEST(Control, CarriesRequestsAboutPublishingUnchanged) {
  EXPECT_EQ(there_and_back(ConfirmRequest{}), ConfirmRequest{});
  EXPECT_EQ(there_and_back(CancelRequest{~0ULL}), CancelRequest{~0ULL});
  const PublishWaitRequest wait{1, ~0ULL, 3, 0xffffffffU};
  EXPECT_EQ(there_and_back(wait), wait);
  const ApplyRequest apply{{"request 1", std::string("\0\xff", 2)}};
  EXPECT_EQ(there_and_back(apply), apply);
  EXPECT_EQ(there_and_back(ApplyRequest{}), ApplyRequest{});
}

TEST(Control, RefusesMoreSignedFilesThanThereAreOfficers) {
  ApplyRequest apply;
  apply.files.assign(limits::apply_files_max, "request");
  EXPECT_EQ(there_and_back(apply), apply);
  apply.files.emplace_back();
  EXPECT_EQ(decode_request(encode(Request(apply))).error(), Fault::too_long);
}

TEST(Control, RefusesMoreTextsThanOneErasureNames) {
  EXPECT_EQ(there_and_back(EraseWithdrawnRequest{}), EraseWithdrawnRequest{});
  EraseWithdrawnRequest erase{{{0, 1}, {~0ULL, 3}}, 1};
  EXPECT_EQ(there_and_back(erase), erase);
  erase.texts.assign(limits::erase_leaves_max, {~0ULL, 0xff});
  EXPECT_EQ(there_and_back(erase), erase);
  erase.texts.emplace_back();
  EXPECT_EQ(decode_request(encode(Request(erase))).error(), Fault::too_long);
}

TEST(Control, CarriesEveryReadUnchanged) {
  for (std::uint8_t what = 0; what <= static_cast<std::uint8_t>(What::erased); ++what) {
    const QueryRequest query{static_cast<What>(what), "moot1abc", "record", true, ~0ULL, 7};
    EXPECT_EQ(there_and_back(query), query);
  }
}

TEST(Control, CarriesAnswersAndErrorsUnchanged) {
  for (const Response& response : {Response(Answer{"{\"entry\":1}\n", true}), Response(Answer{}),
                                   Response(fail(an_error())), Response(fail(Error{}))}) {
    const auto decoded = decode_response(encode(response));
    ASSERT_TRUE(decoded.has_value());
    expect_equal(*decoded, response);
  }
}

TEST(Control, CarriesTheLongestPublishInOneFrame) {
  PublishRequest request{{{"big.json", std::string(limits::publish_bytes_max, 'x')}}, "", false};
  const Bytes message = encode(Request(request));
  EXPECT_LE(message.size(), limits::control_frame_bytes_max);
  EXPECT_LE(message.size(), limits::publish_bytes_max + 1024);
  const auto decoded = decode_request(message);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_TRUE(*decoded == Request(request));
}

TEST(Control, CarriesAsManySourcesAsThereMayBeRecords) {
  PublishRequest request;
  request.sources.assign(limits::publish_records_max, {"a", "b"});
  EXPECT_TRUE(there_and_back(request) == request);
  request.sources.push_back({});
  const auto decoded = decode_request(encode(Request(request)));
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error(), Fault::too_long);
}

TEST(Control, ReadsAMessageThatDoesNotBeginAtAWord) {
  Bytes shifted = {0};
  append(shifted, encode(Request(a_publish_request())));
  const auto decoded = decode_request(ByteView(shifted).subspan(1));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_TRUE(*decoded == Request(a_publish_request()));
}

TEST(Control, LeavesOutProblemsPastTheLimit) {
  Error error = an_error();
  error.problems.resize(limits::problems_reported_max + 5);
  const auto decoded = decode_response(encode(Response(fail(error))));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->error().problems.size(), limits::problems_reported_max);
}

TEST(Control, SaysThatAnAnswerIsTooLongInsteadOfSendingIt) {
  const Answer answer{std::string(limits::control_frame_bytes_max, ' '), false};
  const auto decoded = decode_response(encode(Response(answer)));
  ASSERT_TRUE(decoded.has_value());
  ASSERT_FALSE(decoded->has_value());
  EXPECT_EQ(decoded->error().code, "refused");
  EXPECT_FALSE(decoded->error().hint.empty());
}

TEST(Control, RefusesAMessageCutAnywhere) {
  const Bytes request = encode(Request(a_publish_request()));
  const Bytes response = encode(Response(fail(an_error())));
  for (std::size_t length = 0; length < request.size(); ++length) {
    EXPECT_FALSE(decode_request(ByteView(request).first(length)).has_value()) << length;
  }
  for (std::size_t length = 0; length < response.size(); ++length) {
    EXPECT_FALSE(decode_response(ByteView(response).first(length)).has_value()) << length;
  }
}

TEST(Control, RefusesTrailingBytesAndASecondSegment) {
  Bytes longer = encode(Request(a_publish_request()));
  longer.resize(longer.size() + 8);
  EXPECT_EQ(decode_request(longer).error(), Fault::malformed);
  Bytes two_segments = encode(Request(a_publish_request()));
  two_segments[0] = 1;
  EXPECT_EQ(decode_request(two_segments).error(), Fault::malformed);
}

TEST(Control, RefusesAReadThatItDoesNotKnow) {
  const QueryRequest query{static_cast<What>(8), "", "", false, 0, 0};
  EXPECT_EQ(decode_request(encode(Request(query))).error(), Fault::malformed);
}

TEST(Control, RefusesWhatIsLongerThanAFrame) {
  const Bytes message(limits::control_frame_bytes_max + 8);
  EXPECT_EQ(decode_request(message).error(), Fault::too_long);
  EXPECT_EQ(decode_response(message).error(), Fault::too_long);
}

TEST(Control, SurvivesAFlipOfAnyBit) {
  const Bytes good = encode(Request(a_publish_request()));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << bit % 8));
    const auto decoded = decode_request(bad);
    if (!decoded) continue;
    EXPECT_TRUE(*decode_request(encode(*decoded)) == *decoded) << bit;
  }
}

// Many list elements that all point at one long text would multiply its bytes; the traversal limit
// refuses them.
TEST(Control, RefusesAMessageWhoseElementsShareOneLongText) {
  PublishRequest request;
  request.sources.assign(64, {"", ""});
  constexpr std::size_t long_text_bytes = 65536;
  request.sources.push_back({"", std::string(long_text_bytes, 'x')});
  Bytes message = encode(Request(request));
  // Each source is two pointers; the last is the only one whose second pointer is not to an empty
  // list.
  const auto word = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, message.data() + 8 * at, 8);
    return value;
  };
  std::size_t last = 0;
  for (std::size_t at = 1; at < message.size() / 8 && last == 0; ++at) {
    if (word(at) >> 35 == long_text_bytes && (word(at) & 3) == 1) last = at;
  }
  ASSERT_NE(last, 0U);
  for (std::uint64_t i = 1; i <= 64; ++i) {
    const std::size_t at = last - 2 * i;
    const std::uint64_t pointer = word(last) + (2 * i << 2);
    std::memcpy(message.data() + 8 * at, &pointer, 8);
  }
  EXPECT_EQ(decode_request(message).error(), Fault::malformed);
}

}  // namespace
}  // namespace moot::control

// Reading, proving and auditing a home whose node does not run.
#include <fstream>

#include "call.hpp"
#include "crypto/key_file.hpp"
#include "log/checkpoint.hpp"
#include "store/store.hpp"

namespace moot::command {
namespace {

constexpr const char* record_id = "11111111-1111-1111-1111-111111111111";

class Evidence : public CommandTest {
 protected:
  void SetUp() override {
    const Called made = call_at_home({"init", "Hall Trust", "--json"});
    ASSERT_EQ(made.code, 0) << made.err;
    organisation_ = json_of(made.out)["organisation"];
    publish("{\"name\": \"first\"}");
    publish("{\"name\": \"second\"}");
  }
  /// As the node does it, with the home's own log key.
  void publish(std::string_view body) {
    auto store = store::Store::open(home() + "/store", {});
    ASSERT_TRUE(store);
    const auto key = crypto::read_key_file(home() + "/keys/log.key", crypto::KeyUse::log);
    ASSERT_TRUE(key);
    const auto own = *(*store)->own_organisation();
    store::NewPart part{.part = log::Part::public_part,
                        .salt = {},
                        .body = to_bytes(view_of(body)),
                        .commitment = {}};
    part.commitment = log::body_commitment(part.salt, part.part, part.body);
    store::NewRecord record{
        .operation = log::Operation::put, .record = {}, .kind = "organization", .parts = {part}};
    record.record.fill(0x11);
    const store::Job job = store::Publish{
        .records = {record}, .time_ms = 1'709'285'400'000, .sign = [&](const log::Head& head) {
          return log::sign_checkpoint(own, head, *key);
        }};
    ASSERT_TRUE((*store)->apply({&job, 1}).front());
  }
  std::string organisation_;
};

TEST_F(Evidence, LogsAndRecordsAreReadFromTheStore) {
  const Called log = call_at_home({"log", "--json"});
  EXPECT_EQ(log.code, 0) << log.err;
  EXPECT_EQ(std::count(log.out.begin(), log.out.end(), '\n'), 3);
  EXPECT_EQ(call_at_home({"log", "--json", "--from", "1", "--limit", "1"}).out.find("\"entry\":0"),
            std::string::npos);
  EXPECT_EQ(call_at_home({"log", "--from", "99", "--json"}).out, "");

  const Called shown = call_at_home({"show", record_id});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("\"name\": \"second\""), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("2024-03-01 09:30 UTC"), std::string::npos) << shown.out;
  const Called history = call_at_home({"show", record_id, "--history", "--json"});
  EXPECT_EQ(json_of(history.out)["versions"].size(), 2U) << history.out;
  EXPECT_EQ(call_at_home({"show", "22222222-2222-2222-2222-222222222222"}).code, 4);
}

TEST_F(Evidence, TheCheckpointIsPrintedAsItWasSigned) {
  const Called called = call_at_home({"log", "--checkpoint"});
  EXPECT_EQ(called.code, 0);
  const auto store = store::Store::open(home() + "/store", {.read_only = true, .create = false});
  const auto own = *(*store)->own_organisation();
  EXPECT_EQ(called.out, (*store)->state(own)->head->note);
  EXPECT_EQ(call_at_home({"log", "--checkpoint", "--limit", "3"}).code, 2);
}

TEST_F(Evidence, AWordThatIsNobodyIsSaid) {
  EXPECT_EQ(call_at_home({"log", "nobody"}).code, 4);
  std::string mistyped = organisation_;
  mistyped.back() = mistyped.back() == 'q' ? 'p' : 'q';
  const Called called = call_at_home({"log", mistyped});
  EXPECT_EQ(called.code, 2);
  EXPECT_NE(called.err.find("mistyped"), std::string::npos) << called.err;
  EXPECT_EQ(call_at_home({"log", organisation_}).code, 0);
}

TEST_F(Evidence, AProofIsJudgedByItself) {
  const std::string file = home("service.tlog-proof");
  ASSERT_EQ(call_at_home({"proof", record_id, "--output", file}).code, 0);
  EXPECT_EQ(call_at_home({"proof", record_id}).out, test::read_file(file));
  EXPECT_EQ(call_at_home({"proof", record_id, "--output", file}).code, 1) << "not overwritten";

  const Called good = call({"verify", file, "--expect", organisation_, "--json"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(json_of(good.out)["verdict"], "ok");
  EXPECT_EQ(json_of(good.out)["path"], file);
  EXPECT_EQ(json_of(good.out)["record"], record_id);

  const Called unexpected = call({"verify", file});
  EXPECT_EQ(unexpected.code, 0);
  EXPECT_NE(unexpected.out.find("I cannot tell whether this is the organisation that you mean"),
            std::string::npos);
  const std::string other = log::to_text(log::OrganisationId{});
  EXPECT_EQ(call({"verify", file, "--expect", other}).code, 3);
  EXPECT_EQ(call({"verify", file, "--expect", "moot1nobody"}).code, 2);
}

TEST_F(Evidence, TheWorstOfSeveralFilesDecides) {
  const std::string good = home("good.tlog-proof");
  const std::string forged = home("forged.tlog-proof");
  const std::string garbage = home("garbage");
  const std::string checkpoint = home("checkpoint");
  ASSERT_EQ(call_at_home({"proof", record_id, "--output", good}).code, 0);
  std::string text = test::read_file(good);
  text.replace(text.find("index 2"), 7, "index 1");
  std::ofstream(forged) << text;
  std::ofstream(garbage) << std::string(1000, '\xFF');
  std::ofstream(checkpoint) << call_at_home({"log", "--checkpoint"}).out;

  EXPECT_EQ(call({"verify", good}).code, 0);
  EXPECT_EQ(call({"verify", good, checkpoint}).code, 6);
  EXPECT_EQ(call({"verify", home("absent"), good}).code, 4);
  EXPECT_EQ(call({"verify", garbage, home("absent"), good}).code, 1);
  const Called all = call({"verify", forged, garbage, good, "--json"});
  EXPECT_EQ(all.code, 3);
  EXPECT_EQ(std::count(all.out.begin(), all.out.end(), '\n'), 2);
  EXPECT_EQ(json_of(all.err)["error"]["code"], "refused") << all.err;
}

TEST_F(Evidence, AnAuditLeadsWithTheVerdict) {
  const Called people = call_at_home({"audit"});
  EXPECT_EQ(people.code, 0) << people.out;
  EXPECT_TRUE(
      people.out.starts_with("History intact. This does not show that the statements are "
                             "true or complete.\n"))
      << people.out;
  EXPECT_EQ(people.err, "");
  const auto report = json_of(call_at_home({"audit", "--json"}).out);
  EXPECT_EQ(report["verdict"], "ok");
  EXPECT_EQ(report["logs"][0]["organisation"], organisation_);
  EXPECT_EQ(report["logs"][0]["entries"], 3);
  EXPECT_EQ(report["logs"][0]["bodies"], 2);
  EXPECT_EQ(call_at_home({"audit", organisation_}).code, 0);
  EXPECT_EQ(call_at_home({"audit", "nobody"}).code, 4);
}

TEST_F(Evidence, AnAuditOfAnotherHomeNamesItsFolder) {
  EXPECT_EQ(call({"audit", home(), "--home", home("elsewhere")}).code, 0);
  const Called empty = call_at_home({"audit", folder().string()});
  EXPECT_EQ(empty.code, 4);
  EXPECT_NE(empty.err.find("there is no node's store in"), std::string::npos) << empty.err;
}

TEST_F(Evidence, AnAuditFindsAChangedBody) {
  // The same length, so that only the promise made of it can tell.
  const std::string file = home() + "/store/data.mdb";
  std::string bytes = test::read_file(file);
  std::size_t changed = 0;
  for (std::size_t at = 0; (at = bytes.find("{\"name\": \"second\"}", at)) != std::string::npos;
       ++at, ++changed) {
    bytes.replace(at, 18, "{\"name\": \"secund\"}");
  }
  ASSERT_GT(changed, 0U);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  const Called called = call_at_home({"audit"});
  EXPECT_EQ(called.code, 3) << called.out;
  EXPECT_TRUE(called.out.starts_with("NOT INTACT")) << called.out;
}

TEST_F(Evidence, KeysAreListedWithoutSecrets) {
  const Called people = call_at_home({"keys", "list"});
  EXPECT_EQ(people.code, 0);
  EXPECT_NE(people.out.find("Officers' keys: 1"), std::string::npos) << people.out;
  EXPECT_EQ(json_of(call_at_home({"keys", "list", "--json"}).out)["reserve"].size(), 1U);
}

TEST_F(Evidence, ProgressIsShownOnlyWhenAskedFor) {
  EXPECT_NE(call_at_home({"audit", "--progress"}).err, "");
  EXPECT_EQ(call_at_home({"audit", "--progress", "--quiet"}).err, "");
}

}  // namespace
}  // namespace moot::command

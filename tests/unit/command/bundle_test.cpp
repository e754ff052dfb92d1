// Logs that travel in files: written, audited, read into another home, backed up and restored.
#include <fstream>

#include "call.hpp"
#include "config/home_lock.hpp"
#include "crypto/key_file.hpp"
#include "log/bundle_reader.hpp"
#include "log/checkpoint.hpp"
#include "log/evidence.hpp"
#include "store/store.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

/// A home that has published without a node, as the node does it.
class BundleCommand : public CommandTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(organisation_.empty());
    organisation_ = init("home");
    publish("home", 1, "{\"name\": \"first\"}", "{\"phone\": \"01234\"}");
    publish("home", 2, "{\"name\": \"second\"}");
  }
  std::string init(const std::string& name) {
    const Called made = call({"init", "Hall Trust", "--json", "--home", home(name)});
    EXPECT_EQ(made.code, 0) << made.err;
    return json_of(made.out)["organisation"];
  }
  static store::NewPart part_of(log::Part part, std::string_view body) {
    store::NewPart out{.part = part, .salt = {}, .body = to_bytes(view_of(body)), .commitment = {}};
    out.commitment = log::body_commitment(out.salt, out.part, out.body);
    return out;
  }
  std::unique_ptr<store::Store> open(const std::string& name, bool read_only = false) {
    return store::Store::open(home(name) + "/store", {.read_only = read_only, .create = false})
        .value();
  }
  void publish(const std::string& name, std::uint8_t record, std::string_view body,
               std::string_view personal = {}) {
    const auto store = open(name);
    const auto key = crypto::read_key_file(home("home") + "/keys/log.key", crypto::KeyUse::log);
    ASSERT_TRUE(key);
    const auto own = *store->own_organisation();
    store::NewRecord made{.operation = log::Operation::put,
                          .record = {},
                          .kind = "organization",
                          .parts = {part_of(log::Part::public_part, body)}};
    if (!personal.empty()) made.parts.push_back(part_of(log::Part::personal_part, personal));
    made.record.fill(record);
    const store::Job job = store::Publish{
        .records = {made}, .time_ms = 1'709'285'400'000, .sign = [&](const log::Head& head) {
          return log::sign_checkpoint(own, head, *key);
        }};
    ASSERT_TRUE(store->apply({&job, 1}).front());
  }
  void follow(const std::string& name, const std::string& organisation) {
    const auto store = open(name);
    const store::Job job = store::PutFollow{
        store::Follow{.organisation = log::parse_organisation_id(organisation).value(),
                      .name = "hall",
                      .address = {},
                      .mode = store::Mode::full,
                      .since_ms = 1}};
    ASSERT_TRUE(store->apply({&job, 1}).front());
  }
  log::TreeSize held(const std::string& name) {
    const auto state = open(name, true)->state(log::parse_organisation_id(organisation_).value());
    return state ? state->held : 0;
  }
  /// The file's path.
  std::string bundle(const std::string& name = "hall.moot",
                     const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"bundle", "write", "--output", home(name)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Called called = call_at_home(arguments);
    EXPECT_EQ(called.code, 0) << called.err;
    return home(name);
  }
  std::string organisation_;
};

TEST_F(BundleCommand, IsWrittenShownVerifiedAndAudited) {
  const std::string file = bundle();
  EXPECT_EQ(test::read_file(file).find("01234"), std::string::npos);
  const Called again = call_at_home({"bundle", "write", "--output", file});
  EXPECT_EQ(again.code, 1) << "not overwritten";
  const auto shown = json_of(call({"bundle", "show", file, "--json"}).out);
  EXPECT_EQ(shown["logs"][0]["organisation"], organisation_);
  EXPECT_EQ(shown["logs"][0]["size"], 3);

  const Called audit = call({"audit", file, "--expect", organisation_, "--json"});
  EXPECT_EQ(audit.code, 0) << audit.err;
  EXPECT_EQ(json_of(audit.out)["logs"][0]["withheld"], 1);
  const Called people = call({"audit", file});
  EXPECT_TRUE(people.out.starts_with("History intact.")) << people.out;
  EXPECT_NE(people.out.find("I cannot tell whether this is the organisation that you mean"),
            std::string::npos);
  const Called verified = call({"verify", file, "--json"});
  EXPECT_EQ(verified.code, 0) << verified.err;
  EXPECT_EQ(json_of(verified.out)["kind"], "bundle");
  EXPECT_EQ(json_of(verified.out)["verdict"], "ok");

  const std::string other = log::to_text(log::OrganisationId{});
  EXPECT_EQ(call({"audit", file, "--expect", other}).code, 3);
  EXPECT_EQ(call({"audit", file, "--expect", "moot1x"}).code, 2);
}

TEST_F(BundleCommand, CarriesPersonalPartsWhenAsked) {
  const std::string file = bundle("all.moot", {"--with-personal"});
  EXPECT_NE(test::read_file(file).find("01234"), std::string::npos);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(BundleCommand, ThatWasChangedOrCutIsFalse) {
  const std::string file = bundle();
  const std::string honest = test::read_file(file);
  std::string changed = honest;
  changed.replace(changed.find("\"second\""), 8, "\"secund\"");
  std::ofstream(file, std::ios::trunc) << changed;
  const Called audit = call({"audit", file});
  EXPECT_EQ(audit.code, 3) << audit.out;
  EXPECT_TRUE(audit.out.starts_with("NOT INTACT")) << audit.out;
  std::ofstream(file, std::ios::trunc) << honest.substr(0, honest.size() - 5);
  EXPECT_EQ(call({"audit", file}).code, 3);
  EXPECT_EQ(call({"verify", file}).code, 3);
  EXPECT_EQ(call({"bundle", "show", file}).code, 3);
}

TEST_F(BundleCommand, IsReadByWhoFollowsTheLog) {
  const std::string file = bundle();
  init("other");
  const auto read = [&](const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"bundle", "read", file, "--home", home("other")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  };
  const Called stranger = read();
  EXPECT_EQ(stranger.code, 0) << stranger.err;
  EXPECT_NE(stranger.out.find("not followed here"), std::string::npos) << stranger.out;
  EXPECT_EQ(held("other"), 0U);
  follow("other", organisation_);
  const Called first = read({"--json"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(json_of(first.out)["logs"][0]["added"], 3);
  EXPECT_EQ(held("other"), 3U);
  EXPECT_NE(read().out.find("nothing new"), std::string::npos);
  EXPECT_EQ(call({"audit", "hall", "--home", home("other")}).code, 0);
}

TEST_F(BundleCommand, IsReadByAnybodyWhoSaysSo) {
  const std::string file = bundle();
  init("other");
  EXPECT_EQ(call({"bundle", "read", file, "--any", "--home", home("other")}).code, 0);
  EXPECT_EQ(held("other"), 3U);
}

TEST_F(BundleCommand, IsNotReadBesideARunningNode) {
  const std::string file = bundle();
  const auto lock = config::HomeLock::take(home() + "/lock");
  ASSERT_TRUE(lock);
  const Called called = call_at_home({"bundle", "read", file});
  EXPECT_EQ(called.code, 1);
  EXPECT_NE(called.err.find("stop the node"), std::string::npos) << called.err;
}

TEST_F(BundleCommand, OfAnotherHistoryIsProvedAndSaid) {
  // A copy of the home with its key: what must never be.
  fs::copy(home("home"), home("copy"), fs::copy_options::recursive);
  publish("home", 3, "{\"name\": \"one story\"}");
  const std::string one = bundle("one.moot");
  publish("copy", 3, "{\"name\": \"another\"}");
  publish("copy", 4, "{}");
  ASSERT_EQ(call({"bundle", "write", "-o", home("two.moot"), "--home", home("copy")}).code, 0);
  init("other");
  follow("other", organisation_);
  EXPECT_EQ(call({"bundle", "read", one, "--home", home("other")}).code, 0);
  const Called read = call({"bundle", "read", home("two.moot"), "--home", home("other")});
  EXPECT_EQ(read.code, 3) << read.err;
  EXPECT_NE(read.out.find("PROOF"), std::string::npos) << read.out;
  EXPECT_EQ(held("other"), 4U);
  const auto evidence =
      open("other", true)->evidence(log::parse_organisation_id(organisation_).value());
  ASSERT_EQ(evidence.size(), 1U);
  std::ofstream(home("evidence")) << text_of(evidence[0]);

  const Called verified = call({"verify", home("evidence"), "--json"});
  EXPECT_EQ(verified.code, 3);
  EXPECT_EQ(json_of(verified.out)["verdict"], "fork-proven");
  EXPECT_EQ(json_of(verified.out)["kind"], "evidence");
  const Called people = call({"verify", home("evidence")});
  EXPECT_NE(people.out.find("PROVED"), std::string::npos) << people.out;
  for (const char* word : {"fork", "epoch", "establish", "root"}) {
    EXPECT_EQ(people.out.find(word), std::string::npos) << people.out;
  }
  const Called audit = call({"audit", "hall", "--home", home("other")});
  EXPECT_EQ(audit.code, 3) << audit.out;
  EXPECT_NE(audit.out.find("have NOT said which one stands"), std::string::npos) << audit.out;
}

TEST_F(BundleCommand, MayBeAnEndOnly) {
  const std::string file = bundle("end.moot", {"--from", "1"});
  EXPECT_EQ(json_of(call({"bundle", "show", file, "--json"}).out)["logs"][0]["first"], 0);
  const Called past = call_at_home({"bundle", "write", "-o", home("past.moot"), "--from", "900"});
  EXPECT_EQ(past.code, 4);
  EXPECT_FALSE(fs::exists(home("past.moot")));
}

TEST_F(BundleCommand, AnAuditAsksAPolicyForItsWitnesses) {
  const std::string file = bundle();
  std::ofstream(home("policy")) << "quorum none\n";
  const Called met = call({"audit", file, "--policy", home("policy"), "--json"});
  EXPECT_EQ(met.code, 0) << met.err;
  EXPECT_EQ(json_of(met.out)["logs"][0]["policy_met"], 3);
  std::ofstream(home("policy"), std::ios::trunc) << "quorum somebody\n";
  const Called wrong = call({"audit", file, "--policy", home("policy")});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("line 1"), std::string::npos) << wrong.err;
}

class BackupCommand : public BundleCommand {
 protected:
  bool holds_key(const fs::path& folder) const {
    const std::string key = test::read_file(home() + "/keys/log.key");
    for (const auto& item : fs::recursive_directory_iterator(folder)) {
      if (item.is_regular_file() &&
          test::read_file(item.path().string()).find(key) != std::string::npos) {
        return true;
      }
      if (item.path().filename() == "keys" && !fs::is_empty(item.path())) return true;
    }
    return false;
  }
};

TEST_F(BackupCommand, HoldsEverythingButTheKeys) {
  std::ofstream(home() + "/officers.json") << "{}";
  const Called made = call_at_home({"backup", home("backup"), "--json"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(json_of(made.out)["organisation"], organisation_);
  EXPECT_FALSE(holds_key(home("backup")));
  EXPECT_FALSE(fs::exists(home("backup") + "/instance"));
  EXPECT_TRUE(fs::exists(home("backup") + "/officers.json"));
  const std::string readme = test::read_file(home("backup") + "/README.txt");
  EXPECT_NE(readme.find("30 days"), std::string::npos);
  EXPECT_NE(readme.find(organisation_), std::string::npos);
  EXPECT_GT(json_of(test::read_file(home() + "/backup.json"))["time_ms"], 0);
  const Called again = call_at_home({"backup", home("backup")});
  EXPECT_EQ(again.code, 1) << "not overwritten";
  EXPECT_EQ(call_at_home({"backup", home("second")}).code, 0);
}

TEST_F(BackupCommand, IsRestoredIntoAHomeWithoutKeys) {
  ASSERT_EQ(call_at_home({"backup", home("backup")}).code, 0);
  const Called made = call({"restore", home("backup"), "--home", home("new"), "--json"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(json_of(made.out)["organisation"], organisation_);
  EXPECT_EQ(json_of(made.out)["entries"], 3);
  EXPECT_TRUE(fs::is_empty(home("new") + "/keys"));
  EXPECT_NE(test::read_file(home("new") + "/instance"), test::read_file(home() + "/instance"));
  EXPECT_EQ(test::read_file(home("new") + "/config.toml"),
            test::read_file(home() + "/config.toml"));
  EXPECT_EQ(log::to_text(open("new", true)->own_organisation().value()), organisation_);
  EXPECT_EQ(call({"audit", "--home", home("new")}).code, 0);
  const Called over = call({"restore", home("backup"), "--home", home("new")});
  EXPECT_EQ(over.code, 1);
  EXPECT_NE(over.err.find("nothing was changed"), std::string::npos) << over.err;
}

TEST_F(BackupCommand, TheQueueOfABackupIsNotRestored) {
  {
    store::NewRecord waiting{.operation = log::Operation::put,
                             .record = {},
                             .kind = "organization",
                             .parts = {part_of(log::Part::public_part, "{}")}};
    const std::vector<store::Job> jobs(2, store::Enqueue{{waiting}, 1});
    for (const auto& result : open("home")->apply(jobs)) ASSERT_TRUE(result);
  }
  ASSERT_EQ(call_at_home({"backup", home("backup")}).code, 0);
  const Called as_json = call({"restore", home("backup"), "--home", home("new"), "--json"});
  ASSERT_EQ(as_json.code, 0) << as_json.err;
  EXPECT_EQ(json_of(as_json.out)["queue_dropped"], 2);
  EXPECT_TRUE(open("new", true)->queued().empty());
  EXPECT_FALSE(open("new", true)->value("scrub").value_or("").empty());
  const Called people = call({"restore", home("backup"), "--home", home("newer")});
  EXPECT_NE(people.out.find("2 publishes"), std::string::npos) << people.out;
}

TEST_F(BackupCommand, ABundleIsRestoredToo) {
  const std::string file = bundle();
  const Called made = call({"restore", file, "--home", home("new"), "--name", "Hall Trust"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_NE(made.out.find("Personal parts did not come along"), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("moot keys rotate --after-restore"), std::string::npos) << made.out;
  EXPECT_NE(test::read_file(home("new") + "/config.toml").find("Hall Trust"), std::string::npos);
  EXPECT_EQ(held("new"), 3U);
  EXPECT_EQ(log::to_text(open("new", true)->own_organisation().value()), organisation_);
}

TEST_F(BackupCommand, WhatIsNoneLeavesNothingBehind) {
  std::ofstream(home("garbage")) << "garbage";
  fs::create_directory(home("empty"));
  const std::string bad = bundle("bad.moot");
  std::string text = test::read_file(bad);
  text.replace(text.find("\"second\""), 8, "\"secund\"");
  std::ofstream(bad, std::ios::trunc) << text;
  const auto before = names();
  EXPECT_EQ(call({"restore", home("garbage"), "--home", home("new")}).code, 2);
  EXPECT_EQ(call({"restore", home("empty"), "--home", home("new")}).code, 4);
  EXPECT_EQ(call({"restore", bad, "--home", home("new")}).code, 3);
  EXPECT_EQ(call({"restore", "moot1nobody", "--home", home("new")}).code, 2);
  EXPECT_EQ(call({"restore", organisation_, "--home", home("new")}).code, 2);
  EXPECT_EQ(call({"restore", organisation_, "--from", "x", "--home", home("new")}).code, 2);
  EXPECT_EQ(names(), before);
}

}  // namespace
}  // namespace moot::command

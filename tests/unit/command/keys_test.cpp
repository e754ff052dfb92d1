// Changes of keys from the first sheet to a set of officers and on to another, by the commands that
// people type. No node runs.
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "call.hpp"
#include "command/recovery_code.hpp"
#include "crypto/encoding.hpp"
#include "crypto/key_file.hpp"
#include "crypto/reserve_key.hpp"
#include "log/checkpoint.hpp"
#include "log/rotation.hpp"
#include "store/store.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

class Keys : public CommandTest {
 protected:
  Keys() {
    ::setenv("XDG_STATE_HOME", home("state").c_str(), 1);
    std::ofstream(path("pass")) << "open sesame\n";
    EXPECT_EQ(call_at_home({"init", "Hall Trust", "--recovery-file", path("sheet.txt")}).code, 0);
  }
  ~Keys() override { ::unsetenv("XDG_STATE_HOME"); }

  std::string path(const std::string& name) const { return home(name); }
  /// Makes an officer's key in a file of this name, as `moot keys make` does, but with the least
  /// that a guess may cost, so that the tests are quick; answers its public half.
  std::string make(const std::string& name) const {
    const auto key = crypto::SigningKey::generate();
    const auto sealed = crypto::seal_reserve_key(key, "open sesame", {1, 8192});
    EXPECT_TRUE(crypto::write_reserve_key_file(path(name), *sealed));
    return log::reserve_key_text(key.public_key().bytes());
  }
  void name_officer(const std::string& name) const {
    EXPECT_EQ(call_at_home({"officers", "add", name, "--key", make(name)}).code, 0);
  }
  Called rotate(std::vector<std::string> more = {}, const std::string& file = "request") const {
    std::vector<std::string> arguments = {"keys", "rotate", "--request", path(file), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call_at_home(arguments);
  }
  Called sign(const std::string& key, std::vector<std::string> more = {},
              const std::string& file = "request") const {
    std::vector<std::string> arguments = {"keys",    "sign",  path(file),          "--key",
                                          path(key), "--yes", "--passphrase-file", path("pass")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  }
  Called apply(std::vector<std::string> files = {"request"}) const {
    std::vector<std::string> arguments = {"keys", "apply", "--json"};
    for (const std::string& file : files) arguments.push_back(path(file));
    return call_at_home(arguments);
  }
  /// From the one sheet to two of sheet, ann and bea.
  void go_to_two_of_three() const {
    name_officer("ann");
    name_officer("bea");
    ASSERT_EQ(call_at_home({"officers", "threshold", "2"}).code, 0);
    ASSERT_EQ(rotate().code, 0);
    ASSERT_EQ(sign("sheet.txt").code, 0);
    const Called applied = apply();
    ASSERT_EQ(applied.code, 0) << applied.err;
  }
  std::unique_ptr<store::Store> open(bool read_only) const {
    return std::move(
        *store::Store::open(home() + "/store", {.read_only = read_only, .create = false}));
  }
  void apply_job(store::Job job) const { ASSERT_TRUE(open(false)->apply({&job, 1}).front()); }
  /// As the node would, with the key of today; answers its entry.
  log::LeafIndex publish(std::string_view body) const {
    const auto own = *open(true)->own_organisation();
    const auto key =
        crypto::read_key_file(fs::path(home()) / "keys" / "log.key", crypto::KeyUse::log);
    const log::Salt salt{};
    const auto part = log::Part::public_part;
    store::Publish job{
        .records = {{.operation = log::Operation::put,
                     .record = {},
                     .kind = "service",
                     .parts = {{.part = part,
                                .salt = salt,
                                .body = to_bytes(view_of(body)),
                                .commitment = log::body_commitment(salt, part, view_of(body))}}}},
        .time_ms = 1'700'000'000'000,
        .sign = [&](const log::Head& head) { return log::sign_checkpoint(own, head, *key); },
        .queued = 0};
    const store::Job any = std::move(job);
    const auto results = open(false)->apply({&any, 1});
    EXPECT_TRUE(results.front());
    return results.front()->first;
  }
  log::TreeSize size() const {
    const auto store = open(true);
    return store->state(*store->own_organisation())->held;
  }
  void change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = test::read_file(path(file));
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    std::ofstream(path(file)) << text.replace(at, from.size(), to);
  }
  log::Identity identity() const {
    const auto store = store::Store::open(home() + "/store", {.read_only = true, .create = false});
    return *(*store)->identity(*(*store)->own_organisation());
  }
  crypto::PublicKeyBytes key_at_home(const char* name, crypto::KeyUse use) const {
    return crypto::read_key_file(fs::path(home()) / "keys" / name, use)->public_key().bytes();
  }
};

TEST_F(Keys, GoFromOneOfOneToTwoOfThreeAndOn) {
  go_to_two_of_three();
  EXPECT_EQ(identity().newest().establish.seq, 1U);
  EXPECT_EQ(identity().newest().establish.threshold_next, 2);
  EXPECT_EQ(identity().newest().establish.next_digests.size(), 3U);
  EXPECT_EQ(key_at_home("log.key", crypto::KeyUse::log), identity().newest().establish.log_key);
  EXPECT_TRUE(identity().lists_node_key(key_at_home("node.key", crypto::KeyUse::node)));
  EXPECT_EQ(identity().newest().establish.node_keys.size(), 1U);
  EXPECT_FALSE(fs::exists(home() + "/keys/next"));

  // Ann and Bea let the sheet go and take Cy in; each signs a copy.
  ASSERT_EQ(call_at_home({"officers", "remove", "recovery sheet"}).code, 0);
  name_officer("cy");
  ASSERT_EQ(rotate({}, "second").code, 0);
  ASSERT_EQ(sign("ann", {"--output", path("by-ann")}, "second").code, 0);
  ASSERT_EQ(sign("bea", {"--output", path("by-bea")}, "second").code, 0);
  EXPECT_EQ(apply({"by-ann"}).code, 6);
  const Called applied = apply({"by-ann", "by-bea"});
  ASSERT_EQ(applied.code, 0) << applied.err;
  EXPECT_EQ(json_of(applied.out)["seq"], 2);
  EXPECT_EQ(identity().events().size(), 3U);
  EXPECT_EQ(call_at_home({"audit"}).code, 0);
  EXPECT_EQ(call_at_home({"officers", "list", "--json"}).code, 0);

  ASSERT_EQ(rotate({}, "third").code, 0);
  EXPECT_EQ(sign("sheet.txt", {}, "third").code, 1);  // decides nothing any more
  EXPECT_EQ(sign("cy", {}, "third").code, 0);
}

TEST_F(Keys, LetOneChangeBeOpenAtATime) {
  ASSERT_EQ(rotate().code, 0);
  EXPECT_EQ(rotate({}, "other").code, 1);
  EXPECT_FALSE(fs::exists(path("other")));
  ASSERT_EQ(call_at_home({"keys", "cancel"}).code, 0);
  EXPECT_EQ(call_at_home({"keys", "cancel"}).code, 4);
  EXPECT_EQ(rotate({}, "other").code, 0);
  // The one that was given up cannot be applied, whoever signed it.
  ASSERT_EQ(sign("sheet.txt").code, 0);
  const Called applied = apply();
  EXPECT_EQ(applied.code, 1);
  EXPECT_NE(applied.err.find("other keys"), std::string::npos) << applied.err;
}

TEST_F(Keys, AreNotSignedTwiceForOneNumber) {
  ASSERT_EQ(rotate().code, 0);
  ASSERT_EQ(sign("sheet.txt").code, 0);
  EXPECT_EQ(sign("sheet.txt").code, 1);  // there already
  ASSERT_EQ(call_at_home({"keys", "cancel"}).code, 0);
  ASSERT_EQ(rotate({}, "other").code, 0);
  const Called second = sign("sheet.txt", {}, "other");
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.err.find("already signed another change"), std::string::npos) << second.err;
  EXPECT_EQ(log::parse_request(test::read_file(path("other")))->signatures.size(), 0U);
  EXPECT_EQ(sign("sheet.txt", {"--even-so"}, "other").code, 0);
  EXPECT_EQ(apply({"other"}).code, 0);
}

TEST_F(Keys, OfStrangersDoNotSign) {
  make("stranger");
  ASSERT_EQ(rotate().code, 0);
  const Called called = sign("stranger");
  EXPECT_EQ(called.code, 1);
  EXPECT_NE(called.err.find("recovery sheet"), std::string::npos) << called.err;  // who could
  EXPECT_EQ(apply().code, 6);
}

TEST_F(Keys, OpenWithTheirPassphraseAlone) {
  const Called made =
      call({"keys", "make", path("ann"), "--passphrase-file", path("pass"), "--json"});
  ASSERT_EQ(made.code, 0) << made.err;
  const Called shown =
      call({"keys", "public", path("ann"), "--passphrase-file", path("pass"), "--json"});
  EXPECT_EQ(json_of(shown.out)["key"], json_of(made.out)["key"]);
  std::ofstream(path("wrong")) << "open says me\n";
  const Called called =
      call({"keys", "public", path("ann"), "--passphrase-file", path("wrong"), "--json"});
  EXPECT_EQ(called.code, 2);
  EXPECT_NE(called.err.find("passphrase is wrong"), std::string::npos) << called.err;
  EXPECT_EQ(call({"keys", "public", path("ann")}).code, 2);  // nobody to ask
  EXPECT_EQ(call({"keys", "public", path("nobody")}).code, 4);
  EXPECT_EQ(call({"keys", "public", home() + "/keys/log.key"}).code, 2);
  EXPECT_EQ(call({"keys", "make", path("ann"), "--passphrase-file", path("pass")}).code, 1);
  std::ofstream(path("empty")) << "\n";
  EXPECT_EQ(call({"keys", "make", path("bea"), "--passphrase-file", path("empty")}).code, 2);
  EXPECT_FALSE(fs::exists(path("bea")));
}

TEST_F(Keys, ArePrintedAsASheetThatIsTheSameKey) {
  const std::string shown = make("ann");
  const Called printed =
      call({"keys", "print", path("ann"), "--passphrase-file", path("pass"), "--name", "Ann"});
  ASSERT_EQ(printed.code, 0) << printed.err;
  const auto key = read_recovery(printed.out);
  ASSERT_TRUE(key);
  EXPECT_EQ(log::reserve_key_text(key->public_key().bytes()), shown);
  ASSERT_EQ(call({"keys", "print", path("ann"), "--passphrase-file", path("pass"), "--svg",
                  path("ann.svg")})
                .code,
            0);
  EXPECT_TRUE(test::read_file(path("ann.svg")).starts_with("<?xml"));
}

TEST_F(Keys, AreTriedInADrill) {
  const Called called = call_at_home({"keys", "drill", "--key", path("sheet.txt"), "--json"});
  ASSERT_EQ(called.code, 0) << called.err;
  const auto listed = json_of(call_at_home({"officers", "list", "--json"}).out);
  EXPECT_EQ(listed["present"]["officers"][0]["last_drill"], json_of(called.out)["date"]);
  make("stranger");
  EXPECT_EQ(
      call_at_home({"keys", "drill", "--key", path("stranger"), "--passphrase-file", path("pass")})
          .code,
      3);
}

TEST_F(Keys, NeedEnoughPublicHalves) {
  fs::remove(home() + "/officers.json");  // as in a home made anew from peers
  const std::string ann = make("ann");
  ASSERT_EQ(call_at_home({"officers", "add", "ann", "--key", ann}).code, 0);
  const Called called = rotate();
  EXPECT_EQ(called.code, 1);
  EXPECT_NE(called.err.find("moot officers known"), std::string::npos) << called.err;
  EXPECT_FALSE(fs::exists(home() + "/keys/next"));
  const std::string sheet =
      json_of(call({"keys", "public", path("sheet.txt"), "--json"}).out)["key"];
  ASSERT_EQ(call_at_home({"officers", "known", sheet, "--name", "the sheet"}).code, 0);
  EXPECT_EQ(rotate().code, 0);
}

TEST_F(Keys, LeaveTheOfficersAsTheyAreWhenNobodyIsNamed) {
  fs::remove(home() + "/officers.json");
  const std::string sheet =
      json_of(call({"keys", "public", path("sheet.txt"), "--json"}).out)["key"];
  ASSERT_EQ(call_at_home({"officers", "known", sheet}).code, 0);
  ASSERT_EQ(rotate().code, 0);
  ASSERT_EQ(sign("sheet.txt").code, 0);
  ASSERT_EQ(apply().code, 0);
  EXPECT_EQ(identity().events()[1].establish.next_digests,
            identity().events()[0].establish.next_digests);
}

TEST_F(Keys, AreMadeForAHomeThatHasNone) {
  fs::remove(home() + "/keys/log.key");
  fs::remove(home() + "/keys/node.key");
  ASSERT_EQ(rotate({"--after-restore"}).code, 0);
  ASSERT_EQ(sign("sheet.txt").code, 0);
  ASSERT_EQ(apply().code, 0);
  EXPECT_EQ(key_at_home("log.key", crypto::KeyUse::log), identity().newest().establish.log_key);
}

TEST_F(Keys, StandByWhatTheOfficersName) {
  go_to_two_of_three();  // entries 0 and 1 are changes of keys
  EXPECT_EQ(rotate({"--after-theft", "--stand-by", "1"}, "theft").code, 2);
  EXPECT_EQ(rotate({"--after-theft", "--stand-by", "3"}, "theft").code, 2);
  EXPECT_EQ(rotate({"--after-theft", "--after-restore"}, "theft").code, 2);
  const Called called = rotate({"--after-theft", "--stand-by", "2"}, "theft");
  ASSERT_EQ(called.code, 0) << called.err;
  EXPECT_EQ(json_of(called.out)["purpose"], "theft");
  EXPECT_EQ(json_of(called.out)["trusted_size"], 2);
  ASSERT_EQ(sign("ann", {}, "theft").code, 0);
  ASSERT_EQ(sign("bea", {}, "theft").code, 0);
  const Called applied = apply({"theft"});
  ASSERT_EQ(applied.code, 0) << applied.err;
  EXPECT_EQ(json_of(applied.out)["republished"], false);
}

TEST_F(Keys, LeaveDisownedWhatTheOfficersReadThatTheyDo) {
  publish("first");                        // 1
  publish("the organisation is no more");  // 2
  ASSERT_EQ(rotate({"--stand-by", "2"}).code, 0);
  publish("after the officers were asked");  // 3
  ASSERT_EQ(sign("sheet.txt").code, 0);
  const Called applied = apply();
  ASSERT_EQ(applied.code, 0) << applied.err;
  EXPECT_EQ(json_of(applied.out)["entry"], 4);
  EXPECT_EQ(json_of(applied.out)["republished"], true);
  EXPECT_EQ(size(), 6U);  // entry 3 again, and not entry 2
}

TEST_F(Keys, DoNotChangeByARequestWhoseUnsignedLinesWereChanged) {
  publish("first");
  publish("a thief's");
  ASSERT_EQ(rotate({"--after-theft", "--stand-by", "2"}).code, 0);
  ASSERT_EQ(sign("sheet.txt").code, 0);
  fs::copy(path("request"), path("copy"));
  change("copy", "purpose theft", "purpose planned");
  const Called other = apply({"copy"});
  EXPECT_EQ(other.code, 1);
  EXPECT_NE(other.err.find("changed on its way"), std::string::npos) << other.err;
  EXPECT_EQ(apply({"request", "copy"}).code, 1);
  change("copy", "purpose planned", "purpose theft");
  change("copy", "size 3", "size 2");
  EXPECT_EQ(apply({"copy"}).code, 1);
  EXPECT_EQ(size(), 3U);
  EXPECT_EQ(apply().code, 0);
  EXPECT_EQ(size(), 4U);
}

TEST_F(Keys, AreNotChangedInAHomeThatLacksEntriesOfItsLog) {
  const std::string own = log::to_text(identity().organisation());
  const std::string about =
      "restored " + crypto::to_hex(identity().newest().establish.log_key) + " " + own;
  ASSERT_EQ(rotate({"--after-restore"}).code, 0);
  ASSERT_EQ(sign("sheet.txt").code, 0);
  apply_job(store::PutValue{.name = "restored", .value = about + " 20 1700000000000"});
  const Called refused = apply();
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("lacks entries"), std::string::npos) << refused.err;
  EXPECT_EQ(identity().events().size(), 1U);
  const Called applied = call_at_home({"keys", "apply", "--even-so", path("request"), "--json"});
  EXPECT_EQ(applied.code, 0) << applied.err;

  // Which was about the old key.
  ASSERT_EQ(rotate({}, "second").code, 0);
  ASSERT_EQ(sign("sheet.txt", {}, "second").code, 0);
  EXPECT_EQ(apply({"second"}).code, 0);
}

TEST_F(Keys, AreShownToThoseWhoHandOver) {
  const std::string ann = make("ann");
  ASSERT_EQ(call_at_home({"officers", "add", "ann", "--key", ann}).code, 0);
  std::ofstream(path("policy")) << "# nobody yet\n";
  ASSERT_EQ(rotate({"--witness-policy", path("policy")}).code, 0);
  const Called called = sign("sheet.txt");
  ASSERT_EQ(called.code, 0) << called.err;
  const std::string digits = crypto::to_hex(log::reserve_digest(*log::parse_reserve_key_text(ann)));
  for (const std::string& said :
       {std::string("decides today too ("), "NEW KEY (" + digits.substr(0, 4) + " ",
        std::string("1 machine speaks"), std::string("CHANGED"), std::string("# nobody yet")}) {
    EXPECT_NE(called.out.find(said), std::string::npos) << said << called.out;
  }
  const Called shown =
      call({"keys", "public", path("ann"), "--passphrase-file", path("pass"), "--json"});
  EXPECT_EQ(json_of(shown.out)["digest"], digits);
}

TEST_F(Keys, AreChangedAlsoWhenTheLastStepWasInterrupted) {
  ASSERT_EQ(rotate().code, 0);
  ASSERT_EQ(sign("sheet.txt").code, 0);
  fs::copy(home() + "/keys", path("keys-before"), fs::copy_options::recursive);
  ASSERT_EQ(apply().code, 0);
  // The event was durable, and the power failed before the keys were moved.
  fs::remove_all(home() + "/keys");
  fs::rename(path("keys-before"), home() + "/keys");
  EXPECT_EQ(call_at_home({"keys", "cancel"}).code, 1);
  EXPECT_EQ(apply().code, 1);  // in force already
  EXPECT_EQ(key_at_home("log.key", crypto::KeyUse::log), identity().newest().establish.log_key);
  EXPECT_FALSE(fs::exists(home() + "/keys/next"));
}

TEST_F(Keys, AreExplainedInPlainWordsBeforeASignature) {
  ASSERT_EQ(rotate().code, 0);
  const Called called = sign("sheet.txt");
  ASSERT_EQ(called.code, 0) << called.err;
  for (const char* said : {"Hall Trust", "your key", "goes on standing by", "Signed"}) {
    EXPECT_NE(called.out.find(said), std::string::npos) << said;
  }
  for (const char* unsaid : {"establish", "epoch", "disowned", "fork", "root"}) {
    EXPECT_EQ(called.out.find(unsaid), std::string::npos) << unsaid;
  }
  // Without --yes somebody must be asked, and here is nobody.
  ASSERT_EQ(call_at_home({"keys", "cancel"}).code, 0);
  ASSERT_EQ(rotate({}, "other").code, 0);
  EXPECT_EQ(call({"keys", "sign", path("other"), "--key", path("sheet.txt"), "--even-so"}).code, 2);
}

TEST_F(Keys, OfARequestThatIsNoneAreNotAskedFor) {
  std::ofstream(path("request")) << "hello\n";
  EXPECT_EQ(sign("sheet.txt").code, 1);
  EXPECT_EQ(apply().code, 1);
  EXPECT_EQ(apply({"absent"}).code, 4);
}

}  // namespace
}  // namespace moot::command

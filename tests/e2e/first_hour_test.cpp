// What README.md shows, command by command, and the JSON keys that docs/cli.md promises to scripts.
#include <gtest/gtest.h>

#include "steps.hpp"
#include "support/shared.hpp"

namespace moot::test {
namespace {

/// Hall Trust publishes a record in two versions, and the food bank follows.
class FirstHour : public testing::Test {
 protected:
  void publish_twice() {
    hall.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
    hall.lines({"publish", "-"}, lunch_club("A hot meal at one."));
  }

  TemporaryFolder folder;
  Node hall{folder.path() / "hall", "Hall Trust"};
  Node food{folder.path() / "food", "Food Bank"};
};

TEST_F(FirstHour, InitMakesAWholeHomeAndShowsTheRecoveryCodeOnce) {
  const auto home = folder.path() / "third";
  const Finished finished = run({program("moot"), "--home", home.string(), "init", "Third",
                                 "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.errors;
  const auto made = nlohmann::json::parse(finished.output);
  expect_keys(made, {"organisation", "name", "home", "address", "recovery"});
  EXPECT_EQ(made.at("home"), home.string());
  const std::string organisation = made.at("organisation");
  EXPECT_TRUE(organisation.starts_with("moot1"));
  EXPECT_EQ(made.at("address"), "moot://" + organisation + "@127.0.0.1:0");
  // Neither again nor anywhere in the home.
  const std::string code = made.at("recovery");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(read_file(entry.path()).find(code.substr(0, 30)), std::string::npos) << entry.path();
  }
}

TEST_F(FirstHour, PublishNamesEachRecordAndThenTheCheckpoint) {
  const auto lines = hall.lines({"publish", "-"}, lunch_club("A hot meal at noon."));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], (nlohmann::json{{"record", lunch_id}, {"kind", "service"}, {"entry", 1}}));
  EXPECT_EQ(lines[1].at("checkpoint").at("size"), 2);
  EXPECT_EQ(lines[1].at("checkpoint"), head_of(hall, hall.organisation()));
}

TEST_F(FirstHour, PublishReadsSeveralFilesOfEveryShape) {
  const auto object = folder.path() / "object.json";
  const auto lines = folder.path() / "lines.jsonl";
  const auto page = folder.path() / "page.json";
  write_file(object, lunch_club("A hot meal."));
  write_file(lines, an_organization("5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c11", "One") +
                        an_organization("5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c12", "Two"));
  write_file(page, R"({"total_items": 1, "contents": [)" +
                       an_organization("5b0e6b43-7e6f-4e35-9f3a-0a1d2d6f3c13", "Three") + "]}");
  EXPECT_EQ(hall.lines({"publish", object.string()}).size(), 2U);
  EXPECT_EQ(hall.lines({"publish", lines.string(), page.string(), "--kind", "organization"}).size(),
            4U);
  EXPECT_EQ(own_size(hall), 5U);
}

TEST_F(FirstHour, DryRunChecksAndPublishesNothing) {
  const auto lines = hall.lines({"publish", "--dry-run", "-"}, lunch_club("A hot meal."));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], (nlohmann::json{{"record", lunch_id}, {"kind", "service"}}));
  EXPECT_EQ(own_size(hall), 1U);
}

TEST_F(FirstHour, FollowSyncStatusAndPeersSayHowFarTheFollowerIs) {
  publish_twice();
  const auto followed = food.json({"follow", hall.address(), "--as", "hall"});
  expect_keys(followed, {"organisation", "name", "address", "mode", "state"});
  EXPECT_EQ(followed.at("organisation"), hall.organisation());
  EXPECT_EQ(followed.at("name"), "hall");
  EXPECT_EQ(followed.at("mode"), "full");

  const auto synced = food.json({"sync", "hall", "--wait", "--timeout", "60"});
  EXPECT_EQ(synced.at("complete"), true);
  ASSERT_EQ(synced.at("logs").size(), 1U);
  expect_keys(synced.at("logs")[0], {"organisation", "name", "size", "root", "state", "synced"});
  EXPECT_EQ(synced.at("logs")[0].at("size"), 3);

  const auto status = food.json({"status"});
  expect_keys(status, {"organisation", "name", "version", "home", "listening", "address", "state",
                       "head", "store", "peers", "logs", "warnings"});
  EXPECT_EQ(status.at("organisation"), food.organisation());
  EXPECT_EQ(status.at("address"), food.address());
  EXPECT_EQ(status.at("state"), "running");
  expect_keys(status.at("head"), {"size", "root"});
  EXPECT_EQ(status.at("head").at("size"), 1);
  EXPECT_GT(status.at("store").at("bytes"), 0);
  ASSERT_EQ(status.at("logs").size(), 1U);
  const auto& log = status.at("logs")[0];
  expect_keys(log, {"organisation", "name", "size", "root", "state", "known", "witnesses",
                    "bodies_missing", "detail", "mode"});
  EXPECT_EQ(log.at("organisation"), hall.organisation());
  EXPECT_EQ(log.at("size"), 3);
  EXPECT_EQ(log.at("root"), head_of(hall, hall.organisation()).at("root"));
  EXPECT_EQ(log.at("state"), "current");
  EXPECT_EQ(log.at("bodies_missing"), 0);

  const auto peers = food.json({"peers"}).at("peers");
  ASSERT_EQ(peers.size(), 1U);
  EXPECT_EQ(status.at("peers").size(), 1U);
  expect_keys(peers[0], {"organisation", "name", "address", "direction", "state", "connected",
                         "bytes_received", "bytes_sent", "shared_logs"});
  EXPECT_EQ(peers[0].at("organisation"), hall.organisation());
  EXPECT_EQ(peers[0].at("connected"), true);
  EXPECT_GT(peers[0].at("bytes_received"), 0);
}

TEST_F(FirstHour, LogShowAndOrgsReadTheCopyAsTheOriginal) {
  publish_twice();
  food.json({"follow", hall.address(), "--as", "hall"});
  sync(food, "hall");
  const auto entries = food.lines({"log", "hall"});
  EXPECT_EQ(entries, hall.lines({"log"}));
  ASSERT_EQ(entries.size(), 3U);
  expect_keys(entries[0], {"entry", "type", "organisation", "time"});
  EXPECT_EQ(entries[0].at("type"), "establish");
  expect_keys(entries[2], {"entry", "type", "organisation", "time", "operation", "record", "kind",
                           "previous", "parts"});
  EXPECT_EQ(entries[2].at("previous"), 1);
  EXPECT_EQ(food.lines({"log", "hall", "--from", "1", "--limit", "1"}).at(0), entries[1]);

  const auto shown = food.json({"show", lunch_id});
  expect_keys(shown, {"record", "organisation", "kind", "operation", "entry", "time", "previous",
                      "head", "state", "parts", "body"});
  EXPECT_EQ(shown.at("body").at("description"), "A hot meal at one.");
  EXPECT_EQ(shown, hall.json({"show", lunch_id}));
  const auto history = food.json({"show", lunch_id, "--history"});
  expect_keys(history, {"record", "organisation", "head", "versions", "truncated"});
  ASSERT_EQ(history.at("versions").size(), 2U);
  EXPECT_EQ(history.at("versions")[1].at("body").at("description"), "A hot meal at noon.");

  const auto orgs = food.json({"orgs"}).at("organisations");
  ASSERT_EQ(orgs.size(), 2U);
  for (const auto& each : orgs) {
    expect_keys(each, {"organisation", "name", "address", "mode", "own"});
  }
}

TEST_F(FirstHour, ABodyComesBackByteForByte) {
  // Spaces, order, escapes and a number that no double holds: nothing is re-encoded on the way.
  const std::string text = R"({ "name" : "Caf\u00e9 — Ω",  "id":")" + lunch_id +
                           R"(","status":"active","x_count":12345678901234567890.10})";
  hall.lines({"publish", "-", "--kind", "service"}, text + "\n");
  follow(food, hall.address());
  sync(food, hall.organisation());
  const Finished shown = food.moot({"show", lunch_id, "--json"});
  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_NE(shown.output.find(R"("body":)" + text), std::string::npos) << shown.output;
}

TEST_F(FirstHour, AProofConvincesWhoeverHasNoNode) {
  publish_twice();
  const auto file = folder.path() / "lunch.tlog-proof";
  const auto proof = hall.json({"proof", lunch_id});
  expect_keys(proof, {"organisation", "record", "entry", "size", "root", "leaf", "leaf_hash",
                      "hashes", "checkpoint", "proof"});
  EXPECT_EQ(hall.moot({"proof", lunch_id, "--output", file.string()}).exit_code, 0);
  EXPECT_EQ(read_file(file), proof.at("proof").get<std::string>());

  const auto verify = [&](const std::vector<std::string>& more) {
    std::vector<std::string> command = {program("moot"), "verify", file.string(), "--json"};
    command.insert(command.end(), more.begin(), more.end());
    return run(command);
  };
  const Finished judged = verify({"--expect", hall.organisation()});
  EXPECT_EQ(judged.exit_code, 0) << judged.errors;
  const auto line = nlohmann::json::parse(judged.output);
  expect_keys(line, {"path", "expected", "verdict", "file", "organisation", "size", "root", "entry",
                     "record", "kind", "operation", "time", "findings"});
  EXPECT_EQ(line.at("verdict"), "ok");
  EXPECT_EQ(line.at("entry"), 2);
  EXPECT_EQ(verify({"--expect", food.organisation()}).exit_code, 3);
}

TEST_F(FirstHour, TheCheckpointIsPrintedAsItWasSigned) {
  publish_twice();
  const Finished printed = hall.moot({"log", "--checkpoint"});
  const auto checkpoint = hall.json({"log", "--checkpoint"});
  expect_keys(checkpoint, {"organisation", "size", "root", "note"});
  EXPECT_EQ(printed.output, checkpoint.at("note").get<std::string>());
  const std::string root = checkpoint.at("root");
  EXPECT_TRUE(printed.output.starts_with("moot/log/" + hall.organisation() + "\n3\n" + root +
                                         "\n\n\u2014 moot/log/" + hall.organisation() + " "))
      << printed.output;
  const auto file = folder.path() / "hall.checkpoint";
  write_file(file, printed.output);
  // A checkpoint alone does not show that its key is the organisation's: nothing false, not all
  // checked.
  const int verdict = run({program("moot"), "verify", file.string(), "--json"}).exit_code;
  EXPECT_TRUE(verdict == 0 || verdict == 6) << verdict;
}

TEST_F(FirstHour, AuditCountsWhatItChecked) {
  publish_twice();
  follow(food, hall.address());
  sync(food, hall.organisation());
  const auto audit = food.json({"audit"});
  EXPECT_EQ(audit.at("verdict"), "ok");
  ASSERT_EQ(audit.at("logs").size(), 2U);
  const auto one = food.json({"audit", hall.organisation()}).at("logs").at(0);
  expect_keys(one, {"organisation", "verdict", "head", "entries", "bodies", "checkpoints",
                    "cosignatures", "erased", "withheld", "disowned", "problems", "not_checked"});
  EXPECT_EQ(one.at("entries"), 3);
  EXPECT_EQ(one.at("bodies"), 2);
  EXPECT_EQ(one.at("problems").size(), 0U);
  // Of another's home, and beside its running node.
  EXPECT_EQ(hall.json({"audit", food.home().string()}).at("verdict"), "ok");
}

TEST_F(FirstHour, KeysPathsSchemaAndConfigAnswerWithoutANode) {
  EXPECT_EQ(hall.stop(), 0);
  const auto keys = hall.json({"keys", "list"});
  expect_keys(keys, {"organisation", "log", "node", "reserve", "threshold"});
  expect_keys(keys.at("log").at(0), {"seq", "vkey", "from_size"});
  EXPECT_TRUE(keys.at("log")[0].at("vkey").get<std::string>().starts_with(
      "moot/log/" + hall.organisation() + "+"));
  expect_keys(keys.at("node").at(0), {"vkey"});
  expect_keys(keys.at("reserve").at(0), {"digest"});

  const auto paths = hall.json({"paths"});
  expect_keys(paths, {"home", "config", "keys", "log_key", "node_key", "store", "instance",
                      "control_socket", "lock"});
  for (const char* key : {"config", "keys", "log_key", "node_key", "store", "instance"}) {
    EXPECT_TRUE(std::filesystem::exists(paths.at(key).get<std::string>())) << key;
  }

  const auto kinds = hall.json({"schema"}).at("kinds");
  for (const char* kind : {"organization", "service", "location", "service_at_location", "taxonomy",
                           "taxonomy_term"}) {
    EXPECT_NE(std::find(kinds.begin(), kinds.end(), kind), kinds.end()) << kind;
    EXPECT_TRUE(hall.json({"schema", kind}).contains("properties")) << kind;
  }
  EXPECT_EQ(hall.json({"config", "check"}).at("ok"), true);
  const std::string listen = "127.0.0.1:" + std::to_string(hall.port());
  EXPECT_EQ(hall.json({"config", "get", "node.listen"}).at("value"), listen);
  EXPECT_EQ(hall.json({"config", "get"}).at("values").at("node.listen"), listen);
}

TEST_F(FirstHour, EveryCommandHasHelpWithAnExample) {
  const Finished all = run({program("moot"), "--help"});
  EXPECT_EQ(all.exit_code, 0);
  for (const char* command :
       {"init", "run", "publish", "show", "log", "follow", "unfollow", "orgs", "sync", "status",
        "peers", "proof", "verify", "audit", "keys", "schema", "config", "paths"}) {
    EXPECT_NE(all.output.find(std::string("  ") + command + " "), std::string::npos) << command;
    const Finished help = run({program("moot"), command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_NE(help.output.find("Example"), std::string::npos) << command << help.output;
  }
}

TEST_F(FirstHour, UnfollowKeepsWhatIsThereAndFetchesNoMore) {
  publish_twice();
  food.json({"follow", hall.address(), "--as", "hall"});
  sync(food, "hall");
  const auto answer = food.json({"unfollow", "hall"});
  expect_keys(answer, {"organisation", "name", "state"});
  hall.lines({"publish", "-"}, lunch_club("Closed in August."));
  EXPECT_EQ(food.json({"status"}).at("logs").size(), 0U);
  EXPECT_EQ(food.lines({"log", hall.organisation()}).size(), 3U);
  expect_audit_ok(food);
}

}  // namespace
}  // namespace moot::test

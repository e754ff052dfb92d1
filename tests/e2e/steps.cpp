#include "steps.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/shared.hpp"

namespace moot::test {
namespace {

/// What an officer has signed is listed in the person's own folder: not in that of whoever tests.
class StateHome : public testing::Environment {
 public:
  void SetUp() override { ::setenv("XDG_STATE_HOME", folder_.path().c_str(), 1); }

 private:
  TemporaryFolder folder_;
};
[[maybe_unused]] const testing::Environment* const state_home =
    testing::AddGlobalTestEnvironment(new StateHome);

}  // namespace

std::string lunch_club(const std::string& description) {
  return R"({"id": ")" + lunch_id + R"(", "name": "Tuesday lunch", "status": "active", )" +
         R"("description": ")" + description + R"("})" + "\n";
}

std::string an_organization(const std::string& id, const std::string& name) {
  return R"({"id": ")" + id + R"(", "name": ")" + name +
         R"(", "description": "Runs the village hall."})" + "\n";
}

void expect_keys(const nlohmann::json& document, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    EXPECT_TRUE(document.contains(key)) << "no " << key << " in " << document.dump(1);
  }
}

nlohmann::json error_of(const Finished& finished) {
  const auto document = nlohmann::json::parse(finished.errors, nullptr, false);
  if (document.is_object() && document.contains("error")) return document["error"];
  ADD_FAILURE() << "no error as JSON, but: " << finished.errors << finished.output;
  return {{"code", ""}, {"message", ""}, {"hint", ""}, {"problems", nlohmann::json::array()}};
}

void expect_error(const Finished& finished, int exit_code, const std::string& code,
                  const std::string& words) {
  EXPECT_EQ(finished.exit_code, exit_code);
  EXPECT_EQ(finished.output, "");
  const nlohmann::json error = error_of(finished);
  EXPECT_EQ(error.value("code", ""), code) << error.dump(1);
  EXPECT_NE(error.dump().find(words), std::string::npos) << error.dump(1);
}

void follow(const Node& node, const std::string& target) { node.json({"follow", target}); }

void sync(const Node& node, const std::string& organisation) {
  const auto answer = node.json({"sync", organisation, "--wait", "--timeout", "60"});
  EXPECT_TRUE(answer.at("complete").get<bool>()) << answer.dump(1);
}

nlohmann::json head_of(const Node& node, const std::string& organisation) {
  const auto checkpoint = node.json({"log", organisation, "--checkpoint"});
  return {{"size", checkpoint.at("size")}, {"root", checkpoint.at("root")}};
}

std::uint64_t own_size(const Node& node) { return head_of(node, node.organisation()).at("size"); }

void expect_audit_ok(const Node& node) {
  const Finished finished = node.moot({"audit", "--json"});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  const auto audit = nlohmann::json::parse(finished.output, nullptr, false);
  ASSERT_TRUE(audit.is_object()) << finished.output;
  EXPECT_EQ(audit.value("verdict", ""), "ok") << audit.dump(1);
}

}  // namespace moot::test

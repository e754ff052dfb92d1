#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "support/processes/node.hpp"

namespace moot::test {

/// The id of the record that `lunch_club` publishes.
inline const std::string lunch_id = "3b0f7e0c-6a2f-4c1e-9f0d-2f6c1c4a9d11";
/// One service as JSON.
std::string lunch_club(const std::string& description);

/// One organisation as an HSDS object, with this id.
std::string an_organization(const std::string& id, const std::string& name);

/// The documented keys of a command's answer, each there.
void expect_keys(const nlohmann::json& document, std::initializer_list<const char*> keys);

/// The `error` of a command with --json that was to fail; a failed expectation when there is none.
nlohmann::json error_of(const Finished& finished);
/// That a command with --json failed this way, and said why in these words.
void expect_error(const Finished& finished, int exit_code, const std::string& code,
                  const std::string& words);

/// `follow`, which must succeed.
void follow(const Node& node, const std::string& target);
/// `sync ORG --wait`, which must succeed.
void sync(const Node& node, const std::string& organisation);
/// Size and root of the newest checkpoint that a node holds of an organisation.
nlohmann::json head_of(const Node& node, const std::string& organisation);
/// Entries of the node's own log.
std::uint64_t own_size(const Node& node);
/// That the audit of everything in the home, over all of what is there, finds nothing.
void expect_audit_ok(const Node& node);

}  // namespace moot::test

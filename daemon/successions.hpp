#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "node/follows.hpp"
#include "store/store.hpp"

namespace moot::node {

/// The store's value that notes whom a followed organisation was accepted as the successor of.
std::string succession_value(const log::OrganisationId& successor);

/// Adds what an organisation says of its end or its predecessor: "closed" {"date","reason"},
/// "succeeds" {"organisation","name","registration","date","accepted"}. Nothing when it says
/// neither.
void add_succession(nlohmann::ordered_json& to, const store::Store& store, const Follows& follows,
                    const log::OrganisationId& organisation);
/// For people: successors that nobody has decided about yet.
std::vector<std::string> succession_warnings(const store::Store& store, const Follows& follows);

}  // namespace moot::node

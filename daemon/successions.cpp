#include "node/successions.hpp"

#include "crypto/encoding.hpp"
#include "query/succession.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

/// As whose successor it was accepted; empty when as nobody's.
std::string accepted_as(const store::Store& store, const log::OrganisationId& successor) {
  return store.value(succession_value(successor)).value_or(std::string());
}

std::string name_or_id(const Follows& follows, const log::OrganisationId& organisation) {
  const std::string name = follows.name_of(organisation);
  return name.empty() ? log::to_text(organisation) : name;
}

}  // namespace

std::string succession_value(const log::OrganisationId& successor) {
  // Names of values are short: 128 bits of the id tell one from another.
  return "succession/" + crypto::to_hex(ByteView(successor.bytes).first(16));
}

void add_succession(Json& to, const store::Store& store, const Follows& follows,
                    const log::OrganisationId& organisation) {
  const auto said = query::succession_of(store, organisation);
  if (!said) return;
  if (said->is_closed) to["closed"] = {{"date", said->date}, {"reason", said->reason}};
  if (!said->succeeds) return;
  const std::string old = log::to_text(*said->succeeds);
  to["succeeds"] = {{"organisation", old},
                    {"name", follows.name_of(*said->succeeds)},
                    {"registration", said->registration},
                    {"date", said->date},
                    {"accepted", accepted_as(store, organisation) == old}};
}

std::vector<std::string> succession_warnings(const store::Store& store, const Follows& follows) {
  std::vector<std::string> warnings;
  for (const auto& [organisation, follow] : follows.all()) {
    const auto said = query::succession_of(store, organisation);
    if (!said) continue;
    const std::string who = name_or_id(follows, organisation);
    if (said->is_closed) {
      warnings.push_back(who + " says that it has closed" +
                         (said->date.empty() ? std::string() : " on " + said->date));
      continue;
    }
    const std::string old = log::to_text(*said->succeeds);
    if (accepted_as(store, organisation) == old) continue;
    if (follows.find(*said->succeeds) == nullptr) continue;
    warnings.push_back(
        who + " says that it succeeds " + name_or_id(follows, *said->succeeds) +
        (said->registration.empty() ? std::string() : " (" + said->registration + ")") +
        ", whose keys are lost. Nothing proves it: ask people whom you know there. To accept it: "
        "`moot follow " +
        log::to_text(organisation) + " --instead-of " + old + "`");
  }
  return warnings;
}

}  // namespace moot::node

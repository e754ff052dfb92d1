#include "node/follows.hpp"

#include <algorithm>
#include <set>

#include "base/limits.hpp"
#include "config/host_port.hpp"
#include "node/errors.hpp"

namespace moot::node {
namespace {

constexpr std::string_view scheme = "moot://";
constexpr std::string_view id_prefix = "moot1";

Error bad_id(log::Fault fault, const std::string& text) {
  if (fault == log::Fault::bad_checksum) {
    return error_of("usage", "the organisation id was mistyped: its checksum does not fit",
                    "copy the whole id, 63 characters that begin with moot1");
  }
  return error_of(
      "usage", "this is no organisation: " + text + " (" + std::string(log::describe(fault)) + ")",
      "give moot://ORGANISATION@host:port as `moot status` prints it there, or the id "
      "alone");
}

bool looks_like_id(const std::string& text) {
  const std::string_view front = std::string_view(text).substr(0, id_prefix.size());
  return front == id_prefix || front == "MOOT1";
}

}  // namespace

Result<FollowTarget, Error> parse_follow_target(const std::string& text) {
  std::string rest = text;
  if (rest.starts_with(scheme)) rest.erase(0, scheme.size());
  if (rest.find('@') == std::string::npos) {
    const auto id = log::parse_organisation_id(rest);
    if (!id) return fail(bad_id(id.error(), text));
    return FollowTarget{.organisation = *id, .address = {}};
  }
  const auto address = log::parse_address(std::string(scheme) + rest);
  if (!address) return fail(bad_id(address.error(), text));
  std::string host = address->host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const config::HostPort where{.host = host, .port = address->port};
  if (!config::parse_host_port(config::to_text(where)) || where.port == 0) {
    return fail(error_of("usage", "this is no address to dial: " + text,
                         "give moot://ORGANISATION@host:port"));
  }
  return FollowTarget{.organisation = address->organisation, .address = config::to_text(where)};
}

Follows::Follows(const log::OrganisationId& own, const std::vector<store::Follow>& follows)
    : own_(own) {
  for (const store::Follow& follow : follows) put(follow);
}

Result<store::Follow, Error> Follows::plan(const FollowTarget& target, const std::string& name,
                                           store::Mode mode) const {
  if (target.organisation == own_) {
    return fail(error_of("refused", "this is the node's own organisation: it need not be followed",
                         "give the address of another organisation's node"));
  }
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (has_control || name.size() > limits::follow_name_bytes_max || looks_like_id(name)) {
    return fail(error_of("refused", "this cannot be a name for an organisation",
                         "a name is one line of at most " +
                             std::to_string(limits::follow_name_bytes_max) +
                             " bytes and does not begin with moot1"));
  }
  for (const auto& [organisation, follow] : by_id_) {
    if (!name.empty() && follow.name == name && organisation != target.organisation) {
      return fail(error_of("refused",
                           "\"" + name + "\" is " + log::to_text(organisation) + " already",
                           "choose another name with --as"));
    }
  }
  store::Follow follow;
  if (const store::Follow* known = find(target.organisation)) {
    follow = *known;
  } else if (by_id_.size() >= limits::follows_max) {
    return fail(error_of("refused", "this node follows as many organisations as it can"));
  }
  follow.organisation = target.organisation;
  follow.mode = mode;
  if (!name.empty()) follow.name = name;
  if (!target.address.empty()) follow.address = target.address;
  return follow;
}

const store::Follow* Follows::find(const log::OrganisationId& organisation) const {
  const auto found = by_id_.find(organisation);
  return found == by_id_.end() ? nullptr : &found->second;
}

std::string Follows::name_of(const log::OrganisationId& organisation) const {
  const store::Follow* follow = find(organisation);
  return follow == nullptr ? std::string() : follow->name;
}

Result<log::OrganisationId, Error> Follows::resolve(const std::string& text) const {
  if (looks_like_id(text)) {
    const auto id = log::parse_organisation_id(text);
    if (!id) return fail(bad_id(id.error(), text));
    return *id;
  }
  std::vector<log::OrganisationId> named;
  for (const auto& [organisation, follow] : by_id_) {
    if (follow.name == text) named.push_back(organisation);
  }
  if (named.size() == 1) return named.front();
  if (named.empty()) {
    return fail(error_of("not-found", "no organisation is known here as \"" + text + "\"",
                         "`moot orgs` lists their ids and names"));
  }
  std::string message = "\"" + text + "\" names more than one organisation:";
  for (const log::OrganisationId& id : named) message += " " + log::to_text(id);
  return fail(error_of("refused", message, "give the id"));
}

std::vector<sync::FollowedLog> Follows::logs() const {
  std::vector<sync::FollowedLog> logs;
  logs.reserve(by_id_.size());
  for (const auto& [organisation, follow] : by_id_) {
    logs.push_back({.organisation = organisation, .head_only = follow.mode == store::Mode::head});
  }
  return logs;
}

std::vector<DialTarget> Follows::dial_targets(const std::vector<store::PeerSeen>& peers) const {
  std::set<DialTarget> targets;
  bool lacks_address = false;
  for (const auto& [organisation, follow] : by_id_) {
    if (follow.address.empty()) {
      lacks_address = true;
    } else {
      targets.insert({organisation, follow.address});
    }
  }
  for (const store::PeerSeen& peer : peers) {
    if (peer.address.empty() || peer.organisation == own_) continue;
    const store::Follow* follow = find(peer.organisation);
    const bool counts = follow == nullptr ? lacks_address : follow->address.empty();
    if (counts) targets.insert({peer.organisation, peer.address});
  }
  return {targets.begin(), targets.end()};
}

}  // namespace moot::node

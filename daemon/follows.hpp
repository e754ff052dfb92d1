#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "node/dial_list.hpp"
#include "store/jobs.hpp"
#include "sync/replicator.hpp"

namespace moot::node {

/// Whom to follow, as the operator wrote it: `moot://ORG@host:port`, `ORG@host:port` or `ORG`.
struct FollowTarget {
  log::OrganisationId organisation;
  std::string address;  ///< host:port, or empty
};
Result<FollowTarget, Error> parse_follow_target(const std::string& text);

/// The followed organisations in memory, as the store has them. Thread: io.
class Follows {
 public:
  Follows(const log::OrganisationId& own, const std::vector<store::Follow>& follows);

  /// What `follow` would store: the target with what is known already; an error when it may not be.
  Result<store::Follow, Error> plan(const FollowTarget& target, const std::string& name,
                                    store::Mode mode) const;
  void put(const store::Follow& follow) { by_id_[follow.organisation] = follow; }
  void remove(const log::OrganisationId& organisation) { by_id_.erase(organisation); }

  const std::map<log::OrganisationId, store::Follow>& all() const { return by_id_; }
  const store::Follow* find(const log::OrganisationId& organisation) const;
  const log::OrganisationId& own() const { return own_; }
  /// What the operator calls it; empty when nothing.
  std::string name_of(const log::OrganisationId& organisation) const;

  /// An organisation as people name it: its id, or the name it was followed as. Errors say whether
  /// it was mistyped, is not known or is ambiguous.
  Result<log::OrganisationId, Error> resolve(const std::string& text) const;

  std::vector<sync::FollowedLog> logs() const;
  /// Where to dial. Known peers that are not followed count while a followed organisation has no
  /// address: one of them may carry its log.
  std::vector<DialTarget> dial_targets(const std::vector<store::PeerSeen>& peers) const;

 private:
  log::OrganisationId own_;
  std::map<log::OrganisationId, store::Follow> by_id_;
};

}  // namespace moot::node

#pragma once
#include <string>

#include "node/dialler.hpp"
#include "node/driver.hpp"
#include "node/follows.hpp"
#include "node/outside_witnesses.hpp"
#include "node/publisher.hpp"
#include "node/retention_watch.hpp"
#include "store/store.hpp"

namespace moot::node {

/// What does not change while a node runs.
struct NodeFacts {
  log::OrganisationId organisation;
  std::string name;
  std::string home;
  std::string listening;  ///< host:port
  std::string address;    ///< moot://…, as others are told
};

/// The documents of `moot status`, `peers` and `orgs` (docs/cli.md has their keys). Thread: io.
class Status {
 public:
  Status(const NodeFacts& facts, const store::Store& store, const Driver& driver,
         const Dialler& dialler, const Follows& follows, const Publisher& publisher,
         const GateKeeper& keeper, const OutsideWitnesses& outside, const RetentionWatch& retention)
      : facts_(facts),
        store_(store),
        driver_(driver),
        dialler_(dialler),
        follows_(follows),
        publisher_(publisher),
        keeper_(keeper),
        outside_(outside),
        retention_(retention) {}

  std::string status() const;
  std::string peers() const;
  std::string organisations() const;

 private:
  const NodeFacts& facts_;
  const store::Store& store_;
  const Driver& driver_;
  const Dialler& dialler_;
  const Follows& follows_;
  const Publisher& publisher_;
  const GateKeeper& keeper_;
  const OutsideWitnesses& outside_;
  const RetentionWatch& retention_;
};

}  // namespace moot::node

#pragma once
#include <functional>

#include "control/control.hpp"
#include "node/destruction.hpp"
#include "node/follows.hpp"
#include "node/publisher.hpp"

namespace moot::node {

/// What an erasure would name: all versions of a record of our own log whose parts are still there.
struct ErasurePlan {
  std::string record;  ///< empty: several
  std::string kind;
  std::vector<log::ErasedLeaf> erased;  ///< ascending; never empty
};
/// Any thread. "not-found" when the record is not in the log; "refused" when nothing of these parts
/// is left, or the request is out of range.
Result<ErasurePlan, Error> plan_erasure(const log::LogReader& reader,
                                        const log::OrganisationId& own,
                                        const control::EraseRequest& request);

/// Any thread. Of texts that a person has seen listed: "refused" when one is not there any more, or
/// its record is no longer withdrawn (as the officers stand by it); "usage" when they are out of
/// order.
Result<ErasurePlan, Error> plan_withdrawn(const log::LogReader& reader,
                                          const log::OrganisationId& own,
                                          const control::EraseWithdrawnRequest& request);

/// Erases records of our own log everywhere: appends the erase entry, tells the peers, and says who
/// holds the log and has not yet answered. Thread: io.
class Eraser {
 public:
  using Answered = std::function<void(control::Response)>;
  /// All of it outlives it.
  struct Parts {
    Loop& loop;
    Workers& workers;
    Commits& commits;
    const store::Store& store;
    Driver& driver;
    const Follows& follows;
    GateKeeper& keeper;
    const Publisher& publisher;
    Destruction& destruction;
  };
  explicit Eraser(Parts parts) : parts_(parts) {}

  void erase(control::EraseRequest request, Answered answered);
  /// What the rules of retention say is due (`moot retention run`): all of it, or nothing.
  void erase_withdrawn(control::EraseWithdrawnRequest request, Answered answered);
  /// Holds a record of another organisation back here, or no longer.
  void hide(control::HideRequest request, std::optional<log::OrganisationId> organisation,
            Answered answered);

 private:
  void submit(const ErasurePlan& plan, const control::EraseRequest& request, Answered answered);
  void on_erased(const ErasurePlan& plan, const control::EraseRequest& request,
                 const store::Outcome& outcome, const Answered& answered);

  Parts parts_;
};

/// Organisations that have cosigned our log, and whether each has acknowledged the erase entry:
/// [{"organisation","name","state"}], state "hidden" or "not-yet".
std::string holders_json(const std::vector<log::WitnessRow>& witnesses, const Follows& follows,
                         log::LeafIndex erase_entry);
/// {"erasures":[{"record","kind","entries","parts","reason","entry","time","state","destroy_at",
/// "holders"}],"truncated"}: what was erased of our own log. Any thread; `follows` is a copy.
Result<std::string, Error> erased_list(const log::LogReader& reader, const Follows& follows,
                                       log::LeafIndex from, std::size_t count_max);

}  // namespace moot::node

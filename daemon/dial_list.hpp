#pragma once
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "log/organisation_id.hpp"

namespace moot::node {

/// An organisation and where a node of it may be found.
struct DialTarget {
  log::OrganisationId organisation;
  std::string address;  ///< host:port
  auto operator<=>(const DialTarget&) const = default;
};

/// One target that there is no session with, as `moot peers` shows it.
struct DialView {
  DialTarget target;
  std::string last_error;        ///< empty: not tried yet
  std::int64_t next_try_ms = 0;  ///< from now on; 0: being dialled
};

/// Whom to dial when. Deterministic: time and the seed of the jitter are given, and nothing is
/// dialled here.
///
/// A target that fails is tried again after limits::redial_ms_min, then twice that, up to
/// redial_ms_max, each time between half and the whole of it, so that nodes that lost one hub do
/// not all come back at once. A session that lasted begins anew. Nothing is due for an organisation
/// that there is a session with, whoever dialled; so an idle node has no alarm here.
class DialList {
 public:
  using IsConnected = std::function<bool(const log::OrganisationId&)>;

  DialList(std::uint64_t seed, IsConnected is_connected)
      : is_connected_(std::move(is_connected)), random_(seed) {}

  /// New ones are due at once; what was known of the others stays.
  void set_targets(Instant now, const std::vector<DialTarget>& targets);
  /// A target to dial now, which is then under way until handle_ended(); nullopt when none is due
  /// or limits::dials_at_once_max are under way.
  std::optional<DialTarget> take_due(Instant now);
  /// It is connected: a session, though nobody knows yet with whom.
  void handle_connected(const DialTarget& target);
  /// The dial failed (`was_steady` false), or its session is over; `was_steady` when that had
  /// lasted. An empty `error` is no failure: there is another session.
  void handle_ended(Instant now, const DialTarget& target, bool was_steady,
                    const std::string& error);
  /// A session is over, of whatever organisation: who has none may be due again.
  void handle_session_lost(Instant now);
  /// The organisation's targets are due at once.
  void dial_now(Instant now, const log::OrganisationId& organisation);

  /// When to call take_due() next.
  std::optional<Instant> timer() const;
  std::vector<DialView> views(Instant now) const;

 private:
  enum class Stage { waiting, dialling, connected, satisfied };
  struct Entry {
    Stage stage = Stage::waiting;
    Instant due;
    std::int64_t delay_ms = 0;
    std::string last_error;
  };
  void wait(Instant now, Entry& entry);

  IsConnected is_connected_;
  std::minstd_rand random_;
  std::map<DialTarget, Entry> entries_;
  std::size_t dialling_ = 0;
};

}  // namespace moot::node

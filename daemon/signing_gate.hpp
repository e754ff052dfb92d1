#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "log/organisation_id.hpp"
#include "log/tree.hpp"

namespace moot::node {

/// May this node sign heads of its own log?
enum class Signing {
  open,
  waiting,   ///< peers have not yet said which head of our log they hold
  restored,  ///< a peer holds more of our log than this home: it is an older copy
  forked,    ///< a peer holds another branch of our log, signed with our key
};
/// The stable word: "open", "waiting", "restored", "forked".
std::string_view word_of(Signing state);

/// An organisation that we follow or that has cosigned our log, and so would know our head.
struct Acquaintance {
  log::OrganisationId organisation;
  std::uint64_t known_since_ms = 0;  ///< Unix, by our own clock
  bool is_recent = false;            ///< a session within limits::peer_recent_ms
  bool is_followed = false;
};

/// Decides whether a head of our own log may be signed.
///
/// A home copied back from yesterday, or a virtual machine rolled back, has forgotten heads that it
/// has signed: its next signature would fork the log for ever, and nobody could tell it from
/// treachery. What the home forgot its peers remember, so that enough of them are heard first:
/// a majority, at least two or all when fewer, of the organisations that we follow and that were
/// here lately; where there is none, of those that have cosigned our log. Anybody can be many of
/// the latter, so that they count only where nobody was chosen, and newcomers after those that were
/// known before. Strangers do not count, or they could keep us silent. It has no clock, socket or
/// file. One thread.
class SigningGate {
 public:
  /// Who may be asked. Those that were here lately count, at most limits::own_head_peers_max: those
  /// that we follow, and when there is none the others, the longest known; when the home has
  /// changed and nobody was here lately, all, the followed first.
  void set_acquaintances(std::vector<Acquaintance> acquaintances);
  /// Begins anew: what was confirmed is forgotten, and it opens at once when nobody counts.
  /// `is_home_changed`: this home may be a copy (another machine, another instance); then at least
  /// one peer or a person must confirm. Changes nothing when restored or forked.
  void close(std::uint64_t now_ms, bool is_home_changed);

  /// A peer holds no head of our log that is beyond ours.
  void handle_confirmed(const log::OrganisationId& peer);
  /// A peer has shown a head of ours, validly signed, that this home does not have.
  struct Ahead {
    log::OrganisationId peer;
    log::TreeSize size = 0;
    bool contradicts = false;
  };
  void handle_ahead(const Ahead& ahead, std::uint64_t now_ms);
  /// What handle_ahead() led to in an earlier life of this process.
  void resume(const Ahead& ahead, std::uint64_t since_ms);

  /// A person says that this home was not restored.
  enum class Confirmation { opened, was_open, refused };
  Confirmation confirm_by_person();
  /// A new log key was established: nothing was ever signed with it elsewhere.
  void open_for_new_key();

  Signing state() const { return state_; }
  bool may_sign() const { return state_ == Signing::open; }
  /// Unix, of the present state.
  std::uint64_t since_ms() const { return since_ms_; }
  /// Counted and not yet heard, ascending; only while waiting.
  std::vector<log::OrganisationId> waiting_for() const;
  /// How many more must be heard; only while waiting.
  std::size_t missing() const;
  bool is_home_changed() const { return is_home_changed_; }
  /// Restored or forked: by whose word.
  const std::optional<Ahead>& ahead() const { return ahead_; }

 private:
  std::vector<log::OrganisationId> counted() const;
  std::size_t needed(std::size_t counted) const;
  void open_if_heard();

  std::vector<Acquaintance> acquaintances_;  // the followed first, then the longest known
  std::set<log::OrganisationId> heard_;
  Signing state_ = Signing::waiting;
  std::uint64_t since_ms_ = 0;
  bool has_begun_ = false;  // before close() nobody's silence means anything
  bool is_home_changed_ = false;
  std::optional<Ahead> ahead_;
};

}  // namespace moot::node

#pragma once
#include <deque>
#include <string>

#include "base/limits.hpp"
#include "log/evidence.hpp"
#include "sync/effects.hpp"
#include "sync/wire.hpp"

namespace moot::sync {

/// Where this node stands with a log, counting what is verified and on its way to the disk.
struct LogPoint {
  std::optional<log::Identity> identity;
  log::Head verified;      ///< newest verified head; size 0 none
  log::Frontier frontier;  ///< of the entries held
};

/// Something false or out of turn in an answer; the peer that sent it is to be left.
struct FetchFault {
  std::string detail;  ///< which log, which entry, what was wrong
};
/// Something that the publisher has signed and that cannot be taken: two heads that cannot both be
/// true, an entry that does not decode, a critical entry that this node is too old for. The peer
/// that told of it is honest, so the log is frozen.
struct Freeze {
  std::string detail;
};

/// Was this checkpoint signed by a log key that has been replaced since? Whoever tells of it has
/// only not heard of the newer event: it is evidence of nothing, and no lie.
bool is_superseded(std::string_view note, const log::Identity& identity);

/// What a step of a fetch brings about.
struct FetchStep {
  std::vector<wire::Message> send;
  std::optional<log::Identity> identity;                 ///< grew: to be stored before the ranges
  std::optional<log::Verified<log::Checkpoint>> target;  ///< the head that the fetch goes towards
  std::vector<log::Verified<log::EntryRange>> ranges;    ///< in order, contiguous
  std::optional<Freeze> freeze;                          ///< the fetch is over
  std::optional<log::Evidence> evidence;                 ///< why it is frozen, to be shown to all
  /// What is held past this size is to be abandoned: `identity` stands by another branch. The fetch
  /// is over; what follows is fetched anew.
  std::optional<log::TreeSize> rewind;
  std::optional<Progress>
      told;  ///< how far the signed head that the peer gave is; zeros: no further
  bool is_finished = false;
  bool is_restart = false;  ///< finished because the peer's log moved on: to be begun anew
};

/// Fetches one log from one peer: head, block hashes, then leaves and bodies of block after block.
///
/// A peer may lie about any byte, stall, or send for ever. It cannot make us keep more than the
/// blocks in flight: a head is believed when the log's key signed it and it extends the head
/// verified before; block hashes when they lead to its root; a block when it hashes to its block
/// hash; a body when its leaf commits to it. So a lie costs one block and has a name.
///
/// A thief of the log key may have made another branch, of which some hold more than there is of
/// the true one. Whichever branch is held, only a newer establish event takes it back, and only to
/// the last entry that both share (fetch_head.cpp).
///
/// Order of calls: begin(), then each answer that carries this fetch's request number; between them
/// refill() when there is room.
class Fetch {
 public:
  Fetch(log::OrganisationId organisation, std::uint32_t request, bool head_only, LogPoint point,
        const log::LogReader& reader);

  std::uint32_t request() const { return request_; }
  /// Bytes asked for and not arrived yet, as estimated from the blocks before.
  std::size_t bytes_in_flight() const;

  wire::Message begin() const;
  Result<FetchStep, FetchFault> handle(wire::Head answer);
  Result<FetchStep, FetchFault> handle(wire::Nodes answer);
  Result<FetchStep, FetchFault> handle(const wire::Headers& answer);
  Result<FetchStep, FetchFault> handle(wire::Bodies answer);
  /// Asks for further blocks while less than `window_bytes` are in flight.
  std::vector<wire::Message> refill(std::size_t window_bytes);

 private:
  enum class Phase { head, bisect, nodes, entries, finished };
  enum class Chains { ours, theirs, rivals };
  struct InFlight {
    log::LeafIndex first = 0;
    std::uint64_t count = 0;
    std::optional<log::EntryRange>
        range;              ///< once its leaves were checked: those without bodies yet
    std::size_t bytes = 0;  ///< of leaves and bodies that came
    log::LeafIndex next_body = 0;
  };

  FetchFault fault(std::string_view what) const;
  FetchFault fault(std::string_view what, log::Fault why) const;
  log::Head base() const;
  wire::Message head_get(log::TreeSize from_size, const log::Identity* identity) const;
  Result<log::Identity, FetchFault> chain_of(const std::vector<wire::Event>& events) const;
  Chains compare(const log::Identity& theirs) const;
  Result<Done, FetchFault> check_event_positions(const wire::Head& answer) const;
  bool follows_from_base(const wire::Head& answer) const;
  FetchStep finish(FetchStep step);
  Result<FetchStep, FetchFault> take_head(FetchStep step, wire::Head& answer,
                                          const log::Identity& identity, bool is_newer);
  Result<FetchStep, FetchFault> judge_contradiction(FetchStep step, const wire::Head& answer);
  Result<FetchStep, FetchFault> take_rivals(FetchStep step, const log::Identity& theirs);
  FetchStep begin_bisection(FetchStep step, log::Identity identity);
  FetchStep go_on_bisecting(FetchStep step);
  Result<FetchStep, FetchFault> take_bisection(const wire::Head& answer);
  Result<FetchStep, FetchFault> take_tail(FetchStep step, wire::Tail tail);
  FetchStep ask_for_nodes(FetchStep step);
  wire::Message nodes_get() const;
  std::uint64_t block_count() const;
  bool nodes_lead_to_root() const;
  bool leads_to_block(const wire::Headers& answer, std::span<const Hash> held,
                      const Hash& block) const;
  FetchStep freeze(FetchStep step, std::string_view what);

  log::OrganisationId organisation_;
  std::uint32_t request_;
  bool head_only_;
  LogPoint point_;
  const log::LogReader* reader_;  ///< owned by the replicator's driver
  Phase phase_ = Phase::head;
  std::optional<log::Identity> candidate_;  ///< whose branch the one held is compared with
  log::TreeSize shared_ = 0;                ///< both branches have these entries
  log::TreeSize unshared_ = 0;              ///< and not this many
  std::optional<log::Verified<log::Checkpoint>> target_;
  std::uint64_t start_block_ =
      0;  ///< block that held the first missing entry when the nodes were asked for
  std::vector<Hash> held_hashes_;  ///< leaf hashes held of that block
  std::vector<Hash> nodes_;        ///< from start_block_ on
  log::LeafIndex next_ask_ = 0;
  std::deque<InFlight> in_flight_;
  std::size_t block_bytes_ = limits::block_bytes_guess;
};

}  // namespace moot::sync

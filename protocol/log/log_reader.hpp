#pragma once
#include <memory>
#include <optional>

#include "log/block.hpp"
#include "log/checkpoint.hpp"

namespace moot::log {

/// Where a holder stands with one log.
struct LogState {
  TreeSize held = 0;  ///< entries held, contiguous from 0, each verified against a signed root
  std::optional<Checkpoint>
      head;  ///< newest checkpoint with head.size <= held: what is shown and served
  std::optional<Checkpoint>
      target;  ///< newest verified checkpoint; its size is > held while a fetch is under way
  std::uint64_t bodies_missing = 0;  ///< bodies of held entries that no peer has given yet
};

/// Reads of a store as the protocol needs them: synchronous, each one a short snapshot, bounded by
/// its arguments. sync and audit see a store through this interface only, so that a home, a bundle
/// and a test's store are judged by the same code. Any thread, unless an implementation says
/// otherwise.
class LogReader {
 public:
  virtual ~LogReader() = default;

  /// Organisations of which anything is held (identity at least), ascending.
  virtual std::vector<OrganisationId> organisations() const = 0;
  virtual std::optional<LogState> state(const OrganisationId& organisation) const = 0;
  /// The verified chain; nullopt when the organisation is not known.
  virtual std::optional<Identity> identity(const OrganisationId& organisation) const = 0;

  /// An entry bundle from `first`: as many held leaves as fit in `bytes_max` (at least one), at
  /// most `count_max`, none past what is held.
  virtual Bytes leaves(const OrganisationId& organisation, LeafIndex first, std::uint64_t count_max,
                       std::size_t bytes_max) const = 0;
  /// A body bundle for entries from `first`; stops before the entry that would pass `bytes_max`
  /// (but gives at least one entry) or at `count_max`. `with_personal` false answers withheld for
  /// personal parts.
  struct Bodies {
    Bytes bundle;
    LeafIndex next = 0;  ///< first entry that is not covered
  };
  virtual Bodies bodies(const OrganisationId& organisation, LeafIndex first,
                        std::uint64_t count_max, std::size_t bytes_max,
                        bool with_personal) const = 0;
  /// The stored tree of held entries; valid while this reader lives.
  virtual std::unique_ptr<TileReader> tree(const OrganisationId& organisation) const = 0;
  /// Newest version of a record in the log, by leaf index.
  virtual std::optional<LeafIndex> newest_version(const OrganisationId& organisation,
                                                  const RecordId& record) const = 0;
  /// Kept checkpoints (newest, one a day, at establish boundaries), ascending by size.
  virtual std::vector<Checkpoint> checkpoints(const OrganisationId& organisation) const = 0;
};

}  // namespace moot::log

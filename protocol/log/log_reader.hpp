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

/// What is known of one erased leaf.
struct Erasure {
  LeafIndex leaf = 0;
  std::uint8_t part_mask = 0;  ///< hidden: bit 0 public, bit 1 personal
  LeafIndex by = 0;            ///< the erase entry
  EraseReason reason = EraseReason::mistake;
  std::uint64_t hidden_ms = 0;  ///< Unix, here
  std::uint64_t destroy_ms =
      0;  ///< of the part held longest; 0: waits for an establish (mass erase)
  std::uint8_t destroyed_mask = 0;  ///< of part_mask: body and salt are gone
  bool operator==(const Erasure&) const = default;
};

/// A witness's newest cosignature of a log.
struct WitnessRow {
  OrganisationId witness;
  TreeSize size = 0;
  std::uint64_t time_s = 0;  ///< as the witness says
  std::string line;          ///< the signature line of the note, with its line feed
  TreeSize first_size = 0;   ///< the first head that it ever cosigned, and when
  std::uint64_t first_time_s = 0;
  /// Unix, by our own clock: when we first kept a cosignature of it; 0: not known. What a witness
  /// writes into its own lines does not make it older.
  std::uint64_t kept_since_ms = 0;
  bool operator==(const WitnessRow&) const = default;
};

/// Leaves that an establish rewound: kept in the side store, still provable.
struct Abandoned {
  std::uint32_t epoch = 0;  ///< seq of the establish that rewound
  LeafIndex first = 0;
  std::uint64_t count = 0;
  Checkpoint checkpoint;  ///< the newest that held them; its size may be first + count or less
};

/// A body that this node holds back by its own decision (`moot hide`).
struct HiddenHere {
  LeafIndex leaf = 0;
  std::uint8_t part_mask = 0;
  std::string reason;  ///< court, safety, data-protection, …
  std::uint64_t time_ms = 0;
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

  // What came with identities that change, witnesses and erasure. A reader that has none of it
  // answers nothing.

  /// Erased leaves, ascending, from `first` on, at most `count_max`. The bodies() of hidden parts
  /// are answered as erased.
  virtual std::vector<Erasure> erasures(const OrganisationId&, LeafIndex /*first*/,
                                        std::size_t /*count_max*/) const {
    return {};
  }
  /// Witnesses of a log, by organisation. Of our own log those that were sent to us; of others'
  /// those on their newest note.
  virtual std::vector<WitnessRow> witnesses(const OrganisationId&) const { return {}; }
  /// Evidence files (log/evidence.hpp), by epoch.
  virtual std::vector<Bytes> evidence(const OrganisationId&) const { return {}; }
  virtual std::vector<Abandoned> abandoned(const OrganisationId&) const { return {}; }
  /// An entry bundle of abandoned leaves, as leaves() answers.
  virtual Bytes abandoned_leaves(const OrganisationId&, std::uint32_t /*epoch*/,
                                 LeafIndex /*first*/, std::uint64_t /*count_max*/,
                                 std::size_t /*bytes_max*/) const {
    return {};
  }
  virtual std::vector<HiddenHere> hidden_here(const OrganisationId&) const { return {}; }
};

}  // namespace moot::log

#include <array>

#include "store/entry_table.hpp"
#include "store/log_table.hpp"
#include "store/state.hpp"
#include "store/tile_table.hpp"

/// The LogReader side of a Store. Each read is one transaction. What cannot be read (a disk that
/// refuses, a damaged row) is answered as not there.
namespace moot::store {

namespace {

/// The first entry that a read of `count_max` entries from `first` does not answer.
log::LeafIndex end_of(const LogRow& row, log::LeafIndex first, std::uint64_t count_max) {
  if (first >= row.held) return first;
  return first + std::min(count_max, row.held - first);
}

/// The stored tree, read tile by tile. Proofs ask for many subtrees of few tiles, so the full ones
/// it met last are kept. One thread.
class StoredTree final : public log::TileReader {
 public:
  StoredTree(Environment& environment, std::uint32_t number)
      : environment_(environment), number_(number) {}

  std::vector<Hash> tile(unsigned tile_level, std::uint64_t index) const override {
    for (const Kept& kept : kept_) {
      if (kept.level == tile_level && kept.index == index && !kept.hashes.empty()) {
        return kept.hashes;
      }
    }
    ReadTransaction transaction(environment_);
    std::vector<Hash> hashes = read_tile(transaction, number_, tile_level, index);
    // One that is not full yet may be longer when it is asked for again.
    if (hashes.size() == log::tile_width) {
      kept_[next_] = {.level = tile_level, .index = index, .hashes = hashes};
      next_ = (next_ + 1) % kept_.size();
    }
    return hashes;
  }

  /// The log may have been rewound since the caller asked how much is held. Then a hash that proves
  /// nothing is answered, not the end of the program.
  Hash subtree(unsigned level, std::uint64_t index) const override {
    const std::uint64_t first = index << (level % log::tile_height);
    const std::uint64_t count = std::uint64_t{1} << (level % log::tile_height);
    const auto hashes = tile(level / log::tile_height, first / log::tile_width);
    const std::uint64_t offset = first % log::tile_width;
    if (offset + count > hashes.size()) return {};
    return log::root_over(std::span(hashes).subspan(offset, count));
  }

 private:
  struct Kept {
    unsigned level = 0;
    std::uint64_t index = 0;
    std::vector<Hash> hashes;
  };
  Environment& environment_;
  std::uint32_t number_;
  mutable std::array<Kept, 4> kept_;
  mutable std::size_t next_ = 0;
};

/// Of a log that is not known: asked for nothing.
class EmptyTree final : public log::TileReader {
 public:
  std::vector<Hash> tile(unsigned, std::uint64_t) const override { return {}; }
};

}  // namespace

std::vector<log::OrganisationId> Store::organisations() const {
  std::vector<log::OrganisationId> organisations;
  ReadTransaction transaction(*state_->environment);
  Cursor cursor(transaction, Table::logs);
  for (auto row = cursor.first(); row; row = cursor.next()) {
    organisations.push_back({.bytes = Reader(row->key).fixed<32>()});
  }
  return organisations;
}

std::optional<log::LogState> Store::state(const log::OrganisationId& organisation) const {
  ReadTransaction transaction(*state_->environment);
  const auto row = read_log_row(transaction, organisation);
  if (!row) return std::nullopt;
  return state_of(organisation, *row);
}

std::optional<log::Identity> Store::identity(const log::OrganisationId& organisation) const {
  std::vector<EventRow> events;
  std::uint32_t rewinds = 0;
  {
    ReadTransaction transaction(*state_->environment);
    const auto row = read_log_row(transaction, organisation);
    if (!row) return std::nullopt;
    if (const auto cached = state_->identities.find(organisation, row->events, row->rewinds))
      return *cached;
    events = read_events(transaction, row->number);
    rewinds = row->rewinds;
  }
  auto identity = identity_of(events);
  if (!identity || identity->organisation() != organisation) return std::nullopt;
  state_->identities.put(std::make_shared<const log::Identity>(*identity), rewinds);
  return identity;
}

Bytes Store::leaves(const log::OrganisationId& organisation, log::LeafIndex first,
                    std::uint64_t count_max, std::size_t bytes_max) const {
  ReadTransaction transaction(*state_->environment);
  const auto row = read_log_row(transaction, organisation);
  if (!row) return {};
  return read_leaves(transaction, row->number, first, end_of(*row, first, count_max), bytes_max);
}

log::LogReader::Bodies Store::bodies(const log::OrganisationId& organisation, log::LeafIndex first,
                                     std::uint64_t count_max, std::size_t bytes_max,
                                     bool with_personal) const {
  ReadTransaction transaction(*state_->environment);
  const auto row = read_log_row(transaction, organisation);
  if (!row) return {.bundle = {}, .next = first};
  const log::LeafIndex end = end_of(*row, first, count_max);
  if (row->erasures == 0) {
    return read_bodies(transaction, row->number, first, end, bytes_max, with_personal, nullptr);
  }
  HiddenParts hidden(transaction, row->number, first);
  return read_bodies(transaction, row->number, first, end, bytes_max, with_personal, &hidden);
}

std::unique_ptr<log::TileReader> Store::tree(const log::OrganisationId& organisation) const {
  ReadTransaction transaction(*state_->environment);
  const auto row = read_log_row(transaction, organisation);
  if (!row) return std::make_unique<EmptyTree>();
  return std::make_unique<StoredTree>(*state_->environment, row->number);
}

std::optional<log::LeafIndex> Store::newest_version(const log::OrganisationId& organisation,
                                                    const log::RecordId& record) const {
  ReadTransaction transaction(*state_->environment);
  const auto row = read_log_row(transaction, organisation);
  if (!row) return std::nullopt;
  return find_newest(transaction, state_->recent, extent_of(*row), std::span(&record, 1)).front();
}

std::vector<log::Checkpoint> Store::checkpoints(const log::OrganisationId& organisation) const {
  ReadTransaction transaction(*state_->environment);
  const auto row = read_log_row(transaction, organisation);
  if (!row) return {};
  return read_checkpoints(transaction, row->number, organisation);
}

}  // namespace moot::store

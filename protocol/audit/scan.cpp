#include "audit/scan.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace moot::audit {
namespace {

constexpr std::size_t missing_named_max = 5;

/// A leaf's commitment that a body must match.
struct Committed {
  EntryPart where;
  Hash commitment{};
};

bool has_part(const log::RecordLeaf& leaf, log::Part part) {
  return std::any_of(leaf.parts.begin(), leaf.parts.end(),
                     [&](const log::PartCommitment& one) { return one.part == part; });
}

class StretchScanner {
 public:
  StretchScanner(const Scope& scope, Findings& findings) : scope_(scope), findings_(findings) {}

  Stretch scan(log::LeafIndex first, const std::function<void(std::uint64_t)>& progress) {
    const auto tree = scope_.reader.tree(scope_.organisation);
    const log::LeafIndex end = std::min(first + stretch_entries, scope_.held);
    rows_.reserve(stretch_entries);
    for (log::LeafIndex block = first; block < end; block += limits::block_entries) {
      const std::uint64_t count = std::min<std::uint64_t>(limits::block_entries, end - block);
      if (!scan_block(block, count, *tree)) break;
      progress(count);
    }
    out_.chains = ChainPart(rows_);
    return std::move(out_);
  }

 private:
  bool scan_block(log::LeafIndex first, std::uint64_t count, const log::TileReader& tree) {
    std::vector<Hash> hashes;
    hashes.reserve(count);
    while (hashes.size() < count) {
      const log::LeafIndex entry = first + hashes.size();
      const std::uint64_t wanted = count - hashes.size();
      const Bytes bundle =
          scope_.reader.leaves(scope_.organisation, entry, wanted, limits::block_bytes_max);
      const auto leaves = log::split_leaves(bundle, wanted);
      if (!leaves || leaves->empty()) {
        findings_.at(entries_text(entry, scope_.held - 1), "cannot be read from here on",
                     "whole entries", "what is held is damaged: fetch the log again from a peer");
        return false;
      }
      for (const ByteView leaf : *leaves) {
        scan_leaf(first + hashes.size(), leaf);
        hashes.push_back(log::hash_leaf(leaf));
      }
      scan_bodies(entry, *leaves);
    }
    compare_tile(first, hashes, tree);
    out_.block_hashes.push_back(log::root_over(hashes));
    return true;
  }

  // Names the entry when a leaf is not the one that was hashed when it was stored.
  void compare_tile(log::LeafIndex first, const std::vector<Hash>& hashes,
                    const log::TileReader& tree) {
    const std::vector<Hash> stored = tree.tile(0, first / log::tile_width);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      if (i < stored.size() && stored[i] == hashes[i]) continue;
      findings_.at_entry(first + i, "does not match the tree that is kept of this log",
                         "the entry whose hash was stored",
                         "what is held is damaged: fetch the log again from a peer");
    }
  }

  void scan_leaf(log::LeafIndex entry, ByteView leaf) {
    // Nearly all leaves are records: the second byte tells without decoding twice.
    constexpr std::uint8_t record_type = 2;
    if (leaf.size() > 1 && leaf[1] == record_type) {
      if (const auto record = log::decode_record(leaf)) return scan_record(entry, *record);
    }
    const auto decoded = log::decode_entry(leaf);
    if (!decoded) {
      findings_.at_entry(entry, std::string(log::describe(decoded.error())), "a well-formed entry");
    } else if (const auto* record = std::get_if<log::RecordLeaf>(&*decoded)) {
      scan_record(entry, *record);
    } else if (const auto* erase = std::get_if<log::EraseLeaf>(&*decoded)) {
      scan_erase(entry, *erase);
    } else if (std::holds_alternative<log::Establish>(*decoded)) {
      epoch_is_open_ = true;
      // One past the most that there may be shows that there are too many.
      if (out_.establish.size() <= limits::establish_events_max) out_.establish.push_back(entry);
    } else if (std::get<log::UnknownLeaf>(*decoded).critical) {
      findings_.not_checked(entry_text(entry) +
                            ": this version of Moot is too old to understand it, and it matters");
    }
  }

  void scan_common(log::LeafIndex entry, const log::OrganisationId& organisation,
                   std::uint32_t epoch) {
    if (organisation != scope_.organisation) {
      findings_.at_entry(entry, "belongs to " + log::to_text(organisation),
                         log::to_text(scope_.organisation));
    }
    if (epoch_is_open_ || out_.epochs.back().epoch != epoch) {
      // More changes than events can make are wrong whatever the events are; the first are enough
      // to show it.
      if (out_.epochs.size() > 2 * limits::establish_events_max) return;
      out_.epochs.push_back({entry, epoch});
      epoch_is_open_ = false;
    }
  }

  void scan_record(log::LeafIndex entry, const log::RecordLeaf& leaf) {
    scan_common(entry, leaf.organisation, leaf.epoch);
    rows_.push_back(chain_row(leaf, entry));
    if (leaf.previous > entry) {
      findings_.at_entry(
          entry, "names " + entry_text(leaf.previous - 1) + " as the record's version before it",
          "an earlier entry");
    }
    if (leaf.operation == log::Operation::withdraw && leaf.previous == 0) {
      findings_.at_entry(entry, "withdraws a record that was never published",
                         "the withdrawal of an earlier version");
    }
    for (const log::PartCommitment& part : leaf.parts) {
      committed_.push_back({{entry, part.part}, part.commitment});
    }
  }

  void scan_erase(log::LeafIndex entry, const log::EraseLeaf& leaf) {
    scan_common(entry, leaf.organisation, leaf.epoch);
    for (const log::ErasedLeaf& erased : leaf.erased) {
      const auto target = erased.leaf < entry ? read_leaf(scope_, erased.leaf) : std::nullopt;
      const auto record = target ? log::decode_record(*target)
                                 : Result<log::RecordLeaf, log::Fault>(fail(log::Fault::bad_value));
      for (const log::Part part : {log::Part::public_part, log::Part::personal_part}) {
        const unsigned bit = part == log::Part::public_part ? 1 : 2;
        if ((erased.part_mask & bit) == 0) continue;
        out_.named_erased.push_back({{erased.leaf, part}, entry, leaf.reason});
        if (record && has_part(*record, part)) continue;
        findings_.at_entry(entry,
                           "erases a part of " + entry_text(erased.leaf) + " that is not there",
                           "parts of earlier records");
      }
    }
  }

  static bool fit(std::span<const log::BodyItem> items, std::span<const Committed> committed) {
    if (items.size() > committed.size()) return false;
    return std::equal(items.begin(), items.end(), committed.begin(),
                      [](const log::BodyItem& item, const Committed& of_leaf) {
                        return EntryPart{item.entry, item.part} == of_leaf.where;
                      });
  }

  void scan_bodies(log::LeafIndex first, std::span<const ByteView> leaves) {
    std::span<const Committed> committed = committed_;
    for (std::size_t done = 0; done < leaves.size();) {
      const log::LeafIndex entry = first + done;
      const auto bodies = scope_.reader.bodies(scope_.organisation, entry, leaves.size() - done,
                                               limits::chunk_bytes, true);
      const std::uint64_t count = bodies.next > entry ? bodies.next - entry : 0;
      const bool is_readable = count > 0 && count <= leaves.size() - done;
      const auto items =
          is_readable ? log::split_bodies(bodies.bundle, entry, leaves.subspan(done, count))
                      : Result<std::vector<log::BodyItem>, log::Fault>(fail(log::Fault::truncated));
      if (!items || !fit(*items, committed)) {
        const log::LeafIndex last = first + (is_readable ? done + count : leaves.size()) - 1;
        findings_.at("the bodies of " + entries_text(entry, last), "do not fit the entries",
                     "one answer for each part",
                     "what is held is damaged: fetch the log again from a peer");
        break;
      }
      for (const log::BodyItem& item : *items) {
        scan_body(item, committed.front());
        committed = committed.subspan(1);
      }
      done += count;
    }
    committed_.clear();
  }

  void scan_body(const log::BodyItem& item, const Committed& committed) {
    const EntryPart where = committed.where;
    switch (item.status) {
      case log::BodyStatus::held:
        if (log::body_commitment(item.salt, where.part, item.body) == committed.commitment) {
          ++out_.bodies;
        } else {
          findings_.at_entry(where.entry, "the body does not match what was signed",
                             "the body that the entry commits to",
                             "what is held is damaged or forged: fetch the log again from a peer");
        }
        return;
      case log::BodyStatus::erased:
        out_.held_as_erased.push_back(where);
        return;
      case log::BodyStatus::withheld:
        if (where.part == log::Part::personal_part) {
          ++out_.withheld;
          return;
        }
        break;
      case log::BodyStatus::missing:
        break;
    }
    const auto& hidden = scope_.hidden_here;
    if (std::binary_search(hidden.begin(), hidden.end(), where)) {
      ++out_.hidden;
      return;
    }
    ++out_.missing;
    if (out_.missing_at.size() < missing_named_max) out_.missing_at.push_back(where.entry);
  }

  const Scope& scope_;
  Findings& findings_;
  Stretch out_;
  std::vector<ChainRow> rows_;
  std::vector<Committed> committed_;
  bool epoch_is_open_ = true;  ///< no entry since the stretch began or since an establish leaf
};

}  // namespace

Stretch scan(const Scope& scope, log::LeafIndex first, Findings& findings,
             const std::function<void(std::uint64_t)>& progress) {
  MOOT_CHECK(first % limits::block_entries == 0, first);
  return StretchScanner(scope, findings).scan(first, progress);
}

std::optional<Bytes> read_leaf(const Scope& scope, log::LeafIndex entry) {
  const Bytes bundle = scope.reader.leaves(scope.organisation, entry, 1, limits::block_bytes_max);
  const auto leaves = log::split_leaves(bundle, 1);
  if (!leaves || leaves->size() != 1) return std::nullopt;
  return to_bytes(leaves->front());
}

std::optional<std::vector<Hash>> read_leaf_hashes(const Scope& scope, log::LeafIndex first,
                                                  std::uint64_t count) {
  std::vector<Hash> hashes;
  while (hashes.size() < count) {
    const std::uint64_t wanted = count - hashes.size();
    const Bytes bundle = scope.reader.leaves(scope.organisation, first + hashes.size(), wanted,
                                             limits::block_bytes_max);
    const auto leaves = log::split_leaves(bundle, wanted);
    if (!leaves || leaves->empty()) return std::nullopt;
    for (const ByteView leaf : *leaves) hashes.push_back(log::hash_leaf(leaf));
  }
  return hashes;
}

}  // namespace moot::audit

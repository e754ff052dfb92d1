#pragma once
#include <deque>
#include <filesystem>
#include <memory>
#include <set>
#include <variant>

#include "simulation/random.hpp"
#include "store/store.hpp"
#include "sync/replicator.hpp"

namespace moot::simulation {

/// A reader that lies: what it shows differs from the store in the way that `lie` says. For peers
/// that serve falsehoods.
class LyingReader final : public log::LogReader {
 public:
  enum class Lie { none, flip_leaf, flip_body, wrong_node, drop_body_bytes, truncate_leaves };
  explicit LyingReader(const log::LogReader& truth) : truth_(&truth) {}
  void set_lie(Lie lie) { lie_ = lie; }
  void set_truth(const log::LogReader& truth) { truth_ = &truth; }

  std::vector<log::OrganisationId> organisations() const override {
    return truth_->organisations();
  }
  std::optional<log::LogState> state(const log::OrganisationId& o) const override {
    return truth_->state(o);
  }
  std::optional<log::Identity> identity(const log::OrganisationId& o) const override {
    return truth_->identity(o);
  }
  Bytes leaves(const log::OrganisationId& o, log::LeafIndex first, std::uint64_t count,
               std::size_t bytes) const override;
  Bodies bodies(const log::OrganisationId& o, log::LeafIndex first, std::uint64_t count,
                std::size_t bytes, bool with_personal) const override;
  std::unique_ptr<log::TileReader> tree(const log::OrganisationId& o) const override;
  std::optional<log::LeafIndex> newest_version(const log::OrganisationId& o,
                                               const log::RecordId& r) const override {
    return truth_->newest_version(o, r);
  }
  std::vector<log::Checkpoint> checkpoints(const log::OrganisationId& o) const override {
    return truth_->checkpoints(o);
  }
  std::vector<log::Erasure> erasures(const log::OrganisationId& o, log::LeafIndex first,
                                     std::size_t count) const override {
    return truth_->erasures(o, first, count);
  }
  std::vector<log::WitnessRow> witnesses(const log::OrganisationId& o) const override {
    return truth_->witnesses(o);
  }
  std::vector<Bytes> evidence(const log::OrganisationId& o) const override {
    return truth_->evidence(o);
  }

 private:
  const log::LogReader* truth_;
  Lie lie_ = Lie::none;
};

/// One node: real store, real replicator, keys made from a seed.
class SimulatedNode {
 public:
  SimulatedNode(std::filesystem::path folder, Random& random);

  const log::OrganisationId& organisation() const { return organisation_; }
  store::Store& store() { return *store_; }
  sync::Replicator& replicator() { return *replicator_; }
  LyingReader& reader() { return *reader_; }
  /// Opens what is on the disk, as a start of the daemon does.
  void start(Instant now);
  /// Forgets everything that is not on the disk.
  void crash();

  void follow(Instant now, const log::OrganisationId& organisation, bool head_only = false);
  bool follows(const log::OrganisationId& organisation) const;
  /// Publishes so many records with bodies of random size, durably; the replicator is told.
  void publish(Instant now, Random& random, std::size_t records);
  log::Head own_head() const;
  /// Every head of its own that this node has ever acknowledged.
  const std::vector<log::Head>& acknowledged() const { return acknowledged_; }

  /// Signs a new log key in, by the reserve key: stands by the first `trusted_size` entries. What
  /// comes after them is disowned, or published again. `rival`: whose newest event is repudiated,
  /// with its officers' signature.
  void rotate(Instant now, Random& random, log::TreeSize trusted_size, bool republish,
              const SimulatedNode* rival = nullptr);
  /// Erases every version of the record with this number, durably.
  void erase(Instant now, std::uint8_t record);
  /// The body of every version that was erased, as it was published.
  const std::vector<Bytes>& erased_bodies() const { return erased_bodies_; }
  /// Makes `folder` the home of a thief: the same disk, log key and node key. Of an officer with a
  /// second laptop: the reserve key too.
  std::unique_ptr<SimulatedNode> stolen(std::filesystem::path folder) const;
  /// Copies the disk away, and back over what it has become. Not while it runs.
  void copy_disk_to(const std::filesystem::path& folder) const;
  void copy_disk_from(const std::filesystem::path& folder);

  /// Stores that wait for the disk, in order.
  using Write = std::variant<sync::StoreRanges, sync::StoreIdentity, sync::StoreRewind,
                             sync::StoreEvidence, sync::Cosign, sync::Cosigned>;
  std::deque<Write> disk;
  /// Does the first of them; the answer goes to the replicator.
  void do_disk(Instant now);
  bool disk_is_full = false;
  std::vector<sync::OwnLogAhead> alarms;
  /// Who has told, in this life, that it holds nothing of our log that we have not.
  std::set<log::OrganisationId> confirmed_by;

 private:
  SimulatedNode() = default;
  void do_cosign(Instant now, const log::Checkpoint& checkpoint);
  void apply_own(Instant now, store::Job job);

  std::filesystem::path folder_;
  std::unique_ptr<crypto::SigningKey> reserve_key_;
  std::unique_ptr<crypto::SigningKey> log_key_;
  std::unique_ptr<crypto::SigningKey> node_key_;
  log::OrganisationId organisation_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<LyingReader> reader_;
  std::unique_ptr<sync::Replicator> replicator_;
  std::vector<log::Head> acknowledged_;
  std::vector<Bytes> erased_bodies_;
};

}  // namespace moot::simulation

#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/signing.hpp"
#include "log/log_reader.hpp"

namespace moot::test {

/// A log held in plain vectors. All of it may be reached, so that a test can tamper with any byte
/// after it was signed.
struct HeldLog {
  struct Body {
    log::Part part = log::Part::public_part;
    log::BodyStatus status = log::BodyStatus::held;
    log::Salt salt{};
    Bytes body;
  };
  std::optional<log::Identity> identity;
  std::vector<Bytes> leaves;
  std::vector<std::vector<Body>> bodies;     ///< of each entry; empty for what is no record
  std::vector<std::vector<Hash>> tiles;      ///< of each tile level, roots over 256^level leaves
  std::vector<log::Checkpoint> checkpoints;  ///< ascending
  std::map<log::RecordId, log::LeafIndex> newest;
  log::LeafIndex unreadable_from = UINT64_MAX;  ///< leaves from here on come back as garbage
  std::optional<log::Checkpoint> target;        ///< of a fetch under way

  // Answered as they are.
  std::vector<log::Erasure> erasures;  ///< ascending
  std::vector<log::WitnessRow> witnesses;
  std::vector<Bytes> evidence;
  std::vector<log::Abandoned> abandoned;
  std::map<std::uint32_t, std::vector<Bytes>> abandoned_leaves;  ///< by epoch, from its `first`
  std::vector<log::HiddenHere> hidden_here;
};

/// An honest LogReader over HeldLogs, after everything stores are asked for by it. Reads from any
/// thread while nobody writes.
class MemoryLog final : public log::LogReader {
 public:
  std::map<log::OrganisationId, HeldLog> logs;

  std::vector<log::OrganisationId> organisations() const override;
  std::optional<log::LogState> state(const log::OrganisationId& organisation) const override;
  std::optional<log::Identity> identity(const log::OrganisationId& organisation) const override;
  Bytes leaves(const log::OrganisationId& organisation, log::LeafIndex first,
               std::uint64_t count_max, std::size_t bytes_max) const override;
  Bodies bodies(const log::OrganisationId& organisation, log::LeafIndex first,
                std::uint64_t count_max, std::size_t bytes_max, bool with_personal) const override;
  std::unique_ptr<log::TileReader> tree(const log::OrganisationId& organisation) const override;
  std::optional<log::LeafIndex> newest_version(const log::OrganisationId& organisation,
                                               const log::RecordId& record) const override;
  std::vector<log::Checkpoint> checkpoints(const log::OrganisationId& organisation) const override;
  std::vector<log::Erasure> erasures(const log::OrganisationId& organisation, log::LeafIndex first,
                                     std::size_t count_max) const override;
  std::vector<log::WitnessRow> witnesses(const log::OrganisationId& organisation) const override;
  std::vector<Bytes> evidence(const log::OrganisationId& organisation) const override;
  std::vector<log::Abandoned> abandoned(const log::OrganisationId& organisation) const override;
  Bytes abandoned_leaves(const log::OrganisationId& organisation, std::uint32_t epoch,
                         log::LeafIndex first, std::uint64_t count_max,
                         std::size_t bytes_max) const override;
  std::vector<log::HiddenHere> hidden_here(const log::OrganisationId& organisation) const override;
};

/// Publishes into a HeldLog as an organisation would: `LogAuthor author(memory); author.put(…);
/// author.sign();` Keys are made afresh; times and salts count up, so that nothing else depends on
/// chance.
class LogAuthor {
 public:
  /// Founds an organisation with one node key and two reserve keys, of which one establishes the
  /// next. `memory` must outlive it.
  explicit LogAuthor(MemoryLog& memory);
  /// Another future of the same log with the same keys, in another memory.
  LogAuthor fork(MemoryLog& other) const;

  const log::OrganisationId& organisation() const { return organisation_; }
  HeldLog& held() { return memory_->logs.at(organisation_); }
  const crypto::SigningKey& log_key() const { return log_key_; }
  const crypto::SigningKey& node_key() const { return node_key_; }
  /// The one that establishes the next event.
  const crypto::SigningKey& reserve_key() const { return reserve_key_; }

  /// A record id that tells `number`.
  static log::RecordId record_id(std::uint64_t number);
  /// Publishes a version; empty personal text: no personal part.
  log::LeafIndex put(std::uint64_t record, std::string_view public_body,
                     std::string_view personal_body = {});
  log::LeafIndex withdraw(std::uint64_t record);
  /// Erases and destroys the public parts of these entries.
  log::LeafIndex erase(const std::vector<log::LeafIndex>& entries);
  /// Introduces a new log key by a reserve key, standing by the first `trusted_size` entries (all
  /// when 0).
  log::LeafIndex rotate(log::TreeSize trusted_size = 0);
  /// Any leaf, as it is.
  log::LeafIndex append(Bytes leaf, std::vector<HeldLog::Body> bodies = {});
  /// A record leaf as the next version would be, to be changed before it is appended.
  log::RecordLeaf next_leaf(std::uint64_t record) const;
  /// Signs the head and keeps the checkpoint.
  const log::Checkpoint& sign();

 private:
  LogAuthor(MemoryLog& memory, const LogAuthor& other);
  Bytes next_establish(log::TreeSize trusted_size, const crypto::SigningKey& log_key,
                       const crypto::SigningKey& reserve_key,
                       const crypto::SigningKey& next_reserve_key);

  MemoryLog* memory_;
  crypto::SigningKey log_key_;
  crypto::SigningKey node_key_;
  crypto::SigningKey reserve_key_;
  log::OrganisationId organisation_;
  std::uint64_t salts_ = 0;
};

}  // namespace moot::test

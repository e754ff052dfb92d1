#include "support/memory_log.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace moot::test {
namespace {

constexpr std::uint64_t first_time_ms = 1'800'000'000'000;

class MemoryTree final : public log::TileReader {
 public:
  explicit MemoryTree(const HeldLog& held) : tiles_(held.tiles) {}
  std::vector<Hash> tile(unsigned tile_level, std::uint64_t index) const override {
    if (tile_level >= tiles_.size()) return {};
    const std::vector<Hash>& level = tiles_[tile_level];
    const std::size_t first = std::min<std::size_t>(index * log::tile_width, level.size());
    const std::size_t last = std::min<std::size_t>(first + log::tile_width, level.size());
    return {level.begin() + static_cast<std::ptrdiff_t>(first),
            level.begin() + static_cast<std::ptrdiff_t>(last)};
  }

 private:
  const std::vector<std::vector<Hash>>& tiles_;
};

void add_leaf_hash(std::vector<std::vector<Hash>>& tiles, const Hash& leaf_hash) {
  Hash hash = leaf_hash;
  for (std::size_t level = 0;; ++level) {
    if (tiles.size() == level) tiles.emplace_back();
    tiles[level].push_back(hash);
    if (tiles[level].size() % log::tile_width != 0) return;
    hash = log::root_over(std::span<const Hash>(tiles[level]).last(log::tile_width));
  }
}

std::size_t bundle_bytes(const std::vector<HeldLog::Body>& bodies) {
  std::size_t bytes = 0;
  for (const HeldLog::Body& body : bodies) {
    bytes += 1;
    if (body.status == log::BodyStatus::held) bytes += limits::salt_bytes + 4 + body.body.size();
  }
  return bytes;
}

crypto::SigningKey fresh_key() {
  MOOT_CHECK(crypto::start_library());
  return crypto::SigningKey::generate();
}

}  // namespace

std::vector<log::OrganisationId> MemoryLog::organisations() const {
  std::vector<log::OrganisationId> out;
  out.reserve(logs.size());
  for (const auto& [organisation, held] : logs) out.push_back(organisation);
  return out;
}

std::optional<log::LogState> MemoryLog::state(const log::OrganisationId& organisation) const {
  const auto found = logs.find(organisation);
  if (found == logs.end()) return std::nullopt;
  const HeldLog& held = found->second;
  log::LogState out;
  out.held = held.leaves.size();
  for (const log::Checkpoint& checkpoint : held.checkpoints) {
    if (checkpoint.head.size <= out.held) out.head = checkpoint;
    out.target = checkpoint;
  }
  if (held.target) out.target = held.target;
  for (const auto& bodies : held.bodies) {
    for (const HeldLog::Body& body : bodies) {
      if (body.status == log::BodyStatus::missing) ++out.bodies_missing;
    }
  }
  return out;
}

std::optional<log::Identity> MemoryLog::identity(const log::OrganisationId& organisation) const {
  const auto found = logs.find(organisation);
  return found == logs.end() ? std::nullopt : found->second.identity;
}

Bytes MemoryLog::leaves(const log::OrganisationId& organisation, log::LeafIndex first,
                        std::uint64_t count_max, std::size_t bytes_max) const {
  Bytes out;
  const auto found = logs.find(organisation);
  if (found == logs.end()) return out;
  const std::vector<Bytes>& leaves = found->second.leaves;
  if (first >= found->second.unreadable_from) return {0xff};
  const log::LeafIndex end = std::min<log::LeafIndex>(leaves.size(), found->second.unreadable_from);
  for (log::LeafIndex i = first; i < end && i - first < count_max; ++i) {
    if (i > first && out.size() + 2 + leaves[i].size() > bytes_max) break;
    log::append_leaf(out, leaves[i]);
  }
  return out;
}

log::LogReader::Bodies MemoryLog::bodies(const log::OrganisationId& organisation,
                                         log::LeafIndex first, std::uint64_t count_max,
                                         std::size_t bytes_max, bool with_personal) const {
  Bodies out{{}, first};
  const auto found = logs.find(organisation);
  if (found == logs.end()) return out;
  const auto& bodies = found->second.bodies;
  for (; out.next < bodies.size() && out.next - first < count_max; ++out.next) {
    const auto& of_entry = bodies[out.next];
    if (out.next > first && out.bundle.size() + bundle_bytes(of_entry) > bytes_max) break;
    for (const HeldLog::Body& body : of_entry) {
      if (body.part == log::Part::personal_part && !with_personal) {
        log::append_no_body(out.bundle, log::BodyStatus::withheld);
      } else if (body.status == log::BodyStatus::held) {
        log::append_body(out.bundle, body.salt, body.body);
      } else {
        log::append_no_body(out.bundle, body.status);
      }
    }
  }
  return out;
}

std::unique_ptr<log::TileReader> MemoryLog::tree(const log::OrganisationId& organisation) const {
  static const HeldLog none;
  const auto found = logs.find(organisation);
  return std::make_unique<MemoryTree>(found == logs.end() ? none : found->second);
}

std::optional<log::LeafIndex> MemoryLog::newest_version(const log::OrganisationId& organisation,
                                                        const log::RecordId& record) const {
  const auto found = logs.find(organisation);
  if (found == logs.end()) return std::nullopt;
  const auto newest = found->second.newest.find(record);
  if (newest == found->second.newest.end()) return std::nullopt;
  return newest->second;
}

std::vector<log::Checkpoint> MemoryLog::checkpoints(const log::OrganisationId& organisation) const {
  const auto found = logs.find(organisation);
  return found == logs.end() ? std::vector<log::Checkpoint>{} : found->second.checkpoints;
}

std::vector<log::Erasure> MemoryLog::erasures(const log::OrganisationId& organisation,
                                              log::LeafIndex first, std::size_t count_max) const {
  std::vector<log::Erasure> out;
  const auto found = logs.find(organisation);
  if (found == logs.end()) return out;
  for (const log::Erasure& one : found->second.erasures) {
    if (one.leaf >= first && out.size() < count_max) out.push_back(one);
  }
  return out;
}

std::vector<log::WitnessRow> MemoryLog::witnesses(const log::OrganisationId& organisation) const {
  const auto found = logs.find(organisation);
  return found == logs.end() ? std::vector<log::WitnessRow>{} : found->second.witnesses;
}

std::vector<Bytes> MemoryLog::evidence(const log::OrganisationId& organisation) const {
  const auto found = logs.find(organisation);
  return found == logs.end() ? std::vector<Bytes>{} : found->second.evidence;
}

std::vector<log::Abandoned> MemoryLog::abandoned(const log::OrganisationId& organisation) const {
  const auto found = logs.find(organisation);
  return found == logs.end() ? std::vector<log::Abandoned>{} : found->second.abandoned;
}

Bytes MemoryLog::abandoned_leaves(const log::OrganisationId& organisation, std::uint32_t epoch,
                                  log::LeafIndex first, std::uint64_t count_max,
                                  std::size_t bytes_max) const {
  Bytes out;
  const HeldLog& held = logs.at(organisation);
  const auto range = std::find_if(held.abandoned.begin(), held.abandoned.end(),
                                  [&](const auto& one) { return one.epoch == epoch; });
  if (range == held.abandoned.end() || first < range->first) return out;
  const std::vector<Bytes>& leaves = held.abandoned_leaves.at(epoch);
  for (std::size_t i = first - range->first; i < leaves.size() && count_max-- > 0; ++i) {
    if (!out.empty() && out.size() + 2 + leaves[i].size() > bytes_max) break;
    log::append_leaf(out, leaves[i]);
  }
  return out;
}

std::vector<log::HiddenHere> MemoryLog::hidden_here(const log::OrganisationId& organisation) const {
  return logs.at(organisation).hidden_here;
}

LogAuthor::LogAuthor(MemoryLog& memory, const LogAuthor& other)
    : memory_(&memory),
      log_key_(other.log_key_.clone()),
      node_key_(other.node_key_.clone()),
      reserve_key_(other.reserve_key_.clone()),
      organisation_(other.organisation_),
      salts_(other.salts_) {
  memory.logs[organisation_] = other.memory_->logs.at(organisation_);
}

LogAuthor LogAuthor::fork(MemoryLog& other) const { return {other, *this}; }

LogAuthor::LogAuthor(MemoryLog& memory)
    : memory_(&memory), log_key_(fresh_key()), node_key_(fresh_key()), reserve_key_(fresh_key()) {
  log::FirstEstablish first;
  first.time_s = first_time_ms / 1000;
  first.node_keys = {node_key_.public_key().bytes()};
  first.threshold_next = 1;
  first.reserve_keys = {reserve_key_.public_key().bytes(), fresh_key().public_key().bytes()};
  const Bytes leaf = log::make_first_establish(first, log_key_);
  auto identity = log::Identity::begin(leaf);
  MOOT_CHECK(identity.has_value());
  organisation_ = identity->organisation();
  memory.logs[organisation_].identity = *identity;
  append(leaf);
}

log::RecordId LogAuthor::record_id(std::uint64_t number) {
  log::RecordId out{0xaa};
  for (std::size_t i = 0; i < 8; ++i) out[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

log::LeafIndex LogAuthor::append(Bytes leaf, std::vector<HeldLog::Body> bodies) {
  HeldLog& log = held();
  const log::LeafIndex index = log.leaves.size();
  add_leaf_hash(log.tiles, log::hash_leaf(leaf));
  if (const auto record = log::decode_record(leaf)) log.newest[record->record] = index;
  log.leaves.push_back(std::move(leaf));
  log.bodies.push_back(std::move(bodies));
  return index;
}

log::RecordLeaf LogAuthor::next_leaf(std::uint64_t record) const {
  const HeldLog& log = memory_->logs.at(organisation_);
  log::RecordLeaf leaf;
  leaf.organisation = organisation_;
  leaf.epoch = log.identity->newest().establish.seq;
  leaf.time_ms = first_time_ms + log.leaves.size();
  leaf.record = record_id(record);
  const auto newest = log.newest.find(leaf.record);
  leaf.previous = newest == log.newest.end() ? 0 : newest->second + 1;
  leaf.kind = "service";
  return leaf;
}

log::LeafIndex LogAuthor::put(std::uint64_t record, std::string_view public_body,
                              std::string_view personal_body) {
  log::RecordLeaf leaf = next_leaf(record);
  std::vector<HeldLog::Body> bodies;
  const auto add_part = [&](log::Part part, std::string_view text) {
    HeldLog::Body body;
    body.part = part;
    body.body = to_bytes(view_of(text));
    ++salts_;
    for (std::size_t i = 0; i < 8; ++i) body.salt[i] = static_cast<std::uint8_t>(salts_ >> (8 * i));
    leaf.parts.push_back({part, log::body_commitment(body.salt, part, body.body)});
    bodies.push_back(std::move(body));
  };
  add_part(log::Part::public_part, public_body);
  if (!personal_body.empty()) add_part(log::Part::personal_part, personal_body);
  return append(log::encode(leaf), std::move(bodies));
}

log::LeafIndex LogAuthor::withdraw(std::uint64_t record) {
  log::RecordLeaf leaf = next_leaf(record);
  leaf.operation = log::Operation::withdraw;
  return append(log::encode(leaf));
}

log::LeafIndex LogAuthor::erase(const std::vector<log::LeafIndex>& entries) {
  HeldLog& log = held();
  log::EraseLeaf leaf;
  leaf.reason = log::EraseReason::data_protection;
  leaf.organisation = organisation_;
  leaf.epoch = log.identity->newest().establish.seq;
  leaf.time_ms = first_time_ms + log.leaves.size();
  for (const log::LeafIndex entry : entries) {
    leaf.erased.push_back({entry, 1});
    for (HeldLog::Body& body : log.bodies.at(entry)) {
      if (body.part != log::Part::public_part) continue;
      body = {body.part, log::BodyStatus::erased, {}, {}};
    }
  }
  return append(log::encode(leaf));
}

Bytes LogAuthor::next_establish(log::TreeSize trusted_size, const crypto::SigningKey& log_key,
                                const crypto::SigningKey& reserve_key,
                                const crypto::SigningKey& next_reserve_key) {
  const log::EstablishEvent& before = held().identity->newest();
  const auto tree = memory_->tree(organisation_);
  log::Establish next;
  next.organisation = organisation_;
  next.seq = before.establish.seq + 1;
  next.previous = before.id;
  next.time_s = before.establish.time_s + 1;
  next.trusted_size = trusted_size;
  next.trusted_root = log::root_at(trusted_size, *tree);
  next.log_key = log_key.public_key().bytes();
  next.node_keys = {node_key_.public_key().bytes()};
  next.threshold_next = 1;
  next.next_digests = {log::reserve_digest(next_reserve_key.public_key().bytes())};
  next.revealed = {{0, reserve_key.public_key().bytes()}};
  const Bytes body = log::encode_body(next);
  next.signatures = {
      {log::EstablishSignature::Kind::reserve, 0, reserve_key.sign_use("establish", body)},
      {log::EstablishSignature::Kind::new_log_key, 0, log_key.sign_use("establish", body)}};
  return log::encode(next);
}

log::LeafIndex LogAuthor::rotate(log::TreeSize trusted_size) {
  const log::LeafIndex position = held().leaves.size();
  crypto::SigningKey log_key = fresh_key();
  crypto::SigningKey reserve_key = fresh_key();
  Bytes leaf = next_establish(trusted_size == 0 ? position : trusted_size, log_key, reserve_key_,
                              reserve_key);
  const auto extended = held().identity->extend(leaf, position);
  MOOT_CHECK(extended.has_value());
  log_key_ = std::move(log_key);
  reserve_key_ = std::move(reserve_key);
  return append(std::move(leaf));
}

const log::Checkpoint& LogAuthor::sign() {
  HeldLog& log = held();
  const auto tree = memory_->tree(organisation_);
  const log::Head head{log.leaves.size(), log::root_at(log.leaves.size(), *tree)};
  log.checkpoints.push_back(
      {organisation_, head, log::sign_checkpoint(organisation_, head, log_key_)});
  return log.checkpoints.back();
}

}  // namespace moot::test

#include "support/log_builder.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/hash.hpp"

namespace moot::test {
namespace {

constexpr std::uint64_t first_time_s = 1'700'000'000;

log::Identity begin(const crypto::SigningKey& log_key, const crypto::SigningKey& reserve_key) {
  const Bytes leaf = log::make_first_establish({.time_s = first_time_s,
                                                .node_keys = {log_key.public_key().bytes()},
                                                .threshold_next = 1,
                                                .reserve_keys = {reserve_key.public_key().bytes()}},
                                               log_key);
  auto identity = log::Identity::begin(leaf);
  MOOT_CHECK(identity.has_value());
  return std::move(*identity);
}

/// Salts only have to differ.
log::Salt salt_of(std::uint64_t number, log::Part part) {
  Writer seed;
  seed.u64(number).u8(static_cast<std::uint8_t>(part));
  const Hash hash = crypto::sha256(seed.view());
  log::Salt salt{};
  std::copy_n(hash.begin(), salt.size(), salt.begin());
  return salt;
}

}  // namespace

log::RecordId record_id(std::uint64_t number) {
  const Hash hash = crypto::sha256(Writer().u64(number).view());
  log::RecordId record{};
  std::copy_n(hash.begin(), record.size(), record.begin());
  return record;
}

LogBuilder::LogBuilder()
    : reserve_key_(crypto::SigningKey::generate()), identity_([this] {
        log_keys_.push_back(crypto::SigningKey::generate());
        return begin(log_keys_.back(), reserve_key_);
      }()) {
  append(identity_.events().front().leaf, {}, 0);
}

LogBuilder::LogBuilder(const LogBuilder& other)
    : reserve_key_(other.reserve_key_.clone()),
      identity_(other.identity_),
      leaves_(other.leaves_),
      newest_(other.newest_),
      numbers_(other.numbers_) {
  for (const crypto::SigningKey& key : other.log_keys_) log_keys_.push_back(key.clone());
}

LogBuilder LogBuilder::fork() const { return *this; }

void LogBuilder::append(Bytes leaf, Bytes bodies, std::size_t parts) {
  const Hash hash = log::hash_leaf(leaf);
  leaves_.push_back(
      {.leaf = std::move(leaf), .bodies = std::move(bodies), .parts = parts, .hash = hash});
}

log::RecordLeaf LogBuilder::next_version(const log::RecordId& record) const {
  log::RecordLeaf leaf;
  leaf.organisation = organisation();
  leaf.epoch = identity_.newest().establish.seq;
  leaf.time_ms = (first_time_s + leaves_.size()) * 1000;
  leaf.record = record;
  leaf.kind = "service";
  const auto before = newest_.find(record);
  if (before != newest_.end()) leaf.previous = before->second + 1;
  return leaf;
}

log::LeafIndex LogBuilder::put(const log::RecordId& record, std::string_view body,
                               std::string_view personal) {
  log::RecordLeaf leaf = next_version(record);
  Bytes bodies;
  const auto add = [&](log::Part part, std::string_view text) {
    const log::Salt salt = salt_of(leaves_.size(), part);
    leaf.parts.push_back(
        {.part = part, .commitment = log::body_commitment(salt, part, view_of(text))});
    log::append_body(bodies, salt, view_of(text));
  };
  add(log::Part::public_part, body);
  if (!personal.empty()) add(log::Part::personal_part, personal);
  append(log::encode(leaf), std::move(bodies), leaf.parts.size());
  newest_[record] = leaves_.size() - 1;
  return leaves_.size() - 1;
}

void LogBuilder::put_many(std::size_t count, std::size_t body_bytes) {
  leaves_.reserve(leaves_.size() + count);
  for (std::size_t i = 0; i < count; ++i) {
    std::string body = "{\"number\":" + std::to_string(numbers_) + "}";
    body.resize(std::max(body.size(), body_bytes), ' ');
    put(record_id(numbers_++), body);
  }
}

log::LeafIndex LogBuilder::withdraw(const log::RecordId& record) {
  log::RecordLeaf leaf = next_version(record);
  leaf.operation = log::Operation::withdraw;
  append(log::encode(leaf), {}, 0);
  newest_[record] = leaves_.size() - 1;
  return leaves_.size() - 1;
}

log::LeafIndex LogBuilder::erase(std::vector<log::ErasedLeaf> erased, log::EraseReason reason) {
  log::EraseLeaf leaf;
  leaf.reason = reason;
  leaf.organisation = organisation();
  leaf.epoch = identity_.newest().establish.seq;
  leaf.time_ms = (first_time_s + leaves_.size()) * 1000;
  leaf.erased = std::move(erased);
  append(log::encode(leaf), {}, 0);
  return leaves_.size() - 1;
}

void LogBuilder::set_status(log::LeafIndex entry, log::BodyStatus status) {
  Leaf& leaf = leaves_[entry];
  leaf.bodies.clear();
  for (std::size_t i = 0; i < leaf.parts; ++i) log::append_no_body(leaf.bodies, status);
}

log::LeafIndex LogBuilder::rotate(log::TreeSize trusted_size) {
  const log::EstablishEvent& before = identity_.newest();
  crypto::SigningKey log_key = crypto::SigningKey::generate();
  crypto::SigningKey reserve_key = crypto::SigningKey::generate();
  log::Establish next;
  next.organisation = organisation();
  next.seq = before.establish.seq + 1;
  next.previous = before.id;
  next.time_s = first_time_s + leaves_.size();
  next.trusted_size = trusted_size;
  next.trusted_root = head(trusted_size).root;
  next.log_key = log_key.public_key().bytes();
  next.node_keys = {log_key.public_key().bytes()};
  next.next_digests = {log::reserve_digest(reserve_key.public_key().bytes())};
  next.revealed = {{.prior_index = 0, .key = reserve_key_.public_key().bytes()}};
  const Bytes body = log::encode_body(next);
  next.signatures = {{.kind = log::EstablishSignature::Kind::reserve,
                      .index = 0,
                      .signature = reserve_key_.sign_use("establish", body)},
                     {.kind = log::EstablishSignature::Kind::new_log_key,
                      .index = 0,
                      .signature = log_key.sign_use("establish", body)}};
  const Bytes leaf = log::encode(next);
  const auto extended = identity_.extend(leaf, leaves_.size());
  MOOT_CHECK(extended.has_value());
  log_keys_.push_back(std::move(log_key));
  reserve_key_ = std::move(reserve_key);
  append(leaf, {}, 0);
  return leaves_.size() - 1;
}

log::Head LogBuilder::head(log::TreeSize size) const {
  log::Frontier frontier;
  for (log::LeafIndex i = 0; i < size; ++i) frontier.append(leaves_[i].hash);
  return frontier.head();
}

log::Verified<log::Checkpoint> LogBuilder::checkpoint(log::TreeSize size) const {
  const crypto::SigningKey& key = log_keys_[identity_.valid_at(size).establish.seq];
  auto checked =
      log::check_checkpoint(log::sign_checkpoint(organisation(), head(size), key), identity_);
  MOOT_CHECK(checked.has_value());
  return std::move(*checked);
}

Bytes LogBuilder::leaf_bundle(log::LeafIndex first, log::LeafIndex end) const {
  Bytes bundle;
  for (log::LeafIndex i = first; i < end; ++i) log::append_leaf(bundle, leaves_[i].leaf);
  return bundle;
}

Bytes LogBuilder::body_bundle(log::LeafIndex first, log::LeafIndex end) const {
  Bytes bundle;
  for (log::LeafIndex i = first; i < end; ++i) moot::append(bundle, leaves_[i].bodies);
  return bundle;
}

std::vector<log::Verified<log::EntryRange>> LogBuilder::ranges(log::LeafIndex first,
                                                               log::LeafIndex end) const {
  std::vector<log::Verified<log::EntryRange>> ranges;
  while (first < end) {
    const log::LeafIndex block = first - first % limits::block_entries;
    const log::LeafIndex stop = std::min<log::LeafIndex>(end, block + limits::block_entries);
    std::vector<Hash> hashes;
    for (log::LeafIndex i = block; i < stop; ++i) hashes.push_back(leaves_[i].hash);
    auto range =
        log::check_block(organisation(), first, leaf_bundle(first, stop),
                         std::span(hashes).first(first - block), stop, log::root_over(hashes));
    MOOT_CHECK(range.has_value());
    auto whole = log::check_bodies(std::move(*range), body_bundle(first, stop));
    MOOT_CHECK(whole.has_value());
    ranges.push_back(std::move(*whole));
    first = stop;
  }
  return ranges;
}

log::Verified<log::EntryRange> LogBuilder::tail(log::LeafIndex first, log::LeafIndex end) const {
  log::Frontier frontier;
  for (log::LeafIndex i = 0; i < first; ++i) frontier.append(leaves_[i].hash);
  auto range = log::check_tail(organisation(), frontier, leaf_bundle(first, end), head(end));
  MOOT_CHECK(range.has_value());
  auto whole = log::check_bodies(std::move(*range), body_bundle(first, end));
  MOOT_CHECK(whole.has_value());
  return std::move(*whole);
}

}  // namespace moot::test

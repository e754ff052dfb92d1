#include "simulation/simulated_node.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "log/identity.hpp"

namespace moot::simulation {
namespace {

crypto::SigningKey key_from(Random& random) {
  FixedBytes<32> seed;
  for (auto& byte : seed) byte = static_cast<std::uint8_t>(random.next());
  return crypto::SigningKey::from_seed(seed);
}

/// Shows the true tree but for one level-0 hash (the tail root) or one block hash in it.
class LyingTree final : public log::TileReader {
 public:
  explicit LyingTree(std::unique_ptr<log::TileReader> truth) : truth_(std::move(truth)) {}
  std::vector<Hash> tile(unsigned level, std::uint64_t index) const override {
    return truth_->tile(level, index);
  }
  Hash subtree(unsigned level, std::uint64_t index) const override {
    Hash hash = truth_->subtree(level, index);
    if (level == log::tile_height || index % 3 == 1) hash[5] ^= 1;
    return hash;
  }

 private:
  std::unique_ptr<log::TileReader> truth_;
};

}  // namespace

Bytes LyingReader::leaves(const log::OrganisationId& o, log::LeafIndex first, std::uint64_t count,
                          std::size_t bytes) const {
  Bytes out = truth_->leaves(o, first, count, bytes);
  if (lie_ == Lie::flip_leaf && !out.empty()) out[out.size() / 2] ^= 1;
  if (lie_ == Lie::truncate_leaves && !out.empty()) out.pop_back();
  return out;
}

log::LogReader::Bodies LyingReader::bodies(const log::OrganisationId& o, log::LeafIndex first,
                                           std::uint64_t count, std::size_t bytes,
                                           bool with_personal) const {
  Bodies out = truth_->bodies(o, first, count, bytes, with_personal);
  if (lie_ == Lie::flip_body && !out.bundle.empty()) out.bundle.back() ^= 1;
  if (lie_ == Lie::drop_body_bytes && !out.bundle.empty()) out.bundle.pop_back();
  return out;
}

std::unique_ptr<log::TileReader> LyingReader::tree(const log::OrganisationId& o) const {
  auto truth = truth_->tree(o);
  if (lie_ != Lie::wrong_node) return truth;
  return std::make_unique<LyingTree>(std::move(truth));
}

SimulatedNode::SimulatedNode(std::filesystem::path folder, Random& random)
    : folder_(std::move(folder)),
      log_key_(std::make_unique<crypto::SigningKey>(key_from(random))),
      node_key_(std::make_unique<crypto::SigningKey>(key_from(random))) {
  reserve_key_ = std::make_unique<crypto::SigningKey>(key_from(random));
  const Bytes leaf =
      log::make_first_establish({.time_s = 1'700'000'000,
                                 .node_keys = {node_key_->public_key().bytes()},
                                 .threshold_next = 1,
                                 .reserve_keys = {reserve_key_->public_key().bytes()}},
                                *log_key_);
  organisation_ = log::organisation_of(*log::establish_body(leaf));
  auto opened = store::Store::open(folder_, {.create = true});
  MOOT_CHECK(opened.has_value());
  const std::vector<store::Job> jobs = {store::Found{leaf, [this](const log::Head& head) {
                                                       return log::sign_checkpoint(organisation_,
                                                                                   head, *log_key_);
                                                     }}};
  const auto results = (*opened)->apply(jobs);
  MOOT_CHECK(results[0].has_value());
  acknowledged_.push_back(results[0]->checkpoint->head);
}

void SimulatedNode::start(Instant now) {
  auto opened = store::Store::open(folder_, {});
  MOOT_CHECK(opened.has_value());
  store_ = std::move(*opened);
  reader_ = std::make_unique<LyingReader>(*store_);
  replicator_ = std::make_unique<sync::Replicator>(
      sync::Settings{.own = organisation_, .node_key = node_key_->clone()}, *reader_);
  std::vector<sync::FollowedLog> logs;
  for (const store::Follow& f : store_->follows()) {
    logs.push_back({f.organisation, f.mode == store::Mode::head});
  }
  replicator_->set_follows(now, logs);
}

void SimulatedNode::crash() {
  replicator_.reset();
  reader_.reset();
  store_.reset();
  disk.clear();
  confirmed_by.clear();
}

std::unique_ptr<SimulatedNode> SimulatedNode::stolen(std::filesystem::path folder) const {
  std::unique_ptr<SimulatedNode> thief(new SimulatedNode);
  copy_disk_to(folder);
  thief->folder_ = std::move(folder);
  thief->reserve_key_ = std::make_unique<crypto::SigningKey>(reserve_key_->clone());
  thief->log_key_ = std::make_unique<crypto::SigningKey>(log_key_->clone());
  thief->node_key_ = std::make_unique<crypto::SigningKey>(node_key_->clone());
  thief->organisation_ = organisation_;
  return thief;
}

void SimulatedNode::copy_disk_to(const std::filesystem::path& folder) const {
  std::filesystem::remove_all(folder);
  std::filesystem::copy(folder_, folder, std::filesystem::copy_options::recursive);
}

void SimulatedNode::copy_disk_from(const std::filesystem::path& folder) {
  MOOT_CHECK(!store_);
  std::filesystem::remove_all(folder_);
  std::filesystem::copy(folder, folder_, std::filesystem::copy_options::recursive);
}

void SimulatedNode::follow(Instant now, const log::OrganisationId& organisation, bool head_only) {
  store::Follow follow;
  follow.organisation = organisation;
  follow.mode = head_only ? store::Mode::head : store::Mode::full;
  const std::vector<store::Job> jobs = {store::PutFollow{follow}};
  MOOT_CHECK(store_->apply(jobs)[0].has_value());
  std::vector<sync::FollowedLog> logs;
  for (const store::Follow& f : store_->follows()) {
    logs.push_back({f.organisation, f.mode == store::Mode::head});
  }
  replicator_->set_follows(now, logs);
}

bool SimulatedNode::follows(const log::OrganisationId& organisation) const {
  const auto all = store_->follows();
  return std::any_of(all.begin(), all.end(),
                     [&](const store::Follow& f) { return f.organisation == organisation; });
}

void SimulatedNode::publish(Instant now, Random& random, std::size_t records) {
  store::Publish job;
  job.time_ms = static_cast<std::uint64_t>(now.ms);
  job.sign = [this](const log::Head& head) {
    return log::sign_checkpoint(organisation_, head, *log_key_);
  };
  for (std::size_t i = 0; i < records; ++i) {
    store::NewRecord record;
    record.kind = "service";
    // Few ids, so that records get further versions too.
    record.record[0] = static_cast<std::uint8_t>(random.below(200));
    store::NewPart part;
    for (auto& byte : part.salt) byte = static_cast<std::uint8_t>(random.next());
    part.body.resize(20 + random.below(random.chance(2) ? 100'000 : 800));
    for (auto& byte : part.body) byte = static_cast<std::uint8_t>(random.next());
    part.commitment = log::body_commitment(part.salt, part.part, part.body);
    record.parts.push_back(std::move(part));
    job.records.push_back(std::move(record));
  }
  apply_own(now, std::move(job));
}

void SimulatedNode::apply_own(Instant now, store::Job job) {
  const std::vector<store::Job> jobs = {std::move(job)};
  const auto results = store_->apply(jobs);
  MOOT_CHECK(results[0].has_value(), static_cast<int>(results[0].error()));
  acknowledged_.push_back(results[0]->checkpoint->head);
  replicator_->handle_published(now);
}

void SimulatedNode::rotate(Instant now, Random& random, log::TreeSize trusted_size, bool republish,
                           const SimulatedNode* rival) {
  const auto identity = store_->identity(organisation_);
  const log::EstablishEvent& before = identity->newest();
  auto log_key = std::make_unique<crypto::SigningKey>(key_from(random));
  auto reserve_key = std::make_unique<crypto::SigningKey>(key_from(random));
  log::Establish event;
  event.organisation = organisation_;
  event.seq = before.establish.seq + 1;
  event.previous = before.id;
  event.time_s = 1'700'000'000 + event.seq;
  event.trusted_size = trusted_size;
  event.trusted_root = log::root_at(trusted_size, *store_->tree(organisation_));
  event.log_key = log_key->public_key().bytes();
  event.node_keys = {node_key_->public_key().bytes()};
  event.next_digests = {log::reserve_digest(reserve_key->public_key().bytes())};
  event.revealed = {{0, reserve_key_->public_key().bytes()}};
  store::AppendEstablish job;
  if (rival != nullptr) {
    const auto other = rival->store_->identity(organisation_);
    event.repudiated = other->newest().id;
    job.rival_leaf = other->newest().leaf;
    event.revealed.push_back({0, rival->reserve_key_->public_key().bytes()});
  }
  const Bytes body = log::encode_body(event);
  event.signatures = {
      {log::EstablishSignature::Kind::reserve, 0, reserve_key_->sign_use("establish", body)},
      {log::EstablishSignature::Kind::new_log_key, 0, log_key->sign_use("establish", body)}};
  if (rival != nullptr) {
    event.signatures.insert(event.signatures.begin() + 1,
                            {log::EstablishSignature::Kind::reserve, 1,
                             rival->reserve_key_->sign_use("establish", body)});
  }
  log_key_ = std::move(log_key);
  reserve_key_ = std::move(reserve_key);
  job.leaf = log::encode(event);
  job.republish = republish;
  job.time_ms = static_cast<std::uint64_t>(now.ms);
  job.sign = [this](const log::Head& head) {
    return log::sign_checkpoint(organisation_, head, *log_key_);
  };
  apply_own(now, std::move(job));
}

void SimulatedNode::erase(Instant now, std::uint8_t record) {
  log::RecordId id{};
  id[0] = record;
  store::Erase job;
  job.reason = log::EraseReason::data_protection;
  job.time_ms = static_cast<std::uint64_t>(now.ms);
  job.sign = [this](const log::Head& head) {
    return log::sign_checkpoint(organisation_, head, *log_key_);
  };
  const log::TreeSize held = store_->state(organisation_)->held;
  for (log::LeafIndex entry = 0; entry < held && job.erased.size() < 50; ++entry) {
    const Bytes bundle = store_->leaves(organisation_, entry, 1, limits::block_bytes_max);
    const auto leaves = log::split_leaves(bundle, 1);
    const auto leaf = log::decode_record(leaves->front());
    if (!leaf || leaf->record != id || leaf->parts.empty()) continue;
    const auto bodies = store_->bodies(organisation_, entry, 1, limits::frame_bytes_max, true);
    const auto items = log::split_bodies(bodies.bundle, entry, *leaves);
    if (items->front().status != log::BodyStatus::held) continue;
    erased_bodies_.push_back(to_bytes(items->front().body));
    job.erased.push_back({entry, 1});
  }
  if (!job.erased.empty()) apply_own(now, std::move(job));
}

log::Head SimulatedNode::own_head() const { return store_->state(organisation_)->head->head; }

void SimulatedNode::do_disk(Instant now) {
  auto effect = std::move(disk.front());
  disk.pop_front();
  std::vector<store::Job> jobs;
  sync::Ticket ticket = 0;
  if (auto* ranges = std::get_if<sync::StoreRanges>(&effect)) {
    ticket = ranges->ticket;
    store::Receive job;
    job.organisation = ranges->organisation;
    job.own_catch_up = ranges->own_catch_up;
    job.ranges = std::move(ranges->ranges);
    job.target = std::move(ranges->target);
    jobs.emplace_back(std::move(job));
  } else if (auto* identity = std::get_if<sync::StoreIdentity>(&effect)) {
    ticket = identity->ticket;
    jobs.emplace_back(store::PutIdentity{std::move(identity->identity)});
  } else if (auto* rewind = std::get_if<sync::StoreRewind>(&effect)) {
    ticket = rewind->ticket;
    jobs.emplace_back(store::Rewind{std::move(rewind->identity), rewind->size, false});
  } else if (auto* evidence = std::get_if<sync::StoreEvidence>(&effect)) {
    ticket = evidence->ticket;
    jobs.emplace_back(
        store::KeepEvidence{evidence->organisation, evidence->epoch, std::move(evidence->file)});
  } else if (auto* cosign = std::get_if<sync::Cosign>(&effect)) {
    return do_cosign(now, cosign->checkpoint);
  } else {
    auto& cosigned = std::get<sync::Cosigned>(effect);
    jobs.emplace_back(store::KeepCosignature{cosigned.witness, cosigned.size, cosigned.time_s,
                                             std::move(cosigned.line), 0});
    if (!disk_is_full && store_->apply(jobs)[0]) replicator_->handle_note_grown(now);
    return;
  }
  if (disk_is_full) return replicator_->handle_stored(now, ticket, fail(std::string("disk-full")));
  const auto results = store_->apply(jobs);
  if (results[0]) {
    replicator_->handle_stored(now, ticket, Done{});
  } else {
    replicator_->handle_stored(now, ticket, fail(std::string(store::word_of(results[0].error()))));
  }
}

/// What the daemon does: noted durably first, and not again too soon.
void SimulatedNode::do_cosign(Instant now, const log::Checkpoint& checkpoint) {
  const std::vector<store::Job> jobs = {store::NoteCosigned{
      checkpoint.organisation, checkpoint.head.size, static_cast<std::uint64_t>(now.ms)}};
  if (disk_is_full || !store_->apply(jobs)[0]) return;
  const auto note = log::parse_note(checkpoint.note);
  const auto signature =
      log::cosign_note(note->text, "moot/node/" + log::to_text(organisation_), *node_key_,
                       1'700'000'000 + static_cast<std::uint64_t>(now.ms / 1000));
  replicator_->handle_cosigned(now, checkpoint, log::signature_line(signature));
}

}  // namespace moot::simulation

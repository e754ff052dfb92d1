#include "store_fixture.hpp"

#include <algorithm>
#include <fstream>

#include "crypto/secret.hpp"
#include "log/identity.hpp"

namespace moot::test {

namespace {

constexpr std::uint64_t all = ~std::uint64_t{0};
constexpr std::size_t chunk = limits::chunk_bytes;

class LibraryStarted final : public ::testing::Environment {
 public:
  void SetUp() override { ASSERT_TRUE(crypto::start_library()); }
};
const ::testing::Environment* const library_started =
    ::testing::AddGlobalTestEnvironment(new LibraryStarted);

}  // namespace

void StoreFixture::open(const store::OpenOptions& options) {
  auto opened = store::Store::open(folder(), options);
  ASSERT_TRUE(opened.has_value()) << store::describe(opened.error());
  store_ = std::move(*opened);
}

store::JobResult StoreFixture::apply(store::Job job) {
  return store_->apply(std::span(&job, 1)).front();
}

std::vector<store::JobResult> StoreFixture::apply_all(std::vector<store::Job> jobs) {
  return store_->apply(jobs);
}

Publisher::Publisher()
    : key_(std::make_shared<crypto::SigningKey>(crypto::SigningKey::generate())),
      reserve_key_(std::make_shared<crypto::SigningKey>(crypto::SigningKey::generate())) {
  first_leaf_ = log::make_first_establish({.time_s = 1'700'000'000,
                                           .node_keys = {key_->public_key().bytes()},
                                           .threshold_next = 1,
                                           .reserve_keys = {reserve_key_->public_key().bytes()}},
                                          *key_);
}

log::OrganisationId Publisher::organisation() const {
  return log::Identity::begin(first_leaf_)->organisation();
}

store::SignHead Publisher::signer() const {
  return [key = key_, organisation = organisation()](const log::Head& head) {
    return log::sign_checkpoint(organisation, head, *key);
  };
}

store::Job Publisher::found() const {
  return store::Found{.first_leaf = first_leaf_, .sign = signer()};
}

store::Publish Publisher::one(const log::RecordId& record, std::string_view body,
                              std::string_view personal) const {
  store::NewRecord made{
      .operation = log::Operation::put, .record = record, .kind = "service", .parts = {}};
  const auto add = [&](log::Part part, std::string_view text) {
    log::Salt salt{};
    salt[0] = static_cast<std::uint8_t>(text.size());
    made.parts.push_back({.part = part,
                          .salt = salt,
                          .body = to_bytes(view_of(text)),
                          .commitment = log::body_commitment(salt, part, view_of(text))});
  };
  add(log::Part::public_part, body);
  if (!personal.empty()) add(log::Part::personal_part, personal);
  store::Publish publish;
  publish.records.push_back(std::move(made));
  publish.time_ms = 1'700'000'000'000;
  publish.sign = signer();
  return publish;
}

store::Publish Publisher::records(std::size_t count, std::size_t body_bytes) {
  store::Publish publish;
  for (std::size_t i = 0; i < count; ++i) {
    std::string body = std::to_string(numbers_);
    body.resize(std::max(body.size(), body_bytes), ' ');
    store::Publish single = one(record_id(numbers_++), body);
    publish.records.push_back(std::move(single.records.front()));
  }
  publish.time_ms = 1'700'000'000'000;
  publish.sign = signer();
  return publish;
}

store::AppendEstablish Publisher::establish(const log::Identity& identity, const log::Head& trusted,
                                            bool republish) {
  const log::EstablishEvent& before = identity.newest();
  auto log_key = std::make_shared<crypto::SigningKey>(crypto::SigningKey::generate());
  log::Establish next;
  next.organisation = identity.organisation();
  next.seq = before.establish.seq + 1;
  next.previous = before.id;
  next.time_s = 1'700'000'100;
  next.trusted_size = trusted.size;
  next.trusted_root = trusted.root;
  next.log_key = log_key->public_key().bytes();
  next.node_keys = {log_key->public_key().bytes()};
  next.next_digests = {log::reserve_digest(reserve_key_->public_key().bytes())};
  next.revealed = {{.prior_index = 0, .key = reserve_key_->public_key().bytes()}};
  const Bytes body = log::encode_body(next);
  next.signatures = {{.kind = log::EstablishSignature::Kind::reserve,
                      .index = 0,
                      .signature = reserve_key_->sign_use("establish", body)},
                     {.kind = log::EstablishSignature::Kind::new_log_key,
                      .index = 0,
                      .signature = log_key->sign_use("establish", body)}};
  key_ = std::move(log_key);
  return {.leaf = log::encode(next),
          .rival_leaf = {},
          .republish = republish,
          .time_ms = 1'700'000'100'000,
          .sign = signer()};
}

std::vector<log::BodyItem> items_of(const log::LogReader& reader,
                                    const log::OrganisationId& organisation, log::LeafIndex entry,
                                    Bytes& bundle) {
  const Bytes leaf_bundle = reader.leaves(organisation, entry, 1, chunk);
  const auto leaves = log::split_leaves(leaf_bundle, 1);
  bundle = reader.bodies(organisation, entry, 1, SIZE_MAX, true).bundle;
  auto items = log::split_bodies(bundle, entry, *leaves);
  return items ? std::move(*items) : std::vector<log::BodyItem>{};
}

log::BodyStatus status_of(const log::LogReader& reader, const log::OrganisationId& organisation,
                          log::LeafIndex entry, std::size_t item) {
  Bytes bundle;
  return items_of(reader, organisation, entry, bundle).at(item).status;
}

bool file_has(const std::filesystem::path& file, std::string_view text) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return bytes.find(text) != std::string::npos;
}

void expect_sound(const log::LogReader& reader, const log::OrganisationId& organisation) {
  const auto state = reader.state(organisation);
  ASSERT_TRUE(state.has_value());
  const auto identity = reader.identity(organisation);
  ASSERT_TRUE(identity.has_value());
  log::Frontier frontier;
  const auto tree = reader.tree(organisation);
  for (log::LeafIndex first = 0; first < state->held;) {
    const Bytes bundle = reader.leaves(organisation, first, 256, chunk);
    const auto leaves = log::split_leaves(bundle, 256);
    ASSERT_TRUE(leaves.has_value());
    ASSERT_FALSE(leaves->empty()) << "at " << first;
    for (const ByteView leaf : *leaves) {
      const Hash hash = log::hash_leaf(leaf);
      ASSERT_EQ(tree->subtree(0, frontier.size()), hash);
      frontier.append(hash);
    }
    const auto bodies = reader.bodies(organisation, first, leaves->size(), SIZE_MAX, true);
    ASSERT_EQ(bodies.next, first + leaves->size());
    const auto items = log::split_bodies(bodies.bundle, first, *leaves);
    ASSERT_TRUE(items.has_value());
    for (const log::BodyItem& item : *items) {
      if (item.status != log::BodyStatus::held) continue;
      const auto record = log::decode_record((*leaves)[item.entry - first]);
      ASSERT_TRUE(record.has_value());
      const Hash commitment = log::body_commitment(item.salt, item.part, item.body);
      const bool is_committed = std::any_of(
          record->parts.begin(), record->parts.end(), [&](const log::PartCommitment& part) {
            return part.part == item.part && part.commitment == commitment;
          });
      ASSERT_TRUE(is_committed) << "entry " << item.entry;
    }
    first += leaves->size();
  }
  if (state->held > 0) {
    ASSERT_EQ(log::root_at(state->held, *tree), frontier.root());
  }
  if (state->head) {
    ASSERT_LE(state->head->head.size, state->held);
    ASSERT_EQ(log::root_at(state->head->head.size, *tree), state->head->head.root);
    const auto checked = log::check_checkpoint(state->head->note, *identity);
    ASSERT_TRUE(checked.has_value());
    ASSERT_EQ((*checked)->head, state->head->head);
  }
}

void expect_same(const log::LogReader& reader, const LogBuilder& builder, log::TreeSize held) {
  const log::OrganisationId& organisation = builder.organisation();
  const auto state = reader.state(organisation);
  ASSERT_TRUE(state.has_value());
  ASSERT_EQ(state->held, held);
  ASSERT_EQ(reader.leaves(organisation, 0, all, SIZE_MAX), builder.leaf_bundle(0, held));
  const auto bodies = reader.bodies(organisation, 0, all, SIZE_MAX, true);
  ASSERT_EQ(bodies.next, held);
  ASSERT_EQ(bodies.bundle, builder.body_bundle(0, held));
  if (held > 0) {
    ASSERT_EQ(log::root_at(held, *reader.tree(organisation)), builder.head(held).root);
  }
}

}  // namespace moot::test

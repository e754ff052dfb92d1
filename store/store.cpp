#include "store/store.hpp"

#include "store/state.hpp"

namespace moot::store {

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>, Fault> Store::open(const std::filesystem::path& folder,
                                                  const OpenOptions& options) {
  auto environment = Environment::open(folder, options);
  if (!environment) return fail(environment.error());
  FixedBytes<16> salt{};
  {
    ReadTransaction transaction(**environment);
    const auto stored = transaction.get(Table::meta, Key("salt"));
    if (!stored || stored->size() != salt.size()) return fail(Fault::corrupt);
    salt = Reader(*stored).fixed<16>();
  }
  const Holds holds{.personal_ms = options.personal_hold_ms, .public_ms = options.public_hold_ms};
  return std::unique_ptr<Store>(
      new Store(std::make_unique<State>(std::move(*environment), salt, holds)));
}

std::vector<JobResult> Store::apply(std::span<const Job> jobs) {
  return state_->writer.apply(jobs);
}

std::uint64_t Store::bytes_on_disk() const { return state_->environment->bytes_on_disk(); }

std::optional<log::OrganisationId> Store::own_organisation() const {
  ReadTransaction transaction(*state_->environment);
  return read_own_organisation(transaction);
}

std::vector<Follow> Store::follows() const {
  std::vector<Follow> follows;
  ReadTransaction transaction(*state_->environment);
  Cursor cursor(transaction, Table::follows);
  for (auto row = cursor.first(); row; row = cursor.next()) {
    if (auto follow = decode_follow(row->key, row->value)) follows.push_back(std::move(*follow));
  }
  return follows;
}

std::vector<PeerSeen> Store::peers() const {
  std::vector<PeerSeen> peers;
  ReadTransaction transaction(*state_->environment);
  Cursor cursor(transaction, Table::peers);
  for (auto row = cursor.first(); row; row = cursor.next()) {
    if (auto peer = decode_peer(row->key, row->value)) peers.push_back(std::move(*peer));
  }
  return peers;
}

}  // namespace moot::store

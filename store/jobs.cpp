#include "store/jobs.hpp"

#include <algorithm>

#include "store/erasing.hpp"
#include "store/job_work.hpp"
#include "store/unix_time.hpp"

namespace moot::store {

namespace {

constexpr std::size_t text_bytes_max = 0xFFFF;  // of the length field in the row

std::uint64_t own_bytes(const Found& job) { return job.first_leaf.size(); }
std::uint64_t bytes_of_records(std::span<const NewRecord> records) {
  std::uint64_t bytes = 0;
  for (const NewRecord& record : records) {
    bytes += sizeof(NewRecord) + record.kind.size();
    for (const NewPart& part : record.parts) bytes += sizeof(NewPart) + part.body.size();
  }
  return bytes;
}
std::uint64_t own_bytes(const Publish& job) { return bytes_of_records(job.records); }
std::uint64_t own_bytes(const Enqueue& job) { return bytes_of_records(job.records); }
std::uint64_t own_bytes(const DropQueued&) { return 0; }
std::uint64_t bytes_of_identity(const log::Identity& identity) {
  std::uint64_t bytes = 0;
  for (const log::EstablishEvent& event : identity.events()) {
    bytes += 2 * event.leaf.size() + event.rival_leaf.size() + sizeof event;
  }
  return bytes;
}
std::uint64_t own_bytes(const AppendEstablish& job) {
  return job.leaf.size() + job.rival_leaf.size();
}
std::uint64_t own_bytes(const Rewind& job) { return bytes_of_identity(job.identity); }
std::uint64_t own_bytes(const KeepEvidence& job) { return job.file.size(); }
std::uint64_t own_bytes(const KeepCosignature& job) { return job.line.size(); }
std::uint64_t own_bytes(const NoteCosigned&) { return 0; }
std::uint64_t own_bytes(const Erase& job) {
  constexpr std::uint64_t rows_bytes = 128;  // of one leaf in the tables of erasures
  return job.erased.size() * rows_bytes;
}
std::uint64_t own_bytes(const DestroyErased&) { return 0; }
std::uint64_t own_bytes(const Hide& job) {
  return job.hidden.size() * (sizeof(log::ErasedLeaf) + job.reason.size());
}
std::uint64_t own_bytes(const FillBodies& job) { return job.leaves.size() + job.bodies.size(); }
std::uint64_t own_bytes(const PutValue& job) { return job.name.size() + job.value.size(); }
std::uint64_t own_bytes(const Adopt&) { return 0; }
std::uint64_t own_bytes(const PutIdentity& job) { return bytes_of_identity(job.identity); }
std::uint64_t own_bytes(const Receive& job) {
  std::uint64_t bytes = job.target ? (*job.target)->note.size() : 0;
  for (const auto& range : job.ranges) {
    bytes += sizeof *range + range->leaves.size() + range->bodies.size() +
             range->leaf_hashes.size() * sizeof(Hash);
  }
  return bytes;
}
std::uint64_t own_bytes(const PutFollow& job) {
  return job.follow.name.size() + job.follow.address.size();
}
std::uint64_t own_bytes(const RemoveFollow&) { return 0; }
std::uint64_t own_bytes(const PeerSeen& job) { return job.address.size(); }

}  // namespace

std::uint64_t bytes_of(const Job& job) {
  return sizeof(Job) + std::visit([](const auto& some) { return own_bytes(some); }, job);
}

std::uint64_t entries_of(const Job& job) {
  if (std::holds_alternative<Found>(job)) return 1;
  if (const auto* publish = std::get_if<Publish>(&job)) return publish->records.size();
  if (const auto* erase = std::get_if<Erase>(&job)) {
    return erase->erased.size() / limits::erase_leaves_max + 1;
  }
  std::uint64_t entries = std::holds_alternative<AppendEstablish>(job) ? 1 : 0;
  if (const auto* receive = std::get_if<Receive>(&job)) {
    for (const auto& range : receive->ranges) entries += range->count();
  }
  return entries;
}

JobResult do_job(Batch& batch, const Found& job) {
  if (batch.own) return fail(Fault::exists_already);
  const auto identity = log::Identity::begin(job.first_leaf);
  if (!identity || !job.sign) return fail(Fault::bad_job);
  const log::OrganisationId organisation = identity->organisation();
  if (batch.find(organisation)) return fail(Fault::exists_already);

  Append append;
  const Hash hash = log::hash_leaf(job.first_leaf);
  append.tree.append(std::span(&hash, 1), append.upper);
  StoredHead stored{.head = {.size = 1, .root = append.tree.root()}, .note = {}};
  stored.note = job.sign(stored.head);
  if (stored.note.empty() || stored.note.size() > limits::note_bytes_max) {
    return fail(Fault::bad_job);
  }

  Bytes leaves;
  log::append_leaf(leaves, job.first_leaf);
  const NewEntry entry{.leaf_bytes = static_cast<std::uint32_t>(leaves.size()),
                       .body_bytes = 0,
                       .parts = 0,
                       .record = std::nullopt};
  append.ranges.push_back({.first = 0,
                           .leaves = leaves,
                           .bodies = {},
                           .leaf_hashes = std::span(&hash, 1),
                           .entries = std::span(&entry, 1)});
  StagedLog& log = batch.create(organisation);
  log.slot.row.own = true;
  log.slot.row.events = 1;
  batch.transaction.put(Table::meta, Key("own"), organisation.bytes);
  put_event(batch.transaction, log.slot.row.number, 0, 0, job.first_leaf);
  batch.write(log, std::move(append));
  constexpr std::uint64_t ms_per_s = 1000;
  keep_checkpoint(batch.transaction, log.slot.row, stored,
                  identity->newest().establish.time_s * ms_per_s);
  batch.own = organisation;
  batch.identities.push_back(*identity);

  Outcome outcome;
  outcome.state = state_of(organisation, log.slot.row);
  outcome.checkpoint = outcome.state.head;
  return outcome;
}

JobResult do_job(Batch& batch, const PutIdentity& job) {
  const log::OrganisationId& organisation = job.identity.organisation();
  const std::vector<log::EstablishEvent>& events = job.identity.events();
  const auto found = batch.find(organisation);
  if (!found && found.error() != Fault::unknown_log) return fail(found.error());
  std::size_t known = 0;
  if (found) {
    const LogRow& row = (*found)->slot.row;
    for (const EventRow& event : read_events(batch.transaction, row.number)) {
      if (known == events.size()) return fail(Fault::bad_job);  // fewer than are held
      const auto body = log::establish_body(event.leaf);
      if (!body) return fail(Fault::corrupt);
      if (log::event_id(*body) != events[known].id || event.position != events[known].position) {
        return fail(Fault::contradiction);
      }
      ++known;
    }
    // Our own key events are entries of our own log: nobody else can put them into what is held.
    // Those beyond come with the entries when a restored copy catches up.
    if (row.own && known < events.size() && events[known].position < row.held) {
      return fail(Fault::bad_job);
    }
  }
  StagedLog& log = found ? **found : batch.create(organisation);
  LogRow& row = log.slot.row;
  const bool is_new = known < events.size();
  for (; known < events.size(); ++known) {
    put_event(batch.transaction, row.number, static_cast<std::uint32_t>(known),
              events[known].position, events[known].leaf, events[known].rival_leaf);
    ++row.events;
    log.is_changed = true;
  }
  if (is_new) {
    batch.identities.push_back(job.identity);
    // An event that lies in what is held may stand by erase entries, or disown them.
    if (row.held > 0) Erasing(batch, log, now_ms()).settle();
  }
  Outcome outcome;
  outcome.state = state_of(organisation, row);
  return outcome;
}

JobResult do_job(Batch& batch, const Adopt& job) {
  if (batch.own) return fail(Fault::exists_already);
  const auto found = batch.find(job.organisation);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  const LogRow& row = log.slot.row;
  if (row.held == 0 || !row.head || row.head->head.size != row.held) return fail(Fault::bad_job);
  log.slot.row.own = true;
  log.is_changed = true;
  batch.transaction.put(Table::meta, Key("own"), job.organisation.bytes);
  batch.own = job.organisation;
  Outcome outcome;
  outcome.state = state_of(job.organisation, log.slot.row);
  outcome.checkpoint = outcome.state.head;
  return outcome;
}

JobResult do_job(Batch& batch, const PutFollow& job) {
  if (job.follow.name.size() > text_bytes_max || job.follow.address.size() > text_bytes_max) {
    return fail(Fault::bad_job);
  }
  batch.transaction.put(Table::follows, Key(job.follow.organisation), encode(job.follow));
  return Outcome{};
}

JobResult do_job(Batch& batch, const RemoveFollow& job) {
  batch.transaction.remove(Table::follows, Key(job.organisation));
  return Outcome{};
}

JobResult do_job(Batch& batch, const PeerSeen& job) {
  if (job.address.size() > text_bytes_max) return fail(Fault::bad_job);
  PeerSeen peer = job;
  const Key key = peer_key(peer);
  const auto known = batch.transaction.get(Table::peers, key);
  const auto before = known ? decode_peer(key.view(), *known) : std::nullopt;
  // That it dials us now does not make the address wrong at which we found it.
  if (before && peer.address.empty()) peer.address = before->address;
  batch.transaction.put(Table::peers, key, encode(peer));
  return Outcome{};
}

}  // namespace moot::store

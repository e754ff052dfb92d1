#include "node/driver.hpp"

#include <spdlog/spdlog.h>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "node/in_quotes.hpp"

namespace moot::node {

using sync::ConnectionId;

Driver::Driver(Loop& loop, Commits& commits, sync::Replicator& replicator,
               const log::OrganisationId& own)
    : own_(own),
      loop_(loop),
      commits_(commits),
      replicator_(replicator),
      timer_(loop,
             [this] {
               replicator_.handle_timer(loop_.now());
               pump();
             }),
      read_buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(limits::read_buffer_bytes)) {}

Driver::~Driver() = default;

std::optional<ConnectionId> Driver::add(std::shared_ptr<Stream> stream, bool we_dialled,
                                        std::optional<log::OrganisationId> expected,
                                        const std::string& remote) {
  const ConnectionId id = next_id_++;
  const auto accept = replicator_.handle_connected(loop_.now(), id, we_dialled, expected, remote);
  if (accept == sync::Replicator::Accept::too_many) {
    spdlog::debug("connection-refused remote={} reason=too-many", remote);
    return std::nullopt;  // the last owner of the stream is gone, and so is its socket
  }
  spdlog::debug("connected connection={} remote={} dialled={}", id, remote, we_dialled);
  ++streams_;
  stream->start(id, *this);
  sessions_.emplace(id, Session{std::move(stream), remote});
  pump();
  return id;
}

void Driver::set_follows(const std::vector<sync::FollowedLog>& follows) {
  replicator_.set_follows(loop_.now(), follows);
  pump();
}

void Driver::handle_published() {
  if (is_publish_noted_) return;
  is_publish_noted_ = true;
  // The writer answers all that shared a transaction one after another: one announcement will do.
  loop_.post([this] {
    is_publish_noted_ = false;
    if (is_stopping_) return;
    replicator_.handle_published(loop_.now());
    pump();
    listeners_.on_published();
  });
}

void Driver::request_sync(const log::OrganisationId& organisation) {
  replicator_.request_sync(loop_.now(), organisation);
  pump();
}

void Driver::handle_note_grown() {
  replicator_.handle_note_grown(loop_.now());
  pump();
}

void Driver::handle_cosigned(const log::Checkpoint& checkpoint, std::string line) {
  if (is_stopping_) return;
  replicator_.handle_cosigned(loop_.now(), checkpoint, std::move(line));
  pump();
}

void Driver::request_own_heads() {
  replicator_.request_own_heads(loop_.now());
  pump();
}

void Driver::set_own_catch_up(bool is_catching_up) {
  replicator_.set_own_catch_up(loop_.now(), is_catching_up);
  pump();
}

bool Driver::handle_evidence(ByteView file) {
  const bool is_taken = replicator_.handle_evidence(loop_.now(), file);
  pump();
  return is_taken;
}

void Driver::stop(std::function<void()> on_all_ended) {
  is_stopping_ = true;
  replicator_.stop(loop_.now());
  pump();
  timer_.cancel();
  on_all_ended_ = std::move(on_all_ended);
  if (streams_ == 0) on_all_ended_();
}

std::string Driver::remote_of(ConnectionId id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? std::string() : found->second.remote;
}

// ---- what the streams tell

bool Driver::wants_bytes(ConnectionId id) const {
  const bool wants = replicator_.wants_bytes(id);
  if (!wants) paused_.insert(id);
  return wants;
}

std::span<std::uint8_t> Driver::read_buffer() {
  return {read_buffer_.get(), limits::read_buffer_bytes};
}

void Driver::handle_bytes(ConnectionId id, std::span<std::uint8_t> bytes) {
  replicator_.handle_bytes(loop_.now(), id, bytes);
  pump();
}

void Driver::handle_sent(ConnectionId id, std::size_t bytes) {
  replicator_.handle_sent(loop_.now(), id, bytes);
  pump();
}

void Driver::handle_broken(ConnectionId id, const std::string& why) {
  const std::string remote = remote_of(id);
  sessions_.erase(id);
  paused_.erase(id);
  replicator_.handle_closed(loop_.now(), id);
  spdlog::info("disconnected connection={} remote={} reason=network detail={}", id, remote,
               in_quotes(why));
  pump();
  listeners_.on_session_ended(id, sync::CloseReason::network, why);
}

void Driver::handle_ended(ConnectionId) {
  MOOT_CHECK(streams_ > 0);
  --streams_;
  if (streams_ == 0 && on_all_ended_) on_all_ended_();
}

// ---- what the replicator wants

void Driver::pump() {
  if (is_pumping_) return;  // an effect's listener asked for more: the loop below sees it
  is_pumping_ = true;
  for (;;) {
    auto effect = replicator_.poll_effect();
    if (!effect) break;
    std::visit([this](auto& wanted) { perform(std::move(wanted)); }, *effect);
  }
  flush_and_resume();
  is_pumping_ = false;
  if (const auto at = replicator_.poll_timer(); at && !is_stopping_) timer_.arm_no_later_than(*at);
}

void Driver::perform(sync::Send effect) {
  const auto found = sessions_.find(effect.connection);
  if (found == sessions_.end()) return;
  found->second.stream->send(std::move(effect.bytes));
  if (found->second.has_unflushed) return;
  found->second.has_unflushed = true;
  unflushed_.push_back(effect.connection);
}

void Driver::perform(const sync::Close& effect) {
  const auto found = sessions_.find(effect.connection);
  if (found == sessions_.end()) return;
  const bool is_fault =
      effect.reason != sync::CloseReason::duplicate && effect.reason != sync::CloseReason::stopping;
  spdlog::log(is_fault ? spdlog::level::info : spdlog::level::debug,
              "disconnected connection={} remote={} reason={} detail={}", effect.connection,
              found->second.remote, sync::word_of(effect.reason), in_quotes(effect.detail));
  const auto stream = std::move(found->second.stream);
  sessions_.erase(found);
  paused_.erase(effect.connection);
  // Closing with patience keeps a descriptor for a second: not for as many as a stranger likes.
  const bool is_many = streams_ > sessions_.size() + limits::closing_max;
  stream->close(is_many ? Stream::Patience::none : Stream::Patience::some);
  listeners_.on_session_ended(effect.connection, effect.reason, effect.detail);
}

void Driver::perform(sync::StoreRanges effect) {
  store(effect.ticket, store::Receive{.organisation = effect.organisation,
                                      .own_catch_up = effect.own_catch_up,
                                      .ranges = std::move(effect.ranges),
                                      .target = std::move(effect.target)});
}

void Driver::perform(sync::StoreIdentity effect) {
  store(effect.ticket, store::PutIdentity{.identity = std::move(effect.identity)});
}

void Driver::perform(sync::StoreRewind effect) {
  const log::OrganisationId organisation = effect.identity.organisation();
  spdlog::warn("rewinding organisation={} size={} seq={}", log::to_text(organisation), effect.size,
               effect.identity.newest().establish.seq);
  store(effect.ticket, store::Rewind{.identity = std::move(effect.identity),
                                     .size = effect.size,
                                     .own = organisation == own_});
}

void Driver::perform(sync::StoreEvidence effect) {
  spdlog::error("evidence organisation={} seq={}", log::to_text(effect.organisation), effect.epoch);
  store(effect.ticket, store::KeepEvidence{.organisation = effect.organisation,
                                           .epoch = effect.epoch,
                                           .file = std::move(effect.file)});
}

void Driver::store(sync::Ticket ticket, store::Job job) {
  const bool is_rewind = std::holds_alternative<store::Rewind>(job);
  commits_.submit(std::move(job), [this, ticket, is_rewind](const store::JobResult& result) {
    if (result && is_rewind) listeners_.on_rewound();
    if (is_stopping_) return;
    if (result) {
      replicator_.handle_stored(loop_.now(), ticket, Done{});
      listeners_.on_stored();
    } else {
      const std::string word(store::word_of(result.error()));
      spdlog::warn("store-refused reason={}", word);
      replicator_.handle_stored(loop_.now(), ticket, fail(word));
    }
    pump();
  });
}

void Driver::perform(const sync::Authenticated& effect) {
  spdlog::info("authenticated connection={} organisation={} remote={}", effect.connection,
               log::to_text(effect.organisation), remote_of(effect.connection));
  listeners_.on_authenticated(effect);
}

void Driver::perform(const sync::HeadMoved& effect) {
  spdlog::debug("head-moved organisation={} size={}", log::to_text(effect.organisation),
                effect.head.size);
  listeners_.on_head_moved(effect);
}

void Driver::perform(const sync::OwnLogAhead& effect) {
  spdlog::error("own-log-ahead peer={} size={} contradicts={}", log::to_text(effect.peer),
                effect.head.size, effect.contradicts);
  listeners_.on_own_log_ahead(effect);
}

void Driver::perform(const sync::OwnHeadConfirmed& effect) {
  listeners_.on_own_head_confirmed(effect);
}

void Driver::perform(const sync::Cosign& effect) { listeners_.on_cosign(effect); }

void Driver::perform(const sync::Cosigned& effect) { listeners_.on_cosigned(effect); }

void Driver::flush_and_resume() {
  for (const ConnectionId id : unflushed_) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) continue;
    found->second.has_unflushed = false;
    found->second.stream->flush();
  }
  unflushed_.clear();
  for (auto at = paused_.begin(); at != paused_.end();) {
    const auto found = sessions_.find(*at);
    if (found != sessions_.end() && !replicator_.wants_bytes(*at)) {
      ++at;
      continue;
    }
    if (found != sessions_.end()) found->second.stream->resume_reading();
    at = paused_.erase(at);
  }
}

}  // namespace moot::node

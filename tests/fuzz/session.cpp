// A hostile peer that has authenticated: it answers what the victim asks with honest bytes, with
// changed ones, with none, or with frames out of the input. Whatever it does, the victim stores
// nothing that the publisher did not sign.
#include <cstdlib>

#include "support/memory_log.hpp"
#include "sync/channel.hpp"
#include "sync/replicator.hpp"
#include "sync/serve.hpp"

namespace {

using namespace moot;
using namespace moot::sync;

struct Cast {
  test::MemoryLog victim_memory;
  test::LogAuthor victim{victim_memory};
  test::MemoryLog peer_memory;
  test::LogAuthor peer{peer_memory};

  Cast() {
    victim.sign();
    for (std::uint64_t i = 0; i < 280; ++i) peer.put(i, std::string(50 + i, 'x'));
    peer.sign();
  }
};

const Cast& cast() {
  static const Cast made;
  return made;
}

class Play {
 public:
  explicit Play(ByteView script)
      : script_(script),
        victim_({.own = cast().victim.organisation(), .node_key = cast().victim.node_key().clone()},
                cast().victim_memory),
        channel_(true, hello(), cast().peer.node_key()) {
    victim_.set_follows(now_, {{.organisation = cast().peer.organisation(), .head_only = false}});
    (void)victim_.handle_connected(now_, 1, false, std::nullopt, "hostile:1");
    give(channel_.start());
  }

  void run() {
    send(wire::encode(wire::Ping{}));
    send(wire::encode(wire::Interest{{cast().peer.organisation()}, true, true}));
    const auto head = cast().peer_memory.state(cast().peer.organisation())->head->head;
    send(wire::encode(wire::Heads{{{cast().peer.organisation(), 0, head}}, true}));
    // Each step of the script is bounded, and so is the script.
    for (int step = 0; step < 200 && is_open_ && (!asked_.empty() || script_.left() > 0); ++step)
      turn();
  }

 private:
  static Hello hello() {
    Hello out;
    out.organisation = cast().peer.organisation();
    out.node_key = cast().peer.node_key().public_key().bytes();
    return out;
  }

  void turn() {
    const std::uint8_t action = script_.left() > 0 ? script_.u8() : 0;
    if (action % 8 == 7)
      return send(to_bytes(script_.bytes(std::min<std::size_t>(script_.left(), 8 * (action / 8)))));
    if (asked_.empty()) return;
    Bytes answer = std::move(asked_.front());
    asked_.erase(asked_.begin());
    if (action % 8 == 6) return;
    if (action % 8 == 5 && !answer.empty()) {
      const std::size_t at =
          (static_cast<std::size_t>(script_.u16()) * 64 + script_.u8()) % answer.size();
      answer[at] = static_cast<std::uint8_t>(answer[at] ^ (script_.u8() | 1));
    }
    if (action % 8 == 4) answer.resize(answer.size() / 16 * 8);
    send(answer);
  }

  void send(const Bytes& frame) {
    if (is_open_ && channel_.is_established() && frame.size() <= limits::frame_bytes_max)
      give(channel_.seal(frame));
  }

  void give(Bytes bytes) {
    now_.ms += 1;
    if (is_open_) victim_.handle_bytes(now_, 1, bytes);
    while (auto effect = victim_.poll_effect()) perform(*effect);
  }

  void perform(Effect& effect) {
    if (auto* sent = std::get_if<Send>(&effect)) {
      victim_.handle_sent(now_, 1, sent->bytes.size());
      hear(sent->bytes);
    } else if (std::holds_alternative<Close>(effect)) {
      is_open_ = false;
    } else if (auto* ranges = std::get_if<StoreRanges>(&effect)) {
      for (const auto& range : ranges->ranges) check(*range);
      victim_.handle_stored(now_, ranges->ticket, Done{});
    } else if (auto* identity = std::get_if<StoreIdentity>(&effect)) {
      if (identity->identity.organisation() != cast().peer.organisation()) std::abort();
      victim_.handle_stored(now_, identity->ticket, Done{});
    } else if (std::holds_alternative<OwnLogAhead>(effect)) {
      std::abort();
    }
  }

  /// What the victim sends: the handshake's answer, and then questions, for which honest answers
  /// are laid ready.
  void hear(Bytes& bytes) {
    auto reply = channel_.take(bytes);
    if (!reply) return;
    if (!reply->empty()) give(std::move(*reply));
    while (channel_.is_established()) {
      const auto frame = channel_.next_frame();
      if (!frame || !frame->has_value()) return;
      auto message = wire::decode(**frame);
      if (!message) std::abort();
      lay_ready(*message);
    }
  }

  void lay_ready(wire::Message& message) {
    const log::LogReader& truth = cast().peer_memory;
    if (auto* get = std::get_if<wire::ChainGet>(&message)) send(wire::encode(serve(*get, truth)));
    if (auto* get = std::get_if<wire::HeadGet>(&message))
      asked_.push_back(wire::encode(serve(*get, truth, false)));
    if (auto* get = std::get_if<wire::NodesGet>(&message))
      asked_.push_back(wire::encode(serve(*get, truth)));
    if (auto* get = std::get_if<wire::HeadersGet>(&message))
      asked_.push_back(wire::encode(serve(*get, truth)));
    if (auto* get = std::get_if<wire::BodiesGet>(&message)) {
      while (get->count > 0) asked_.push_back(wire::encode(serve_some(*get, truth, false)));
    }
  }

  void check(const log::EntryRange& range) {
    const auto& log = cast().peer;
    if (range.organisation != log.organisation()) std::abort();
    const Bytes truth =
        cast().peer_memory.leaves(range.organisation, range.first, range.count(), 16 * limits::MiB);
    if (range.leaves != truth) std::abort();
  }

  Reader script_;
  Instant now_{1000};
  Replicator victim_;
  Channel channel_;
  std::vector<Bytes> asked_;
  bool is_open_ = true;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!moot::crypto::start_library()) std::abort();
  Play({data, std::min<std::size_t>(size, 4096)}).run();
  return 0;
}

#include "sync/serve.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace moot::sync {
namespace {

wire::Message not_held(const log::OrganisationId& organisation, std::uint32_t request) {
  return wire::Refused{organisation, wire::Refusal::not_held, request};
}

/// Root over entries [first, size) of one block.
Hash tail_root(const log::TileReader& tree, log::LeafIndex first, log::TreeSize size) {
  std::vector<Hash> hashes;
  hashes.reserve(size - first);
  for (log::LeafIndex i = first; i < size; ++i) hashes.push_back(tree.subtree(0, i));
  return log::root_over(hashes);
}

/// The events that the asker has not, or all when its newest is a rival of ours.
std::size_t first_unknown(const wire::HeadGet& get, const log::Identity& identity) {
  const auto& events = identity.events();
  const std::size_t known = get.known_events;
  const bool is_rival = known > 0 && known <= events.size() && get.newest_event &&
                        *get.newest_event != events[known - 1].id;
  return is_rival ? 0 : known;
}

void add_events(wire::Head& answer, const wire::HeadGet& get, const log::Identity& identity,
                const log::Head& head, const log::TileReader& tree) {
  const auto& events = identity.events();
  for (std::size_t seq = first_unknown(get, identity); seq < events.size(); ++seq) {
    const log::EstablishEvent& event = events[seq];
    if (event.position >= head.size) break;
    wire::Event& sent = answer.events.emplace_back();
    sent.position = event.position;
    sent.leaf = event.leaf;
    sent.inclusion = log::inclusion_proof(event.position, head.size, tree);
    sent.trusted = log::consistency_proof(event.establish.trusted_size, head.size, tree);
    sent.rival = event.rival_leaf;
  }
}

}  // namespace

wire::Tail tail_of(const log::OrganisationId& organisation, log::LeafIndex first,
                   log::TreeSize size, std::size_t bytes_max, const log::LogReader& reader,
                   bool with_personal) {
  // No leaf is shorter than this, so a longer tail cannot fit: the common refusal costs no read.
  constexpr std::size_t leaf_bytes_least = 32;
  if (first >= size || size - first > bytes_max / leaf_bytes_least) return {};
  const std::uint64_t count = size - first;
  wire::Tail tail{first, reader.leaves(organisation, first, count, bytes_max), {}};
  const auto leaves = log::split_leaves(tail.leaves, count);
  if (!leaves || leaves->size() != count || tail.leaves.size() > bytes_max) return {};
  auto bodies = reader.bodies(organisation, first, count, bytes_max, with_personal);
  if (bodies.next != size || tail.leaves.size() + bodies.bundle.size() > bytes_max) return {};
  tail.bodies = std::move(bodies.bundle);
  return tail;
}

std::optional<wire::Message> serve_unheld(const wire::HeadGet& get, const log::LogReader& reader) {
  const auto state = reader.state(get.organisation);
  if (!get.head_only || !state || !state->target) return std::nullopt;
  if (state->head && state->head->head.size >= state->target->head.size) return std::nullopt;
  return wire::Head{.organisation = get.organisation,
                    .note = state->target->note,
                    .from_size = get.from_size,
                    .consistency = {},
                    .events = {},
                    .tail = {},
                    .request = get.request,
                    .from_root = std::nullopt};
}

wire::Message serve(const wire::HeadGet& get, const log::LogReader& reader, bool with_personal) {
  const auto state = reader.state(get.organisation);
  const auto identity = reader.identity(get.organisation);
  if (!state || !state->head || !identity) return not_held(get.organisation, get.request);
  const log::Head head = state->head->head;
  const auto tree = reader.tree(get.organisation);
  wire::Head answer{.organisation = get.organisation,
                    .note = state->head->note,
                    .from_size = get.from_size,
                    .consistency = {},
                    .events = {},
                    .tail = {},
                    .request = get.request,
                    .from_root = std::nullopt};
  if (get.from_size > 0 && get.from_size <= head.size) {
    answer.consistency = log::consistency_proof(get.from_size, head.size, *tree);
    answer.from_root = log::root_at(get.from_size, *tree);
  }
  add_events(answer, get, *identity, head, *tree);
  if (!get.head_only) {
    answer.tail =
        tail_of(get.organisation, get.held, head.size, limits::chunk_bytes, reader, with_personal);
  }
  return answer;
}

wire::Message serve(const wire::NodesGet& get, const log::LogReader& reader) {
  const auto state = reader.state(get.organisation);
  const std::uint64_t blocks = (get.size + limits::block_entries - 1) / limits::block_entries;
  if (!state || get.size > state->held || std::uint64_t{get.first_block} + get.count > blocks) {
    return not_held(get.organisation, get.request);
  }
  const auto tree = reader.tree(get.organisation);
  wire::Nodes answer{get.organisation, get.size, get.first_block, {}, get.request};
  answer.hashes.reserve(get.count);
  for (std::uint64_t block = get.first_block; block < get.first_block + std::uint64_t{get.count};
       ++block) {
    const log::LeafIndex first = block * limits::block_entries;
    const bool is_full = first + limits::block_entries <= get.size;
    answer.hashes.push_back(is_full ? tree->subtree(log::tile_height, block)
                                    : tail_root(*tree, first, get.size));
  }
  return answer;
}

wire::Message serve(const wire::HeadersGet& get, const log::LogReader& reader) {
  const auto state = reader.state(get.organisation);
  if (!state || get.size > state->held || get.first >= get.size) {
    return not_held(get.organisation, get.request);
  }
  const log::LeafIndex block_end = (get.first / limits::block_entries + 1) * limits::block_entries;
  const std::uint64_t count = std::min(block_end, get.size) - get.first;
  return wire::Headers{get.organisation, get.first,
                       reader.leaves(get.organisation, get.first, count, limits::block_bytes_max),
                       get.request};
}

wire::Message serve(const wire::ChainGet& get, const log::LogReader& reader) {
  const auto identity = reader.identity(get.organisation);
  if (!identity || get.from_seq > identity->events().size()) return not_held(get.organisation, 0);
  wire::Chain answer{get.organisation, get.from_seq, {}};
  for (std::size_t seq = get.from_seq; seq < identity->events().size(); ++seq) {
    const auto& event = identity->events()[seq];
    answer.events.push_back({event.position, event.leaf, {}, {}, event.rival_leaf});
  }
  return answer;
}

wire::Message serve_some(wire::BodiesGet& get, const log::LogReader& reader, bool with_personal) {
  const auto state = reader.state(get.organisation);
  if (!state || get.first + get.count > state->held) {
    get.count = 0;
    return not_held(get.organisation, get.request);
  }
  auto bodies =
      reader.bodies(get.organisation, get.first, get.count, limits::chunk_bytes, with_personal);
  wire::Bodies answer{get.organisation, get.first, bodies.next, std::move(bodies.bundle),
                      get.request};
  get.count -= static_cast<std::uint32_t>(bodies.next - get.first);
  get.first = bodies.next;
  return answer;
}

}  // namespace moot::sync

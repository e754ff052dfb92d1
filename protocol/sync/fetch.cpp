#include "sync/fetch.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace moot::sync {
namespace {

using log::OrganisationId;

constexpr std::uint64_t block_entries = limits::block_entries;

}  // namespace

Fetch::Fetch(OrganisationId organisation, std::uint32_t request, bool head_only, LogPoint point,
             const log::LogReader& reader)
    : organisation_(organisation),
      request_(request),
      head_only_(head_only),
      point_(std::move(point)),
      reader_(&reader) {}

FetchFault Fetch::fault(std::string_view what) const {
  return {"log " + log::to_text(organisation_) + ": " + std::string(what)};
}

FetchFault Fetch::fault(std::string_view what, log::Fault why) const {
  return fault(std::string(what) + ": " + std::string(log::describe(why)));
}

std::size_t Fetch::bytes_in_flight() const { return in_flight_.size() * block_bytes_; }

// ---- nodes

std::uint64_t Fetch::block_count() const {
  return ((*target_)->head.size + block_entries - 1) / block_entries;
}

wire::Message Fetch::nodes_get() const {
  const std::uint64_t from = start_block_ + nodes_.size();
  return wire::NodesGet{.organisation = organisation_,
                        .size = (*target_)->head.size,
                        .first_block = static_cast<std::uint32_t>(from),
                        .count = static_cast<std::uint32_t>(std::min<std::uint64_t>(
                            block_count() - from, limits::node_hashes_per_message_max)),
                        .request = request_};
}

FetchStep Fetch::ask_for_nodes(FetchStep step) {
  const log::TreeSize held = point_.frontier.size();
  start_block_ = held / block_entries;
  next_ask_ = held;
  held_hashes_.clear();
  if (held % block_entries != 0) {
    const auto tree = reader_->tree(organisation_);
    for (log::LeafIndex i = start_block_ * block_entries; i < held; ++i) {
      held_hashes_.push_back(tree->subtree(0, i));
    }
  }
  phase_ = Phase::nodes;
  step.send.push_back(nodes_get());
  return step;
}

/// Costs what is new: of what is held only the right edge is read. The tail is the rightmost
/// subtree, so it is joined last, from the right.
bool Fetch::nodes_lead_to_root() const {
  log::Frontier blocks;
  if (start_block_ > 0) {
    blocks = log::frontier_at(start_block_ * block_entries, *reader_->tree(organisation_));
  }
  const log::Head& head = (*target_)->head;
  const bool has_tail = head.size % block_entries != 0;
  const std::size_t whole = nodes_.size() - (has_tail ? 1 : 0);
  for (std::size_t i = 0; i < whole; ++i) blocks.append_subtree(log::tile_height, nodes_[i]);
  if (!has_tail) return blocks.root() == head.root;
  Hash root = nodes_.back();
  for (auto left = blocks.hashes().rbegin(); left != blocks.hashes().rend(); ++left) {
    root = log::hash_node(*left, root);
  }
  return root == head.root;
}

Result<FetchStep, FetchFault> Fetch::handle(wire::Nodes answer) {
  if (phase_ != Phase::nodes) return fail(fault("block hashes that were not asked for"));
  const std::uint64_t from = start_block_ + nodes_.size();
  const std::uint64_t asked =
      std::min<std::uint64_t>(block_count() - from, limits::node_hashes_per_message_max);
  if (answer.organisation != organisation_ || answer.size != (*target_)->head.size ||
      answer.first_block != from || answer.hashes.size() != asked) {
    return fail(fault("block hashes that do not answer what was asked"));
  }
  nodes_.insert(nodes_.end(), answer.hashes.begin(), answer.hashes.end());
  FetchStep step;
  if (start_block_ + nodes_.size() < block_count()) {
    if (nodes_.size() > limits::blocks_per_fetch_max)
      return fail(fault("more blocks than can be fetched"));
    step.send.push_back(nodes_get());
    return step;
  }
  if (!nodes_lead_to_root()) return fail(fault("block hashes do not lead to the signed root"));
  phase_ = Phase::entries;
  return step;
}

// ---- entries

std::vector<wire::Message> Fetch::refill(std::size_t window_bytes) {
  std::vector<wire::Message> send;
  if (phase_ != Phase::entries) return send;
  const log::TreeSize size = (*target_)->head.size;
  while (next_ask_ < size &&
         (in_flight_.empty() || bytes_in_flight() + block_bytes_ <= window_bytes)) {
    const log::LeafIndex block_end = (next_ask_ / block_entries + 1) * block_entries;
    const std::uint64_t count = std::min(block_end, size) - next_ask_;
    send.emplace_back(wire::HeadersGet{organisation_, size, next_ask_, request_});
    send.emplace_back(
        wire::BodiesGet{organisation_, next_ask_, static_cast<std::uint32_t>(count), request_});
    InFlight block;
    block.first = next_ask_;
    block.count = count;
    block.next_body = next_ask_;
    in_flight_.push_back(std::move(block));
    next_ask_ += count;
  }
  return send;
}

/// Are these the leaves that the publisher signed for, whatever they hold?
bool Fetch::leads_to_block(const wire::Headers& answer, std::span<const Hash> held,
                           const Hash& block) const {
  const auto leaves = log::split_leaves(answer.leaves, block_entries);
  if (!leaves) return false;
  std::vector<Hash> hashes(held.begin(), held.end());
  for (const ByteView leaf : *leaves) hashes.push_back(log::hash_leaf(leaf));
  return log::root_over(hashes) == block;
}

FetchStep Fetch::freeze(FetchStep step, std::string_view what) {
  phase_ = Phase::finished;
  step.is_finished = true;
  step.freeze = Freeze{fault(what).detail};
  return step;
}

Result<FetchStep, FetchFault> Fetch::handle(const wire::Headers& answer) {
  const auto block = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [](const InFlight& b) { return !b.range.has_value(); });
  if (block == in_flight_.end() || answer.organisation != organisation_ ||
      answer.first != block->first) {
    return fail(fault("entries that were not asked for"));
  }
  const std::uint64_t number = block->first / block_entries;
  const auto held =
      number == start_block_ ? std::span<const Hash>(held_hashes_) : std::span<const Hash>();
  const Hash& block_hash = nodes_[number - start_block_];
  auto range = log::check_block(organisation_, block->first, Bytes(answer.leaves), held,
                                (*target_)->head.size, block_hash);
  if (!range) {
    const std::string what = "entries from " + std::to_string(block->first) + " on";
    if (!leads_to_block(answer, held, block_hash)) return fail(fault(what, range.error()));
    return freeze({}, what + ": " + std::string(log::describe(range.error())));
  }
  if (range->count() != block->count) {
    return fail(
        fault("fewer entries from " + std::to_string(block->first) + " on than were asked for"));
  }
  block->bytes = range->leaves.size();
  block->range = std::move(*range);
  return FetchStep{};
}

Result<FetchStep, FetchFault> Fetch::handle(wire::Bodies answer) {
  if (in_flight_.empty() || !in_flight_.front().range)
    return fail(fault("bodies that were not asked for"));
  InFlight& block = in_flight_.front();
  const log::LeafIndex end = block.first + block.count;
  if (answer.organisation != organisation_ || answer.first != block.next_body ||
      answer.next <= answer.first || answer.next > end) {
    return fail(fault("bodies that do not answer what was asked"));
  }
  FetchStep step;
  block.bytes += answer.bodies.size();
  auto verified = log::check_bodies(log::take_front(*block.range, answer.next - block.next_body),
                                    std::move(answer.bodies));
  if (!verified)
    return fail(fault("bodies from " + std::to_string(answer.first) + " on", verified.error()));
  step.ranges.push_back(std::move(*verified));
  block.next_body = answer.next;
  if (block.next_body < end) return step;
  if (block.count == block_entries) block_bytes_ = (block_bytes_ + block.bytes) / 2;
  in_flight_.pop_front();
  if (in_flight_.empty() && next_ask_ == (*target_)->head.size) {
    phase_ = Phase::finished;
    step.is_finished = true;
  }
  return step;
}

}  // namespace moot::sync

// Erasing what the rules of retention say is due: judged again before it is done.
#include <memory>
#include <set>

#include "base/limits.hpp"
#include "node/eraser.hpp"
#include "node/errors.hpp"
#include "node/record_parts.hpp"
#include "query/version.hpp"
#include "query/words.hpp"

namespace moot::node {
namespace {

using Texts = control::EraseWithdrawnRequest::Texts;

Error has_changed(const std::string& what) {
  return error_of("refused", "nothing of these was erased: " + what,
                  "see what is due now: `moot retention preview`");
}

bool is_in_order(const control::EraseWithdrawnRequest& request) {
  if (request.texts.empty() || request.texts.size() > limits::erase_leaves_max) return false;
  if (request.reason == 0 || request.reason > static_cast<std::uint8_t>(log::EraseReason::abuse)) {
    return false;
  }
  for (std::size_t i = 0; i < request.texts.size(); ++i) {
    const Texts& one = request.texts[i];
    if (one.part_mask == 0 || one.part_mask > 3) return false;
    if (i > 0 && one.entry <= request.texts[i - 1].entry) return false;
  }
  return true;
}

std::optional<log::RecordLeaf> record_at(const log::LogReader& reader,
                                         const log::OrganisationId& own, log::LeafIndex entry) {
  const Bytes bundle = reader.leaves(own, entry, 1, limits::block_bytes_max);
  const auto leaves = log::split_leaves(bundle, 1);
  if (!leaves || leaves->size() != 1) return std::nullopt;
  auto record = log::decode_record(leaves->front());
  if (!record) return std::nullopt;
  return std::move(*record);
}

/// By the newest version that the officers stand by.
Result<Done, Error> check_withdrawn(const log::LogReader& reader, const log::OrganisationId& own,
                                    const std::string& record) {
  auto found = query::find_record(reader, &own, record);
  if (!found) return fail(found.error());
  const auto standing = query::standing(reader, std::move(*found));
  if (!standing) return fail(standing.error());
  if (standing->version.record.operation == log::Operation::withdraw) return Done{};
  return fail(has_changed("the record " + record + " is no longer withdrawn"));
}

}  // namespace

Result<ErasurePlan, Error> plan_withdrawn(const log::LogReader& reader,
                                          const log::OrganisationId& own,
                                          const control::EraseWithdrawnRequest& request) {
  if (!is_in_order(request)) {
    return fail(error_of("usage", "these texts or this reason cannot be erased in one go"));
  }
  ErasurePlan plan;
  std::set<log::RecordId> checked;
  for (const Texts& one : request.texts) {
    const std::string entry = "entry " + std::to_string(one.entry);
    const auto leaf = record_at(reader, own, one.entry);
    if (!leaf) return fail(has_changed(entry + " is no version of a record"));
    unsigned there = 0;
    for (const log::PartCommitment& part : leaf->parts) there |= mask_of(part.part);
    const auto erased = reader.erasures(own, one.entry, 1);
    if (!erased.empty() && erased.front().leaf == one.entry) {
      there &= ~unsigned{erased.front().part_mask};
    }
    if ((one.part_mask & ~there) != 0) return fail(has_changed(entry + " has no such text left"));
    if (checked.insert(leaf->record).second) {
      const auto withdrawn = check_withdrawn(reader, own, query::record_text(leaf->record));
      if (!withdrawn) return fail(withdrawn.error());
    }
    plan.erased.push_back({.leaf = one.entry, .part_mask = one.part_mask});
  }
  return plan;
}

void Eraser::erase_withdrawn(control::EraseWithdrawnRequest request, Answered answered) {
  parts_.workers.post([this, request = std::move(request), answered = std::move(answered)] {
    auto plan = std::make_shared<Result<ErasurePlan, Error>>(
        plan_withdrawn(parts_.store, parts_.follows.own(), request));
    parts_.loop.post([this, plan, reason = request.reason, answered] {
      if (!*plan) return answered(fail(plan->error()));
      submit(**plan,
             {.record = {}, .part_mask = 3, .reason = reason, .now = false, .dry_run = false},
             answered);
    });
  });
}

}  // namespace moot::node

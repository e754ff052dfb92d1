#include "node/eraser.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "node/errors.hpp"
#include "node/record_parts.hpp"
#include "node/unix_time.hpp"
#include "query/words.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint8_t both_parts = 3;
// docs/cli.md, `moot hide`: why a holder may hold back what another published.
const std::set<std::string, std::less<>> hide_reasons = {"court", "safety", "data-protection"};

control::Answer answer_of(const Json& document) {
  return {.json = document.dump(-1, ' ', false, Json::error_handler_t::replace),
          .incomplete = false};
}

Json entries_of(const std::vector<log::ErasedLeaf>& leaves) {
  Json entries = Json::array();
  for (const log::ErasedLeaf& one : leaves) entries.push_back(one.leaf);
  return entries;
}

Json parts_of_mask(std::uint8_t mask) {
  Json parts = Json::array();
  if ((mask & 1) != 0) parts.push_back("public");
  if ((mask & 2) != 0) parts.push_back("personal");
  return parts;
}

std::uint8_t erased_mask_of(const log::LogReader& reader, const log::OrganisationId& organisation,
                            log::LeafIndex leaf) {
  const auto erasures = reader.erasures(organisation, leaf, 1);
  return !erasures.empty() && erasures.front().leaf == leaf ? erasures.front().part_mask
                                                            : std::uint8_t{0};
}

Json plan_json(const ErasurePlan& plan, log::EraseReason reason) {
  std::uint8_t mask = 0;
  for (const log::ErasedLeaf& one : plan.erased) {
    mask = static_cast<std::uint8_t>(mask | one.part_mask);
  }
  Json document;
  if (!plan.record.empty()) document = {{"record", plan.record}, {"kind", plan.kind}};
  document["parts"] = parts_of_mask(mask);
  document["entries"] = entries_of(plan.erased);
  document["reason"] = query::word_of(reason);
  return document;
}

}  // namespace

Result<ErasurePlan, Error> plan_erasure(const log::LogReader& reader,
                                        const log::OrganisationId& own,
                                        const control::EraseRequest& request) {
  if (request.part_mask == 0 || request.part_mask > both_parts || request.reason == 0 ||
      request.reason > static_cast<std::uint8_t>(log::EraseReason::abuse)) {
    return fail(error_of("usage", "there is no such part or no such reason",
                         "`moot erase --help` lists them"));
  }
  const auto found = parts_of_record(reader, &own, request.record);
  if (!found) return fail(found.error());
  ErasurePlan plan{.record = query::record_text(found->record), .kind = found->kind, .erased = {}};
  for (const log::ErasedLeaf& version : found->versions) {
    const unsigned gone = erased_mask_of(reader, own, version.leaf);
    const unsigned left = version.part_mask & request.part_mask & ~gone;
    if (left == 0) continue;
    plan.erased.push_back({.leaf = version.leaf, .part_mask = static_cast<std::uint8_t>(left)});
  }
  if (plan.erased.empty()) {
    return fail(error_of("refused", "nothing is left to erase of the record " + plan.record,
                         "`moot erase --list` shows what was erased, and who has answered"));
  }
  return plan;
}

void Eraser::erase(control::EraseRequest request, Answered answered) {
  parts_.workers.post([this, request = std::move(request), answered = std::move(answered)] {
    auto plan = std::make_shared<Result<ErasurePlan, Error>>(
        plan_erasure(parts_.store, parts_.follows.own(), request));
    parts_.loop.post([this, plan, request, answered] {
      if (!*plan) return answered(fail(plan->error()));
      submit(**plan, request, answered);
    });
  });
}

void Eraser::submit(const ErasurePlan& plan, const control::EraseRequest& request,
                    Answered answered) {
  const auto reason = static_cast<log::EraseReason>(request.reason);
  if (request.dry_run) {
    Json document = plan_json(plan, reason);
    document["dry_run"] = true;
    return answered(answer_of(document));
  }
  parts_.keeper.look_now();
  if (!parts_.keeper.may_sign()) {
    return answered(fail(error_of(
        "incomplete", "nothing is erased yet, as this node may not sign: " + parts_.keeper.words(),
        "ask for it again when `moot status` says that publishing is open")));
  }
  store::Erase job{.erased = plan.erased,
                   .reason = reason,
                   .time_ms = unix_now_ms(),
                   .now = request.now,
                   .sign = parts_.publisher.sign_head()};
  auto on_durable = [this, plan, request, answered](const store::JobResult& result) {
    if (!result) return answered(fail(error_of(result.error(), "nothing was erased")));
    parts_.driver.handle_published();
    parts_.destruction.look();
    if (!request.now) return on_erased(plan, request, *result, answered);
    parts_.destruction.run_now([this, plan, request, outcome = *result,
                                answered](const Result<Done, Error>& done) {
      if (done) return on_erased(plan, request, outcome, answered);
      Error error = done.error();
      error.message = "the record is erased from now on, at every node; but here " + error.message;
      answered(fail(std::move(error)));
    });
  };
  parts_.commits.submit(std::move(job), std::move(on_durable));
}

void Eraser::on_erased(const ErasurePlan& plan, const control::EraseRequest& request,
                       const store::Outcome& outcome, const Answered& answered) {
  const log::OrganisationId& own = parts_.follows.own();
  Json document = plan_json(plan, static_cast<log::EraseReason>(request.reason));
  document["entry"] = outcome.first;
  if (outcome.checkpoint) {
    const log::Head& head = outcome.checkpoint->head;
    document["checkpoint"] = {{"size", head.size}, {"root", crypto::to_base64(head.root)}};
  }
  const auto erasures = parts_.store.erasures(own, plan.erased.front().leaf, 1);
  bool is_mass = false;
  if (!erasures.empty()) {
    const log::Erasure& first = erasures.front();
    const bool is_destroyed = first.destroyed_mask == first.part_mask;
    is_mass = !is_destroyed && first.destroy_ms == 0;
    document["state"] = is_destroyed ? "destroyed" : "hidden";
    if (!is_destroyed && !is_mass) document["destroy_at"] = rfc3339(first.destroy_ms);
  }
  document["mass"] = is_mass;
  document["holders"] =
      Json::parse(holders_json(parts_.store.witnesses(own), parts_.follows, outcome.first));
  answered(answer_of(document));
}

// ---- hidden here

void Eraser::hide(control::HideRequest request, std::optional<log::OrganisationId> organisation,
                  Answered answered) {
  if (!request.take_back && !hide_reasons.contains(request.reason)) {
    return answered(fail(error_of("usage", "\"" + request.reason + "\" is no reason to hide",
                                  "court, safety or data-protection")));
  }
  auto on_found = [this, request](const RecordParts& found, const Answered& answer) {
    if (found.organisation == parts_.follows.own()) {
      return answer(fail(error_of("refused", "this is a record of your own organisation",
                                  "`moot erase` removes its text everywhere, `moot withdraw` says "
                                  "that it is no longer valid")));
    }
    store::Hide job{.organisation = found.organisation,
                    .hidden = found.versions,
                    .reason = request.take_back ? std::string() : request.reason,
                    .time_ms = unix_now_ms()};
    Json document = {{"record", query::record_text(found.record)},
                     {"organisation", log::to_text(found.organisation)},
                     {"name", parts_.follows.name_of(found.organisation)},
                     {"entries", entries_of(found.versions)},
                     {"state", request.take_back ? "shown" : "hidden"},
                     {"reason", job.reason}};
    parts_.commits.submit(std::move(job), [this, document, answer](const store::JobResult& result) {
      if (!result) return answer(fail(error_of(result.error(), "nothing was changed")));
      if (document["state"] == "hidden") parts_.destruction.note_dropped();
      answer(answer_of(document));
    });
  };
  parts_.workers.post([this, request, organisation, on_found, answered] {
    auto found = std::make_shared<Result<RecordParts, Error>>(
        parts_of_record(parts_.store, organisation ? &*organisation : nullptr, request.record));
    parts_.loop.post([found, on_found, answered] {
      if (!*found) return answered(fail(found->error()));
      on_found(**found, answered);
    });
  });
}

}  // namespace moot::node

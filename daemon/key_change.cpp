#include "node/key_change.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "log/checkpoint.hpp"
#include "log/rotation.hpp"
#include "node/errors.hpp"
#include "node/unix_time.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

/// The keys that were made for this request, on this machine, when it is still as it was made.
Result<crypto::NextKeys, Error> keys_for(const log::EstablishRequest& request,
                                         const std::filesystem::path& folder) {
  const log::Establish& event = request.event;
  auto keys = crypto::read_next_keys(folder);
  if (!keys) {
    return fail(error_of("refused",
                         "the keys that belong to this request are not in " +
                             (folder / "next").string() + ": " +
                             std::string(crypto::describe(keys.error())),
                         "apply it on the machine where `moot keys rotate` was run"));
  }
  const auto node_key = keys->node.public_key().bytes();
  const bool is_listed = std::ranges::find(event.node_keys, node_key) != event.node_keys.end();
  if (event.log_key != keys->log.public_key().bytes() || !is_listed) {
    return fail(error_of(
        "refused", "the request is about other keys than those in " + (folder / "next").string(),
        "was `moot keys rotate` run again since? Sign the newest request"));
  }
  const auto plan = crypto::read_next_plan(folder);
  if (!plan) {
    return fail(error_of("refused",
                         "what was asked of the officers is not noted in " +
                             (folder / "next" / "plan").string() + ": " +
                             std::string(crypto::describe(plan.error())),
                         "`moot keys cancel`, and `moot keys rotate` again"));
  }
  if (const auto checked = log::check_plan(request, *plan); !checked) {
    return fail(checked.error());
  }
  return std::move(*keys);
}

/// A home that may not know all of its own log is no place to go on from: what it lacks would be
/// disowned without a word. (Of a log that others have forked the officers say which branch
/// counts.)
std::optional<Error> reason_to_wait(const GateKeeper& keeper, log::TreeSize held) {
  const SigningGate& gate = keeper.gate();
  switch (gate.state()) {
    case Signing::open:
    case Signing::forked:
      return std::nullopt;
    case Signing::waiting:
      return error_of("refused",
                      "the keys are not changed yet, because this home may have forgotten some of "
                      "its own entries: " +
                          keeper.words(),
                      "wait until `moot status` says that it publishes, then apply again");
    case Signing::restored:
      if (held >= gate.ahead()->size) return std::nullopt;
      return error_of(
          "refused",
          "the keys are not changed yet, because this home has fetched only " +
              std::to_string(held) + " of the " + std::to_string(gate.ahead()->size) +
              " entries of its own log that others hold",
          "wait until `moot status` shows all of them, then apply again. If they cannot "
          "be had any more: stop the node, and `moot keys apply --even-so`");
  }
  MOOT_CHECK(false, static_cast<int>(gate.state()));
}

}  // namespace

void KeyChange::apply(control::ApplyRequest request, Answered answered) {
  if (unsettled_) return settle(std::move(*unsettled_), std::move(answered));
  const log::OrganisationId& own = parts_.follows.own();
  const auto identity = parts_.store.identity(own);
  const auto state = parts_.store.state(own);
  if (is_under_way_ || !identity || !state) {
    return answered(fail(error_of("busy", "the keys are being changed already")));
  }
  const auto checked = log::unite_and_check(request.files, *identity, state->held);
  if (!checked) return answered(fail(checked.error()));
  auto keys = keys_for(*checked, parts_.paths.keys);
  if (!keys) return answered(fail(std::move(keys.error())));
  if (auto wait = reason_to_wait(parts_.keeper, state->held)) {
    return answered(fail(std::move(*wait)));
  }
  append(*checked, std::make_shared<crypto::NextKeys>(std::move(*keys)), std::move(answered));
}

void KeyChange::append(const log::EstablishRequest& request,
                       std::shared_ptr<const crypto::NextKeys> keys, Answered answered) {
  const log::OrganisationId& own = parts_.follows.own();
  is_under_way_ = true;
  parts_.keeper.hold_for_key_change(true);
  const bool republish = request.purpose != log::Purpose::theft;
  store::AppendEstablish job{.leaf = log::to_leaf(request),
                             .rival_leaf = request.rival_leaf,
                             .republish = republish,
                             .republish_from = request.log_size,
                             .time_ms = unix_now_ms(),
                             .sign = [own, keys](const log::Head& head) {
                               return log::sign_checkpoint(own, head, keys->log);
                             }};
  auto on_durable = [this, own, keys, seq = request.event.seq, from = request.log_size, republish,
                     answered = std::move(answered)](const store::JobResult& result) {
    is_under_way_ = false;
    if (!result) {
      parts_.keeper.hold_for_key_change(false);
      return answered(fail(error_of(result.error(), "the keys were not changed")));
    }
    Json document = {{"organisation", log::to_text(own)},
                     {"seq", seq},
                     {"entry", result->first},
                     {"republished", republish && from < result->first}};
    if (result->checkpoint) {
      document["checkpoint"] = {{"size", result->checkpoint->head.size},
                                {"root", crypto::to_base64(result->checkpoint->head.root)}};
    }
    spdlog::info("keys-changed seq={}", seq);
    settle({.keys = keys, .answer = document.dump()}, answered);
  };
  parts_.commits.submit(std::move(job), std::move(on_durable));
}

void KeyChange::settle(Unsettled change, Answered answered) {
  const auto settled = crypto::settle_key_change(parts_.paths.keys, *change.keys);
  if (!settled) {
    spdlog::error("keys-not-moved reason={}", crypto::describe(settled.error()));
    // Opened anew now, it might find no key at all; this process still has it.
    unsettled_ = std::move(change);
    return answered(fail(error_of(
        "failed",
        "the change is in force, but the new keys could not take the place of the old in " +
            parts_.paths.keys.string() + ": " + std::string(crypto::describe(settled.error())),
        "make room or put the rights right, then `moot keys apply` once more; do not stop the "
        "node before")));
  }
  unsettled_.reset();
  answered(control::Answer{.json = std::move(change.answer), .incomplete = false});
  parts_.reopen();
}

}  // namespace moot::node

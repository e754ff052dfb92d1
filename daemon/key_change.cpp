#include "node/key_change.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "crypto/encoding.hpp"
#include "crypto/next_keys.hpp"
#include "log/checkpoint.hpp"
#include "log/rotation.hpp"
#include "node/errors.hpp"
#include "node/unix_time.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

/// The keys that were made for this event, on this machine.
Result<crypto::SigningKey, Error> keys_for(const log::Establish& event,
                                           const std::filesystem::path& folder) {
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
  return std::move(keys->log);
}

}  // namespace

void KeyChange::apply(control::ApplyRequest request, Answered answered) {
  const log::OrganisationId& own = parts_.follows.own();
  const auto identity = parts_.store.identity(own);
  const auto state = parts_.store.state(own);
  if (is_under_way_ || !identity || !state) {
    return answered(fail(error_of("busy", "the keys are being changed already")));
  }
  const auto checked = log::unite_and_check(request.files, *identity, state->held);
  if (!checked) return answered(fail(checked.error()));
  auto key = keys_for(checked->event, parts_.paths.keys);
  if (!key) return answered(fail(std::move(key.error())));
  const auto shared = std::make_shared<crypto::SigningKey>(std::move(*key));

  is_under_way_ = true;
  parts_.keeper.hold_for_key_change(true);
  store::AppendEstablish job{.leaf = log::to_leaf(*checked),
                             .rival_leaf = checked->rival_leaf,
                             .republish = request.republish,
                             .time_ms = unix_now_ms(),
                             .sign = [own, shared](const log::Head& head) {
                               return log::sign_checkpoint(own, head, *shared);
                             }};
  auto on_durable = [this, own, shared, seq = checked->event.seq, republish = request.republish,
                     answered](const store::JobResult& result) {
    is_under_way_ = false;
    if (!result) {
      parts_.keeper.hold_for_key_change(false);
      return answered(fail(error_of(result.error(), "the keys were not changed")));
    }
    // When this fails the next start does it, and says why it cannot.
    const auto finished =
        crypto::finish_key_change(parts_.paths.keys, shared->public_key().bytes());
    if (!finished) spdlog::error("keys-not-moved reason={}", crypto::describe(finished.error()));
    Json document = {{"organisation", log::to_text(own)},
                     {"seq", seq},
                     {"entry", result->first},
                     {"republished", republish}};
    if (result->checkpoint) {
      document["checkpoint"] = {{"size", result->checkpoint->head.size},
                                {"root", crypto::to_base64(result->checkpoint->head.root)}};
    }
    spdlog::info("keys-changed seq={}", seq);
    answered(control::Answer{.json = document.dump(), .incomplete = false});
    parts_.reopen();
  };
  parts_.commits.submit(std::move(job), std::move(on_durable));
}

}  // namespace moot::node

// Requests about records that are published already, and about whether this node may publish.
#include <nlohmann/json.hpp>

#include "node/commands.hpp"
#include "node/errors.hpp"
#include "node/find_text.hpp"
#include "node/record_parts.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

control::Answer answer_of(const Json& document) {
  return {.json = document.dump(-1, ' ', false, Json::error_handler_t::replace),
          .incomplete = false};
}

}  // namespace

void Commands::handle_one(const control::WithdrawRequest& request, Answered answered) {
  parts_.workers.post([this, record = request.record, answered = std::move(answered)] {
    auto found = std::make_shared<Result<RecordParts, Error>>(
        parts_of_record(parts_.store, &parts_.follows.own(), record));
    parts_.loop.post([this, found, answered] {
      if (!*found) return answered(fail((*found).error()));
      if ((*found)->is_withdrawn) {
        return answered(fail(error_of("refused", "the record is withdrawn already",
                                      "to remove its text everywhere: `moot erase`")));
      }
      parts_.publisher.publish(prepare_withdraw((*found)->record, (*found)->kind), answered);
    });
  });
}

void Commands::handle_one(control::EraseRequest request, Answered answered) {
  parts_.eraser.erase(std::move(request), std::move(answered));
}

void Commands::handle_one(control::EraseWithdrawnRequest request, Answered answered) {
  parts_.eraser.erase_withdrawn(std::move(request), std::move(answered));
}

void Commands::handle_one(control::HideRequest request, Answered answered) {
  std::optional<log::OrganisationId> organisation;
  if (!request.organisation.empty()) {
    const auto named = parts_.follows.resolve(request.organisation);
    if (!named) return answered(fail(named.error()));
    organisation = *named;
  }
  parts_.eraser.hide(std::move(request), organisation, std::move(answered));
}

/// One at a time: it reads all that is held, on a thread that others wait for too.
void Commands::handle_one(const control::FindTextRequest& request, Answered answered) {
  if (is_searching_) {
    return answered(
        fail(error_of("busy", "another search is under way", "try again when it has answered")));
  }
  is_searching_ = true;
  read(
      [&store = parts_.store, follows = parts_.follows, request, over = is_search_over_] {
        return find_text(store, follows, request.text, request.limit, *over);
      },
      [this, answered = std::move(answered)](control::Response response) {
        is_searching_ = false;
        answered(std::move(response));
      });
}

void Commands::handle_one(const control::CompactRequest&, Answered answered) {
  const std::uint64_t before = parts_.store.bytes_on_disk();
  parts_.destruction.compact(
      [this, before, answered = std::move(answered)](const Result<Done, Error>& result) {
        if (!result) return answered(fail(result.error()));
        answered(answer_of({{"bytes_before", before}, {"bytes", parts_.store.bytes_on_disk()}}));
      });
}

void Commands::handle_one(const control::ConfirmRequest&, const Answered& answered) {
  switch (parts_.keeper.confirm_by_person()) {
    case SigningGate::Confirmation::opened:
      return answered(answer_of(
          {{"state", "open"}, {"changed", true}, {"queued", parts_.publisher.queued().size()}}));
    case SigningGate::Confirmation::was_open:
      return answered(answer_of({{"state", "open"}, {"changed", false}, {"queued", 0}}));
    case SigningGate::Confirmation::refused:
      return answered(fail(error_of("refused", parts_.keeper.words())));
  }
}

void Commands::handle_one(const control::CancelRequest& request, Answered answered) {
  parts_.publisher.cancel(request.number, std::move(answered));
}

void Commands::handle_one(const control::PublishWaitRequest& request, Answered answered) {
  publish_waits_.begin(request, std::move(answered));
}

void Commands::handle_one(control::ApplyRequest request, Answered answered) {
  parts_.key_change.apply(std::move(request), std::move(answered));
}

}  // namespace moot::node

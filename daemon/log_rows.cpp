#include "node/log_rows.hpp"

namespace moot::node {
namespace {

void take_state(LogRow& row, const log::LogState& state) {
  row.bodies_missing = state.bodies_missing;
  const auto& shown = row.is_head_only && state.target ? state.target : state.head;
  if (shown) row.head = shown->head;
}

}  // namespace

std::vector<LogRow> log_rows(const Follows& follows, const sync::Replicator& replicator,
                             const log::LogReader& reader) {
  std::map<log::OrganisationId, sync::LogView> views;
  for (sync::LogView& view : replicator.logs()) views.emplace(view.organisation, std::move(view));
  std::vector<LogRow> rows;
  rows.reserve(follows.all().size());
  for (const auto& [organisation, follow] : follows.all()) {
    LogRow row{.organisation = organisation,
               .name = follow.name,
               .state = sync::word_of(sync::FollowState::waiting),
               .is_frozen = false,
               .is_head_only = follow.mode == store::Mode::head,
               .head = {},
               .known = 0,
               .bodies_missing = 0,
               .detail = {}};
    if (const auto view = views.find(organisation); view != views.end()) {
      row.state = sync::word_of(view->second.state);
      row.is_frozen = view->second.state == sync::FollowState::frozen;
      row.known = view->second.known;
      row.detail = view->second.detail;
    }
    if (const auto state = reader.state(organisation)) take_state(row, *state);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace moot::node

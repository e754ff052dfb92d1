#include "node/witness_rows.hpp"

#include <algorithm>

#include "node/unix_time.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

Json time_json(std::uint64_t time_s) {
  // A witness's time is its own; one past any calendar is shown as none.
  if (time_s > UINT64_MAX / 1000) return nullptr;
  const std::string text = rfc3339(time_s * 1000);
  return text.empty() ? Json() : Json(text);
}

}  // namespace

Json witness_json(const log::WitnessRow& row, const Follows& follows) {
  return {{"organisation", log::to_text(row.witness)},
          {"name", follows.name_of(row.witness)},
          {"followed", follows.find(row.witness) != nullptr},
          {"size", row.size},
          {"time", time_json(row.time_s)},
          {"first_size", row.first_size},
          {"first_time", time_json(row.first_time_s)}};
}

Json witnesses_json(std::vector<log::WitnessRow> rows, const Follows& follows) {
  std::ranges::stable_sort(rows, [](const auto& a, const auto& b) { return a.size > b.size; });
  Json all = Json::array();
  for (const log::WitnessRow& row : rows) all.push_back(witness_json(row, follows));
  return all;
}

}  // namespace moot::node

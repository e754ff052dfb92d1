#pragma once
#include <nlohmann/json.hpp>

#include "log/log_reader.hpp"
#include "node/follows.hpp"

namespace moot::node {

/// {"organisation","name","followed","size","time","first_size","first_time"} of a witness of a
/// log.
nlohmann::ordered_json witness_json(const log::WitnessRow& row, const Follows& follows);
/// Those of a log, the one that has seen most first.
nlohmann::ordered_json witnesses_json(std::vector<log::WitnessRow> rows, const Follows& follows);

}  // namespace moot::node

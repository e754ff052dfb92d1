#pragma once
#include <nlohmann/json.hpp>

#include "query/version.hpp"
#include "query/words.hpp"

/// Private to the sources of this library: what they share in writing JSON.
namespace moot::query {

using Json = nlohmann::ordered_json;

/// Never throws: what is no UTF-8 is replaced.
std::string dumped(const Json& json);
Json time_json(std::uint64_t unix_ms);
/// {"size","root"}.
Json head_json(const log::Head& head);
/// [{"part","state","bytes"}].
Json parts_json(const std::vector<HeldPart>& parts);

}  // namespace moot::query

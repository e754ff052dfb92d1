#pragma once
#include <string>

#include "record/schema.hpp"

namespace simdjson::dom {
class element;
class object;
}  // namespace simdjson::dom

/// What a Problem says about a value, in plain words. Only asked for when something is wrong.
namespace moot::record {

/// `text "Open"`, `the number 91`, `null`, `a list`, `an object with the fields a, b`; at most
/// shown_bytes_max or little more.
std::string found_text(simdjson::dom::element value);
std::string found_text(simdjson::dom::object object);

/// `one of active, inactive, ...`, `a number from -180 to 180`.
std::string allowed_text(const Rule& rule);

/// What to do about this value, when that can be told; else empty.
std::string hint_text(const Rule& rule, simdjson::dom::element value);

/// For an object that is no record: how to get at the records that seem to be inside it; else to
/// name the kind.
std::string unwrap_hint(simdjson::dom::object object);

}  // namespace moot::record

#pragma once
#include "log/json_words.hpp"

namespace moot::query {

// How ids, times and choices are written, as everywhere.
using log::parse_record;
using log::record_text;
using log::time_text;
using log::word_of;

}  // namespace moot::query
